<?php

declare(strict_types=1);

namespace UserCom\Error;

use UserCom\Error;
use UserCom\Status;

/** There is no trusted connection: certificate, handshake, or no trusted certificates on this machine. */
final class TlsError extends Error
{
    protected const STATUS = Status::TLS;
}
