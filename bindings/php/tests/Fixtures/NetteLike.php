<?php

declare(strict_types=1);

namespace UserCom\Tests\Fixtures;

use DateTime;
use JsonSerializable;

/** As Nette\Utils\DateTime. */
final class NetteLike extends DateTime implements JsonSerializable
{
    public function jsonSerialize(): string
    {
        return $this->format('c');
    }
}
