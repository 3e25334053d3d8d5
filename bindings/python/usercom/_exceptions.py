"""The exception of each status.

Generated from src/interface and src/ffi by `make generate`; do not edit.
"""

from ._error_base import Error
from ._generated import Status

__all__ = [
    "PartialUpdate",
    "Cancelled",
    "DeadlineExceeded",
    "Mismatch",
    "InvalidArgument",
    "Unauthorized",
    "RateLimited",
    "Rejected",
    "ServerError",
    "WrongEndpoint",
    "RequestLimit",
    "TooManyRejected",
    "TransportError",
    "BadResponse",
    "TlsError",
    "JournalError",
    "Forked",
    "Busy",
    "InternalError",
]


class PartialUpdate(Error):
    """Completed: some ids are rejected or unknown."""

    status = Status.PARTIAL


class Cancelled(Error):
    """Stopped early: the caller cancelled the run."""

    status = Status.CANCELLED


class DeadlineExceeded(Error):
    """Stopped early: the deadline passed."""

    status = Status.DEADLINE


class Mismatch(Error):
    """Completed: the service holds other values than those that were sent, of ids that it accepted."""

    status = Status.MISMATCH


class InvalidArgument(Error, ValueError):
    """Nothing was sent: an argument is invalid. The message says which one and what to do."""

    status = Status.INVALID_ARGUMENT


class Unauthorized(Error):
    """Stopped early: the service does not accept the token."""

    status = Status.UNAUTHORIZED


class RateLimited(Error):
    """Stopped early: the service limits requests for longer than the stall timeout."""

    status = Status.RATE_LIMITED


class Rejected(Error):
    """Stopped early: the service rejects the attribute or the value, or none of these ids exist."""

    status = Status.REJECTED


class ServerError(Error):
    """Stopped early: the service kept failing."""

    status = Status.SERVER


class WrongEndpoint(Error):
    """Stopped early: this is not the service, or it does not take this method."""

    status = Status.WRONG_ENDPOINT


class RequestLimit(Error):
    """Stopped early: the run reached its maximum number of requests."""

    status = Status.REQUEST_LIMIT


class TooManyRejected(Error):
    """Stopped early: more ids were rejected than the run allows."""

    status = Status.TOO_MANY_REJECTED


class TransportError(Error):
    """Stopped early: no connection, or none that lasted."""

    status = Status.TRANSPORT


class BadResponse(Error):
    """Stopped early: the responses can't be understood."""

    status = Status.BAD_RESPONSE


class TlsError(Error):
    """Stopped early or nothing was sent: the certificate or the handshake failed, or this machine has no
    trusted certificates."""

    status = Status.TLS


class JournalError(Error):
    """Stopped early or nothing was sent: the journal can't be used."""

    status = Status.JOURNAL


class Forked(Error):
    """Nothing was sent: the client was made before fork() and this is the child process."""

    status = Status.FORKED


class Busy(Error):
    """Nothing was sent: another process or thread is running the identical job (only with a journal)."""

    status = Status.BUSY


class InternalError(Error):
    """A bug in usercom. The ids that it concerns are unknown."""

    status = Status.INTERNAL
