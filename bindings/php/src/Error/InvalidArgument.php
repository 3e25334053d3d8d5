<?php

// Generated from src/interface by `make generate`; do not edit.

declare(strict_types=1);

namespace UserCom\Error;

use UserCom\Error;
use UserCom\Status;

/** Nothing was sent: an argument is invalid. The message says which one and what to do. */
final class InvalidArgument extends Error
{
    protected const STATUS = Status::INVALID_ARGUMENT;
}
