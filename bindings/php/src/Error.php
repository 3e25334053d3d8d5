<?php

declare(strict_types=1);

namespace UserCom;

/**
 * Every exception of this package: an argument is invalid, or a run stopped early.
 *
 * A completed run returns its {@see Report} instead, also if some ids were rejected: {@see Report::raiseForFailures()}.
 */
class Error extends \RuntimeException
{
    /** The status of an exception of this class. */
    protected const STATUS = null;

    /** A constant of {@see Status}; null when the library itself could not be loaded. */
    public readonly ?int $status;

    /**
     * @param Report|null $report what became of each id; null when no run began
     */
    final public function __construct(
        string $message,
        public readonly ?Report $report = null,
        ?int $status = null,
        ?\Throwable $previous = null,
    ) {
        $this->status = $status ?? static::STATUS;
        parent::__construct($message, $this->status ?? 0, $previous);
        Internal\Trace::clean($this);
    }

    /** @internal The exception for a status. */
    public static function of(int $status, string $message, ?Report $report = null): self
    {
        $class = match ($status) {
            // generated: exceptions
            Status::PARTIAL => Error\PartialUpdate::class,
            Status::CANCELLED => Error\Cancelled::class,
            Status::DEADLINE => Error\DeadlineExceeded::class,
            Status::MISMATCH => Error\Mismatch::class,
            Status::INVALID_ARGUMENT => Error\InvalidArgument::class,
            Status::UNAUTHORIZED => Error\Unauthorized::class,
            Status::RATE_LIMITED => Error\RateLimited::class,
            Status::REJECTED => Error\Rejected::class,
            Status::SERVER => Error\ServerError::class,
            Status::WRONG_ENDPOINT => Error\WrongEndpoint::class,
            Status::REQUEST_LIMIT => Error\RequestLimit::class,
            Status::TOO_MANY_REJECTED => Error\TooManyRejected::class,
            Status::TRANSPORT => Error\TransportError::class,
            Status::BAD_RESPONSE => Error\BadResponse::class,
            Status::TLS => Error\TlsError::class,
            Status::JOURNAL => Error\JournalError::class,
            Status::FORKED => Error\Forked::class,
            Status::BUSY => Error\Busy::class,
            Status::INTERNAL => Error\InternalError::class,
            // end of exceptions
            default => self::class, // of a later version of the library
        };

        return new $class($message, $report, $status);
    }
}
