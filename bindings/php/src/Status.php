<?php

declare(strict_types=1);

namespace UserCom;

/**
 * How a run ended. Numbers are never changed, but later versions of the library may add some: that is why they are
 * not an enum.
 */
final class Status
{
    /** Ran to its end, every id confirmed. */
    public const OK = 0;
    /** Ran to its end, some ids rejected or unknown. */
    public const PARTIAL = 1;
    /** Stopped because it was asked to. */
    public const CANCELLED = 2;
    /** Stopped because its time was up. */
    public const DEADLINE = 3;
    /** Nothing was sent: the report says what would have been. */
    public const DRY_RUN = 4;
    /** An argument was refused before the run began. Nothing was sent. */
    public const INVALID_ARGUMENT = 10;
    /** Stopped: the token was refused. */
    public const UNAUTHORIZED = 20;
    /** Stopped: the service asked for a longer wait than the run's patience. */
    public const RATE_LIMITED = 21;
    /** Stopped: attribute or value refused, or none of the ids exist. */
    public const REJECTED = 22;
    /** Stopped: the service kept failing. */
    public const SERVER = 23;
    /** Stopped: this is not the service, or not with this method. */
    public const WRONG_ENDPOINT = 24;
    /** Stopped: more requests than a job of this size should need. */
    public const REQUEST_LIMIT = 25;
    /** Stopped: no connection, or none that lasted. */
    public const TRANSPORT = 30;
    /** Stopped: answers that can't be understood. */
    public const BAD_RESPONSE = 31;
    /** No trusted connection: certificate, handshake, or no trust store on this machine. */
    public const TLS = 32;
    /** Stopped: the journal can't be written. */
    public const JOURNAL = 40;
    /** The client was made before fork() and this is the child. */
    public const FORKED = 41;
    /** Nothing was sent: the same update is running already. */
    public const BUSY = 42;
    /** A bug in the library. */
    public const INTERNAL = 99;

    private function __construct()
    {
    }
}
