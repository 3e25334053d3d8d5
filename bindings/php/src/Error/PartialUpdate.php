<?php

declare(strict_types=1);

namespace UserCom\Error;

use UserCom\Error;
use UserCom\Status;

/** The run came to its end, and some ids are rejected or unknown: see `->report->failures()`. */
final class PartialUpdate extends Error
{
    protected const STATUS = Status::PARTIAL;
}
