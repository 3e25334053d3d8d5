<?php

declare(strict_types=1);

namespace UserCom\Tests\Fixtures;

enum Size: int
{
    case Large = 3;
}
