<?php

// Generated from src/interface by `make generate`; do not edit.

declare(strict_types=1);

namespace UserCom;

/**
 * How a run ended. Numbers never change, but later versions of the library may add some: that is why they are not an
 * enum.
 */
final class Status
{
    /** Completed: every id is confirmed. */
    public const OK = 0;
    /** Completed: some ids are rejected or unknown. */
    public const PARTIAL = 1;
    /** Stopped early: the caller cancelled the run. */
    public const CANCELLED = 2;
    /** Stopped early: the deadline passed. */
    public const DEADLINE = 3;
    /** Dry run: nothing was sent. The report says what would be sent. */
    public const DRY_RUN = 4;
    /** Completed: the service holds other values than those that were sent, of ids that it accepted. */
    public const MISMATCH = 5;
    /** Nothing was sent: an argument is invalid. The message says which one and what to do. */
    public const INVALID_ARGUMENT = 10;
    /** Stopped early: the service does not accept the token. */
    public const UNAUTHORIZED = 20;
    /** Stopped early: the service limits requests for longer than the stall timeout. */
    public const RATE_LIMITED = 21;
    /** Stopped early: the service rejects the attribute or the value, or none of these ids exist. */
    public const REJECTED = 22;
    /** Stopped early: the service kept failing. */
    public const SERVER = 23;
    /** Stopped early: this is not the service, or it does not take this method. */
    public const WRONG_ENDPOINT = 24;
    /** Stopped early: the run reached its maximum number of requests. */
    public const REQUEST_LIMIT = 25;
    /** Stopped early: more ids were rejected than the run allows. */
    public const TOO_MANY_REJECTED = 26;
    /** Stopped early: no connection, or none that lasted. */
    public const TRANSPORT = 30;
    /** Stopped early: the responses can't be understood. */
    public const BAD_RESPONSE = 31;
    /**
     * Stopped early or nothing was sent: the certificate or the handshake failed, or this machine has no trusted
     * certificates.
     */
    public const TLS = 32;
    /** Stopped early or nothing was sent: the journal can't be used. */
    public const JOURNAL = 40;
    /** Nothing was sent: the client was made before fork() and this is the child process. */
    public const FORKED = 41;
    /** Nothing was sent: another process or thread is running the identical job (only with a journal). */
    public const BUSY = 42;
    /** A bug in usercom. The ids that it concerns are unknown. */
    public const INTERNAL = 99;

    /** Those of a run that completed: it returns its report. */
    public const COMPLETED = [self::OK, self::PARTIAL, self::DRY_RUN, self::MISMATCH];

    private function __construct()
    {
    }
}
