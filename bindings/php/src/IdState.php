<?php

// Generated from src/interface by `make generate`; do not edit.

declare(strict_types=1);

namespace UserCom;

/** What became of an id. */
enum IdState: int
{
    /** Not sent, or sent only in requests that were rejected for a reason that concerns the whole run. */
    case NotAttempted = 0;
    /**
     * In a request that the service accepted with a complete, understood 2xx response. That does not prove that the
     * user exists.
     */
    case Confirmed = 1;
    /** Rejected by the service, with a reason. */
    case Rejected = 2;
    /** Sent at least once, without proof that it was applied or that it was not. */
    case Unknown = 3;
}
