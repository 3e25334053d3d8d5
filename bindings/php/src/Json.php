<?php

declare(strict_types=1);

namespace UserCom;

/**
 * A value that is JSON text already and is sent as written, to the byte: `9007199254740993`, `0.10` and `1e3` arrive
 * like that. What is not exactly one JSON value of at most 64 KiB is an {@see Error\InvalidArgument}.
 */
final class Json implements \Stringable
{
    public function __construct(private readonly string $text)
    {
    }

    public function __toString(): string
    {
        return $this->text;
    }
}
