<?php

declare(strict_types=1);

namespace UserCom\Error;

use UserCom\Error;
use UserCom\Status;

/** The run stopped because the service refuses the attribute or the value, or knows none of the ids. */
final class Rejected extends Error
{
    protected const STATUS = Status::REJECTED;
}
