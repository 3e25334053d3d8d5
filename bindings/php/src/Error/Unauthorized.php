<?php

declare(strict_types=1);

namespace UserCom\Error;

use UserCom\Error;
use UserCom\Status;

/** The run stopped because the service refused the token. */
final class Unauthorized extends Error
{
    protected const STATUS = Status::UNAUTHORIZED;
}
