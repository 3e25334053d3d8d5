<?php

declare(strict_types=1);

namespace UserCom\Error;

use UserCom\Error;
use UserCom\Status;

/** The run stopped because the service asked for a longer wait than the run's patience. */
final class RateLimited extends Error
{
    protected const STATUS = Status::RATE_LIMITED;
}
