"""What became of a run and of each of its ids."""

from __future__ import annotations

import ctypes
import json
import operator
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Optional, Union, overload

from ._generated import IdState, Status
from ._library import Handle, lib, text_of


@dataclass(frozen=True)
class Failure:
    """An id that is rejected or unknown."""

    index: int  # its position in the caller's list, counted from 0
    id: Union[int, str]
    state: IdState
    http_status: Optional[int]  # of the response that decided it; None if there was none
    message: str  # why, at most 256 characters


class Report:
    """What became of a run and of each of its ids.

    confirmed + rejected + unknown + not_attempted == total, the number of ids that were given. A report can be
    pickled and copied; a copy is equal to it.
    """

    def __init__(
        self,
        handle: Handle,
        custom: bool,
        error_of: Callable[[Report], Exception],
    ) -> None:
        pointer = handle.pointer
        self.status = Status(lib.uc_report_status(pointer))
        self.message = text_of(lib.uc_report_message(pointer))
        """One line on how the run ended, and what to do if there is something to do."""
        self.total: int = lib.uc_report_total(pointer)
        self.confirmed: int = lib.uc_report_confirmed(pointer)
        self.rejected: int = lib.uc_report_rejected(pointer)
        self.unknown: int = lib.uc_report_unknown(pointer)
        self.not_attempted: int = lib.uc_report_not_attempted(pointer)
        self.requests: int = lib.uc_report_requests(pointer)
        """Requests that were sent; in a dry run, that would be sent."""
        states = (ctypes.c_uint8 * self.total)()
        lib.uc_report_states(pointer, states, self.total)
        self.states = bytes(states)
        """An IdState for every position, a byte each: `numpy.frombuffer(report.states, "u1")`."""
        self.failures = _of_library(handle, self.states, custom)
        """Every rejected or unknown id, in the order of the input."""
        self._json = text_of(lib.uc_report_json(pointer))
        self._text = text_of(lib.uc_report_text(pointer)).rstrip("\n")
        self._error_of = error_of

    def state(self, index: int) -> IdState:
        """What became of the id at a position of the input, counted from 0."""
        return IdState(self.states[index])

    def json(self) -> str:
        """The report as JSON text, with the details of the first 1,000 failures."""
        return self._json

    @property
    def notes(self) -> list[str]:
        """What was unusual but did not change the outcome, such as a response of an unfamiliar form."""
        return list(json.loads(self.json()).get("notes", []))

    @property
    def retries(self) -> int:
        """Requests that sent again what an earlier one had sent."""
        return int(json.loads(self.json()).get("retries", 0))

    def raise_for_failures(self) -> None:
        """Raises PartialUpdate, or the error of a run that stopped early, unless every id is confirmed.

        A dry run has no failures.
        """
        if self.status not in (Status.OK, Status.DRY_RUN):
            raise self._error_of(self)

    def __repr__(self) -> str:
        return (
            f"<usercom.Report {self.status.name}: {self.total} ids, {self.confirmed} confirmed, "
            f"{self.rejected} rejected, {self.unknown} unknown, {self.not_attempted} not attempted>"
        )

    def __str__(self) -> str:
        return self._text

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Report):
            return NotImplemented
        return self.__dict__ == other.__dict__

    def __hash__(self) -> int:
        return hash((self.status, self.message, self.states))


class Failures(Sequence[Failure]):
    """The failures of a report. Each is read on access: there may be millions."""

    def __init__(self, count: int, read: Callable[[int], Failure]) -> None:
        self._count = count
        self._read = read

    def __len__(self) -> int:
        return self._count

    @overload
    def __getitem__(self, k: int) -> Failure: ...
    @overload
    def __getitem__(self, k: slice) -> list[Failure]: ...
    def __getitem__(self, k: Union[int, slice]) -> Union[Failure, list[Failure]]:
        if isinstance(k, slice):
            return [self[one] for one in range(*k.indices(self._count))]
        return self._read(range(self._count)[k])

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Failures):
            return NotImplemented
        return len(self) == len(other) and all(map(operator.eq, self, other))

    def __hash__(self) -> int:
        return hash(self._count)

    def __reduce__(self) -> tuple[Any, ...]:
        same: dict[str, str] = {}  # thousands of ids have one message, which is pickled once
        fields = [(f.index, f.id, int(f.state), f.http_status, same.setdefault(f.message, f.message)) for f in self]
        return _unpickled, (fields,)

    def __repr__(self) -> str:
        return f"<{self._count} failures>"


def _of_library(handle: Handle, states: bytes, custom: bool) -> Failures:
    count: int = lib.uc_report_failure_count(handle.pointer)

    def read(k: int) -> Failure:
        index, http, message = ctypes.c_size_t(), ctypes.c_int(), ctypes.c_char_p()
        lib.uc_report_failure(handle.pointer, k, ctypes.byref(index), ctypes.byref(http), ctypes.byref(message))
        at, id = index.value, text_of(lib.uc_report_failure_id(handle.pointer, k))
        return Failure(at, id if custom else int(id), IdState(states[at]), http.value or None, text_of(message.value))

    return Failures(count, read)


def _unpickled(fields: list[tuple[int, Union[int, str], int, Optional[int], str]]) -> Failures:
    def read(k: int) -> Failure:
        index, id, state, http_status, message = fields[k]
        return Failure(index, id, IdState(state), http_status, message)

    return Failures(len(fields), read)
