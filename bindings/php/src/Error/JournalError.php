<?php

// Generated from src/interface by `make generate`; do not edit.

declare(strict_types=1);

namespace UserCom\Error;

use UserCom\Error;
use UserCom\Status;

/** Stopped early or nothing was sent: the journal can't be used. */
final class JournalError extends Error
{
    protected const STATUS = Status::JOURNAL;
}
