<?php

declare(strict_types=1);

namespace UserCom\Error;

use UserCom\Error;
use UserCom\Status;

/** A bug in the library; please report it. */
final class InternalError extends Error
{
    protected const STATUS = Status::INTERNAL;
}
