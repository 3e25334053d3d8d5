"""Looking at the service: what an update needs, and all users. Nothing here changes anything."""

from __future__ import annotations

import ctypes
import json
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, NoReturn, Optional

from ._call import Call
from ._error_base import Error
from ._errors import InvalidType, error_of
from ._errors import check as raise_unless_ok
from ._exceptions import InvalidArgument
from ._generated import Status
from ._kinds import is_text, kind_of
from ._library import Handle, lib, text_of
from ._tables import html_table
from ._values import Value, text, to_json


@dataclass(frozen=True)
class CheckLine:
    """One thing that a check looked at."""

    finding: str  # "ok", "warning" or "failed"
    about: str  # such as "token"
    text: str  # what was found, and what to do


@dataclass(frozen=True)
class Check:
    """What Client.check found. It is true if nothing failed."""

    status: Status
    """With which an update would probably end; OK if nothing failed."""
    lines: list[CheckLine]

    @property
    def passed(self) -> bool:
        """Whether nothing failed; there may be warnings."""
        return self.status == Status.OK

    def __bool__(self) -> bool:
        return self.passed

    def raise_for_failures(self) -> None:
        """Raises the error with which an update would probably end, if something failed."""
        if not self.passed:
            failed = [f"{line.about}: {line.text}" for line in self.lines if line.finding == "failed"]
            raise error_of(self.status, "; ".join(failed))

    def __str__(self) -> str:
        return "\n".join(f"{line.finding:<8} {line.about}: {line.text}" for line in self.lines)

    def _repr_html_(self) -> str:
        return html_table(("", "", ""), ((line.finding, line.about, line.text) for line in self.lines))


@dataclass(frozen=True)
class User:
    """A user as the service has it."""

    id: int
    custom_id: Optional[str]  # your own id
    email: Optional[str]
    attributes: dict[str, Any]


def _perform(function: Callable[[], int], stop: Optional[Callable[[], object]] = None) -> None:
    """Calls a function of the library that blocks, and raises its failure. The message is of the thread that called."""
    failed: list[tuple[int, str]] = []

    def call() -> None:
        status = function()
        if status != Status.OK:
            failed.append((status, text_of(lib.uc_last_error())))

    Call(None, stop).run(call)
    if failed:
        raise error_of(*failed[0])


def _texts(texts: list[bytes]) -> Any:
    return (ctypes.c_char_p * len(texts))(*texts)


def check(client: Handle, attribute: Optional[str], values: tuple[Value, ...]) -> Check:
    name = None if attribute is None else text("attribute", attribute)
    if values and attribute is None:
        raise InvalidArgument("attribute: is missing; name the one that the values are for")
    encoded = [text("values", to_json(value, f"values[{k}]")) for k, value in enumerate(values)]
    out = ctypes.c_void_p()
    texts = _texts(encoded)
    _perform(lambda: int(lib.uc_client_check(client.pointer, name, texts, len(encoded), ctypes.byref(out))))
    handle = Handle(out.value, lib.uc_check_free)
    found = json.loads(text_of(lib.uc_check_json(handle.pointer)))
    lines = [CheckLine(line["finding"], line["about"], line["text"]) for line in found["lines"]]
    return Check(Status(lib.uc_check_status(handle.pointer)), lines)


# So many users are taken at once from a page that the library has read. A page has as many.
_AT_ONCE = 100


class Users(Iterator[User]):
    """All users of a workspace, read page by page. One thread at a time; a child made by fork can't go on with it."""

    def __init__(self, client: Handle, attributes: Iterable[str], cursor: Optional[str]) -> None:
        if is_text(attributes):
            raise InvalidType(f"attributes: is {kind_of(attributes)}; use a list, also for a single name")
        names = [text(f"attributes[{k}]", name) for k, name in enumerate(attributes)]
        start = None if cursor is None else text("cursor", cursor)
        self.cursor: Optional[str] = cursor or ""
        """Where `Client.users(cursor=…)` can continue: at the page of the user that came last, whose other users come
        again. After a failure, at the page that failed; None after the last user."""
        self._cancel = Handle(lib.uc_cancel_new(), lib.uc_cancel_free)
        out = ctypes.c_void_p()
        raise_unless_ok(
            lib.uc_client_users(
                client.pointer, _texts(names), len(names), start, self._cancel.pointer, ctypes.byref(out)
            )
        )
        self._users = Handle(out.value, lib.uc_users_free, keeps=self._cancel)
        self._taken: deque[tuple[User, Optional[str]]] = deque()
        self._failure: Optional[Error] = None
        self._ended = False
        self._idle = [None]  # taken by the thread that reads

    def __iter__(self) -> Users:
        return self

    def __next__(self) -> User:
        if not self._taken and not self._ended and self._failure is None:
            try:
                self._idle.pop()
            except IndexError:
                raise InvalidArgument(
                    "users: another thread reads them; use one thread, or one reading for each"
                ) from None
            try:
                _perform(self._take, self.close)
            except Error as error:  # raised when the users that came before it are taken
                self._failure = error
            finally:
                self._idle.append(None)
        if self._taken:
            user, self.cursor = self._taken.popleft()
            return user
        self.cursor = self._position()
        if self._failure is not None:
            failure, self._failure = self._failure, None
            raise failure
        raise StopIteration

    def close(self) -> None:
        """Stops the reading, from any thread: it raises Cancelled."""
        lib.uc_cancel_request(self._cancel.pointer)

    def _take(self) -> int:
        """Runs on the library's thread."""
        line = ctypes.c_char_p()
        page = self.cursor
        for _ in range(_AT_ONCE):
            before = self._position()
            status = int(lib.uc_users_next(self._users.pointer, ctypes.byref(line)))
            if status != Status.OK:
                return status
            if line.value is None:
                self._ended = True
                break
            if self._position() != before:  # the first user of another page
                page = before
            user = json.loads(text_of(line.value))
            self._taken.append((User(user["id"], user["custom_id"], user["email"], user["attributes"]), page))
        return int(Status.OK)

    def _position(self) -> Optional[str]:
        cursor: Optional[bytes] = lib.uc_users_cursor(self._users.pointer)
        return None if cursor is None else text_of(cursor)

    def __reduce__(self) -> NoReturn:
        raise TypeError(
            "usercom.Users can't be pickled or copied: it reads from the service. Give its cursor to the other process, "
            "and call users(cursor=…) there"
        )
