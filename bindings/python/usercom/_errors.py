"""Statuses, and the exception that belongs to each."""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING, Any, Optional

from ._library import lib, words_of

if TYPE_CHECKING:
    from ._report import Report


class Status(enum.IntEnum):
    """How a run ended. The numbers never change; those of a later library get a made-up name."""

    OK = 0  # ran to its end, every id confirmed
    PARTIAL = 1  # ran to its end, some ids rejected or unknown
    CANCELLED = 2
    DEADLINE = 3
    DRY_RUN = 4  # nothing was sent: the report says what would have been
    INVALID_ARGUMENT = 10  # refused before the run began, nothing was sent
    UNAUTHORIZED = 20
    RATE_LIMITED = 21
    REJECTED = 22
    SERVER = 23
    WRONG_ENDPOINT = 24
    REQUEST_LIMIT = 25
    TRANSPORT = 30
    BAD_RESPONSE = 31
    TLS = 32
    JOURNAL = 40
    FORKED = 41
    BUSY = 42
    INTERNAL = 99

    @classmethod
    def _missing_(cls, value: object) -> Optional[Status]:
        if not isinstance(value, int):
            return None
        later = int.__new__(cls, value)
        later._name_, later._value_ = f"STATUS_{value}", value
        return later


class Error(Exception):
    """Whatever went wrong in this package.

    `status` says what; `report` what became of every id until then. It is None where an argument was refused
    before the library was asked, and in a copy that came from another process.
    """

    status: Status = Status.INTERNAL

    def __init__(self, message: str, *, status: Optional[Status] = None, report: Optional[Report] = None) -> None:
        super().__init__(message)
        self.report = report
        if status is not None:
            self.status = status

    def __reduce__(self) -> tuple[Any, ...]:
        # The report is memory of this process; the rest may travel to another.
        return type(self), self.args, {"status": self.status}


class InvalidArgument(Error, ValueError):
    """An argument was refused before anything was sent; the message names it and says what to do."""

    status = Status.INVALID_ARGUMENT


class InvalidType(InvalidArgument, TypeError):
    """An argument of a type that can't be meant."""


class PartialUpdate(Error):
    """The run came to its end, but some ids are rejected or unknown."""

    status = Status.PARTIAL


class Cancelled(Error):
    """Stopped on request."""

    status = Status.CANCELLED


class DeadlineExceeded(Error):
    """Stopped because its time was up."""

    status = Status.DEADLINE


class Unauthorized(Error):
    """Stopped: the token was refused."""

    status = Status.UNAUTHORIZED


class RateLimited(Error):
    """Stopped: the service asked for a longer wait than the run's patience."""

    status = Status.RATE_LIMITED


class Rejected(Error):
    """Stopped: attribute or value refused, or none of the ids exist."""

    status = Status.REJECTED


class ServerError(Error):
    """Stopped: the service kept failing."""

    status = Status.SERVER


class WrongEndpoint(Error):
    """Stopped: this is not the service, or not with this method."""

    status = Status.WRONG_ENDPOINT


class RequestLimit(Error):
    """Stopped: more requests than a job of this size should need."""

    status = Status.REQUEST_LIMIT


class TransportError(Error):
    """Stopped: no connection, or none that lasted."""

    status = Status.TRANSPORT


class BadResponse(Error):
    """Stopped: answers that can't be understood."""

    status = Status.BAD_RESPONSE


class TlsError(Error):
    """No trusted connection: certificate, handshake, or no trust store on this machine."""

    status = Status.TLS


class JournalError(Error):
    """Stopped: the journal can't be written."""

    status = Status.JOURNAL


class Forked(Error):
    """The client was made before a fork and this is the child: make another one here."""

    status = Status.FORKED


class Busy(Error):
    """Nothing was sent: the same update is running already."""

    status = Status.BUSY


class InternalError(Error):
    """A bug in this library."""


# InvalidType has the same status as its parent; what the library refuses is the parent.
_OF_STATUS = {error.status: error for error in Error.__subclasses__()}


def error_of(status: int, message: str, report: Optional[Report] = None) -> Error:
    """The exception that belongs to a status of the library."""
    known = Status(status)
    return _OF_STATUS.get(known, Error)(message, status=known, report=report)


def check(status: int) -> None:
    """Raises for what a setter or a constructor of the library returned on this thread."""
    if status != Status.OK:
        raise error_of(status, words_of(lib.uc_last_error()))
