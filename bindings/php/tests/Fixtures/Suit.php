<?php

declare(strict_types=1);

namespace UserCom\Tests\Fixtures;

enum Suit
{
    case Hearts;
}
