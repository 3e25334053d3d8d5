<?php

// Generated from src/interface by `make generate`; do not edit.

declare(strict_types=1);

namespace UserCom\Error;

use UserCom\Error;
use UserCom\Status;

/** Stopped early: the journal can't be written. */
final class JournalError extends Error
{
    protected const STATUS = Status::JOURNAL;
}
