<?php

// Generated from src/interface by `make generate`; do not edit.

declare(strict_types=1);

namespace UserCom\Error;

use UserCom\Error;
use UserCom\Status;

/** Stopped early: the caller cancelled the run. */
final class Cancelled extends Error
{
    protected const STATUS = Status::CANCELLED;
}
