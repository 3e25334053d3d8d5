<?php

declare(strict_types=1);

namespace UserCom\Error;

use UserCom\Error;
use UserCom\Status;

/** The run stopped because the answers could not be understood. */
final class BadResponse extends Error
{
    protected const STATUS = Status::BAD_RESPONSE;
}
