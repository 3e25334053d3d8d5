<?php

declare(strict_types=1);

namespace UserCom\Tests\Fixtures;

/** A class that PDO fills. */
final class User
{
    public function __construct(public int $id = 0, public int $points = 0)
    {
    }
}
