<?php

declare(strict_types=1);

namespace UserCom\Error;

use UserCom\Error;
use UserCom\Status;

/**
 * The run stopped because it was asked to, by a {@see \UserCom\Cancel} or by `return false` from the progress
 * callback.
 */
final class Cancelled extends Error
{
    protected const STATUS = Status::CANCELLED;
}
