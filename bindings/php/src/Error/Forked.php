<?php

// Generated from src/interface by `make generate`; do not edit.

declare(strict_types=1);

namespace UserCom\Error;

use UserCom\Error;
use UserCom\Status;

/** Nothing was sent: the client was made before fork() and this is the child process. */
final class Forked extends Error
{
    protected const STATUS = Status::FORKED;
}
