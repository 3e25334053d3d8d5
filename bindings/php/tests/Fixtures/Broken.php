<?php

declare(strict_types=1);

namespace UserCom\Tests\Fixtures;

enum Broken: string
{
    case Latin1 = "caf\xe9";
}
