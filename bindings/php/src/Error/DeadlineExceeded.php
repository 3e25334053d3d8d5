<?php

declare(strict_types=1);

namespace UserCom\Error;

use UserCom\Error;
use UserCom\Status;

/** The run stopped because its deadline passed. */
final class DeadlineExceeded extends Error
{
    protected const STATUS = Status::DEADLINE;
}
