<?php

// Generated from src/interface by `make generate`; do not edit.

declare(strict_types=1);

namespace UserCom\Error;

use UserCom\Error;
use UserCom\Status;

/** Completed: some ids are rejected or unknown. */
final class PartialUpdate extends Error
{
    protected const STATUS = Status::PARTIAL;
}
