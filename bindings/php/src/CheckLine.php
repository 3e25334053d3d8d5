<?php

declare(strict_types=1);

namespace UserCom;

/** One thing that a {@see Check} looked at. */
final class CheckLine
{
    /**
     * @param Finding $finding what it found
     * @param string $about what the line is about, such as `token`
     * @param string $text a sentence with what to do
     */
    public function __construct(
        public readonly Finding $finding,
        public readonly string $about,
        public readonly string $text,
    ) {
    }
}
