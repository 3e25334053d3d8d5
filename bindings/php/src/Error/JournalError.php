<?php

declare(strict_types=1);

namespace UserCom\Error;

use UserCom\Error;
use UserCom\Status;

/** The run stopped because its journal could not be written. */
final class JournalError extends Error
{
    protected const STATUS = Status::JOURNAL;
}
