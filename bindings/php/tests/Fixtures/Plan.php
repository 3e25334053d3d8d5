<?php

declare(strict_types=1);

namespace UserCom\Tests\Fixtures;

enum Plan: string
{
    case Pro = 'pro';
}
