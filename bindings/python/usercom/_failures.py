"""The ids of a report that need a look: those that failed, and those that the service holds with another value."""

from __future__ import annotations

import ctypes
import operator
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Optional, Union, overload

from ._generated import IdState
from ._library import Handle, lib, text_of


@dataclass(frozen=True)
class Failure:
    """An id that is rejected or unknown."""

    index: int  # its position in the caller's list, counted from 0
    id: Union[int, str]
    state: IdState
    http_status: Optional[int]  # of the response that decided it; None if there was none
    message: str  # why, at most 256 characters


@dataclass(frozen=True)
class Mismatched:
    """An id that was read back after the run, with another value than the one that was sent."""

    index: int  # its position in the caller's list, counted from 0
    id: Union[int, str]
    sent: str  # JSON, at most 256 characters
    stored: str  # likewise; null if there is no value


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


def of_library(handle: Handle, states: bytes, custom: bool) -> Failures:
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
