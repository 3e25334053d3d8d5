<?php

declare(strict_types=1);

namespace UserCom\Tests\Fixtures;

use Closure;
use JsonSerializable;

/** Gives back whatever it was made with. */
final class Gives implements JsonSerializable
{
    public int $seen = 7;
    protected string $hidden = 'hidden';

    public function __construct(private readonly mixed $value)
    {
    }

    public function jsonSerialize(): mixed
    {
        return $this->value instanceof Closure ? ($this->value)($this) : $this->value;
    }
}
