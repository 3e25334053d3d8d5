<?php

declare(strict_types=1);

namespace UserCom\Error;

use UserCom\Error;
use UserCom\Status;

/** An argument was refused before the run began: the message names it and says what to do. Nothing was sent. */
final class InvalidArgument extends Error
{
    protected const STATUS = Status::INVALID_ARGUMENT;
}
