<?php

// Generated from src/interface by `make generate`; do not edit.

declare(strict_types=1);

namespace UserCom\Error;

use UserCom\Error;
use UserCom\Status;

/** Stopped early: the responses can't be understood. */
final class BadResponse extends Error
{
    protected const STATUS = Status::BAD_RESPONSE;
}
