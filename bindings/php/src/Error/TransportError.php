<?php

declare(strict_types=1);

namespace UserCom\Error;

use UserCom\Error;
use UserCom\Status;

/** The run stopped because there was no connection, or none that lasted. */
final class TransportError extends Error
{
    protected const STATUS = Status::TRANSPORT;
}
