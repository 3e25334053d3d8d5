<?php

// Generated from src/interface by `make generate`; do not edit.

declare(strict_types=1);

namespace UserCom\Error;

use UserCom\Error;
use UserCom\Status;

/** Completed: the service holds other values than those that were sent, of ids that it accepted. */
final class Mismatch extends Error
{
    protected const STATUS = Status::MISMATCH;
}
