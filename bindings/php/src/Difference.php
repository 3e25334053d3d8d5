<?php

declare(strict_types=1);

namespace UserCom;

/** An id that was read back with another value than was sent: {@see Report::$mismatches}. */
final class Difference
{
    /**
     * @param int $index its position in the input, counted from 0
     * @param int|string $id the id itself
     * @param string $sent the value that was sent, as JSON, at most 256 characters
     * @param string $stored the value that was read back, likewise; `null` if there is none
     */
    public function __construct(
        public readonly int $index,
        public readonly int|string $id,
        public readonly string $sent,
        public readonly string $stored,
    ) {
    }
}
