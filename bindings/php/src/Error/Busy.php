<?php

// Generated from src/interface by `make generate`; do not edit.

declare(strict_types=1);

namespace UserCom\Error;

use UserCom\Error;
use UserCom\Status;

/** Nothing was sent: another process or thread is running the identical job (only with a journal). */
final class Busy extends Error
{
    protected const STATUS = Status::BUSY;
}
