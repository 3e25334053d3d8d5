<?php

// Generated from src/interface by `make generate`; do not edit.

declare(strict_types=1);

namespace UserCom\Error;

use UserCom\Error;
use UserCom\Status;

/** Stopped early: the run reached its maximum number of requests. */
final class RequestLimit extends Error
{
    protected const STATUS = Status::REQUEST_LIMIT;
}
