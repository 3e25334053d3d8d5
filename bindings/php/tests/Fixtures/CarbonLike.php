<?php

declare(strict_types=1);

namespace UserCom\Tests\Fixtures;

use DateTimeImmutable;
use JsonSerializable;

/** As Carbon: a date & time that has its own idea of JSON. */
final class CarbonLike extends DateTimeImmutable implements JsonSerializable
{
    public function jsonSerialize(): string
    {
        return $this->format('Y-m-d H:i');
    }
}
