<?php

// Generated from src/interface by `make generate`; do not edit.

declare(strict_types=1);

namespace UserCom\Error;

use UserCom\Error;
use UserCom\Status;

/** Stopped early: this is not the service, or it does not take this method. */
final class WrongEndpoint extends Error
{
    protected const STATUS = Status::WRONG_ENDPOINT;
}
