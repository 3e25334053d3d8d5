<?php

declare(strict_types=1);

namespace UserCom\Error;

use UserCom\Error;
use UserCom\Status;

/** The client was made before pcntl_fork() and this is the child: make another one here. */
final class Forked extends Error
{
    protected const STATUS = Status::FORKED;
}
