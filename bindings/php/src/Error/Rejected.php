<?php

// Generated from src/interface by `make generate`; do not edit.

declare(strict_types=1);

namespace UserCom\Error;

use UserCom\Error;
use UserCom\Status;

/** Stopped early: the service rejects the attribute or the value, or none of these ids exist. */
final class Rejected extends Error
{
    protected const STATUS = Status::REJECTED;
}
