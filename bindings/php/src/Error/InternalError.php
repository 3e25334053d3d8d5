<?php

// Generated from src/interface by `make generate`; do not edit.

declare(strict_types=1);

namespace UserCom\Error;

use UserCom\Error;
use UserCom\Status;

/** A bug in usercom. The ids that it concerns are unknown. */
final class InternalError extends Error
{
    protected const STATUS = Status::INTERNAL;
}
