<?php

declare(strict_types=1);

namespace UserCom\Tests\Fixtures;

use JsonSerializable;

/** As a model: it knows its columns. */
final class ModelLike implements JsonSerializable
{
    public function jsonSerialize(): array
    {
        return ['id' => 5, 'points' => 7];
    }
}
