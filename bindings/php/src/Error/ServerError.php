<?php

declare(strict_types=1);

namespace UserCom\Error;

use UserCom\Error;
use UserCom\Status;

/** The run stopped because the service kept failing for longer than the run's patience. */
final class ServerError extends Error
{
    protected const STATUS = Status::SERVER;
}
