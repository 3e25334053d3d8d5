<?php

declare(strict_types=1);

namespace UserCom\Error;

use UserCom\Error;
use UserCom\Status;

/** Nothing was sent: the same update is running already. */
final class Busy extends Error
{
    protected const STATUS = Status::BUSY;
}
