"""From a status of the library to the exception that is raised."""

from __future__ import annotations

from typing import Optional

from ._error_base import Error
from ._exceptions import InvalidArgument
from ._generated import Status
from ._library import lib, text_of
from ._report import Report


class InvalidType(InvalidArgument, TypeError):
    """An argument has a type that it can't have."""


# Not InvalidType: it has the same status as its base, and the library does not know it.
_OF_STATUS = {error.status: error for error in Error.__subclasses__()}


def error_of(status: int, message: str, report: Optional[Report] = None) -> Error:
    """The exception for a status of the library."""
    known = Status(status)
    return _OF_STATUS.get(known, Error)(message, status=known, report=report)


def error_of_report(report: Report) -> Error:
    """The exception for a run that ended with the report's status, with why the first id failed."""
    message = report.message
    if report.failures:
        first = report.failures[0]
        if first.message not in message:
            message += f"; id {first.id} at position {first.index}: {first.message}"
    return error_of(report.status, message, report)


def check(status: int) -> None:
    """Raises for what a setter or a constructor of the library returned on this thread."""
    if status != Status.OK:
        raise error_of(status, text_of(lib.uc_last_error()))
