<?php

declare(strict_types=1);

namespace UserCom;

/** An id that is rejected or unknown. */
final class Failure
{
    /**
     * @param int $index the id's position in the input, counted from 0
     * @param int|string $id the id itself
     * @param int|null $httpStatus the status of the response that decided it; null if there was no response
     * @param string $message the service's message, at most 256 characters, or what went wrong
     */
    public function __construct(
        public readonly int $index,
        public readonly int|string $id,
        public readonly IdState $state,
        public readonly ?int $httpStatus,
        public readonly string $message,
    ) {
    }
}
