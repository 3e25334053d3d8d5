"""What every exception of this package has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Optional

from ._generated import Status

if TYPE_CHECKING:
    from ._report import Report


class Error(Exception):
    """The base of every exception of this package.

    `status` says what went wrong; `report` what became of every id until then. It is None if no run began. Both
    come along when the exception is pickled, as a process pool does. `result` is for `usercom.spark`: the DataFrame
    with what became of every row.
    """

    status: Status = Status.INTERNAL

    def __init__(self, message: str, *, status: Optional[Status] = None, report: Optional[Report] = None) -> None:
        super().__init__(message)
        self.report = report
        self.result: Any = None
        if status is not None:
            self.status = status

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), self.args, self.__dict__
