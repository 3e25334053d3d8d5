<?php

// Generated from src/interface by `make generate`; do not edit.

declare(strict_types=1);

namespace UserCom\Error;

use UserCom\Error;
use UserCom\Status;

/** Nothing was sent: the same update is already running. */
final class Busy extends Error
{
    protected const STATUS = Status::BUSY;
}
