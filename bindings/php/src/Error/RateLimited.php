<?php

// Generated from src/interface by `make generate`; do not edit.

declare(strict_types=1);

namespace UserCom\Error;

use UserCom\Error;
use UserCom\Status;

/** Stopped early: the service limits requests for longer than the stall timeout. */
final class RateLimited extends Error
{
    protected const STATUS = Status::RATE_LIMITED;
}
