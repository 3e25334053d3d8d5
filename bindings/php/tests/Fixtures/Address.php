<?php

declare(strict_types=1);

namespace UserCom\Tests\Fixtures;

use JsonSerializable;

final class Address implements JsonSerializable
{
    public function jsonSerialize(): array
    {
        return ['city' => 'Łódź', 'flat' => 7];
    }
}
