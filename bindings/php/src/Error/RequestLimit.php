<?php

declare(strict_types=1);

namespace UserCom\Error;

use UserCom\Error;
use UserCom\Status;

/** The run stopped because it needed more requests than a job of this size should. */
final class RequestLimit extends Error
{
    protected const STATUS = Status::REQUEST_LIMIT;
}
