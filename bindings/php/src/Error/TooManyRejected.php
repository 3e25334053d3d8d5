<?php

// Generated from src/interface by `make generate`; do not edit.

declare(strict_types=1);

namespace UserCom\Error;

use UserCom\Error;
use UserCom\Status;

/** Stopped early: more ids were rejected than the run allows. */
final class TooManyRejected extends Error
{
    protected const STATUS = Status::TOO_MANY_REJECTED;
}
