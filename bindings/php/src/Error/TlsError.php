<?php

// Generated from src/interface by `make generate`; do not edit.

declare(strict_types=1);

namespace UserCom\Error;

use UserCom\Error;
use UserCom\Status;

/**
 * Stopped early or nothing was sent: the certificate or the handshake failed, or this machine has no trusted
 * certificates.
 */
final class TlsError extends Error
{
    protected const STATUS = Status::TLS;
}
