"""The account, its options, and its entry points."""

from __future__ import annotations

import ctypes
from collections.abc import Iterable
from types import TracebackType
from typing import TYPE_CHECKING, Any, NoReturn, Optional

from . import _ids, _read, _rows
from ._call import LogFunction, log_callback
from ._cancel import Cancel
from ._errors import InvalidType, check
from ._exceptions import InvalidArgument
from ._generated import CLIENT_OPTIONS, ClientOptions, RunOptions
from ._ids import Ids
from ._library import Handle, lib
from ._missing import Missing, checked
from ._options import set_options
from ._progress import ShowProgress
from ._read import Check, Users
from ._report import Report
from ._rows import Rows
from ._run import Run
from ._values import Value, text

if TYPE_CHECKING:
    from typing_extensions import Unpack


class Client:
    """One User.com account. Any number of threads may use it at once; a child made by fork needs its own.

    `subdomain` is the `acme` of https://acme.user.com, `token` the 64-character REST API key. `options` are those
    of `ClientOptions`, by name; None is the default of each.

    `log` is called as log(level, message) with the levels of `logging` (5 for trace), on the thread that made the
    call; `logging.getLogger("usercom").log` fits. An exception in it stops the run.

    Raises InvalidArgument for an invalid argument or option, TlsError if this machine has no trusted certificates.
    """

    def __init__(
        self, subdomain: str, token: str, *, log: Optional[LogFunction] = None, **options: Unpack[ClientOptions]
    ) -> None:
        self._client: Optional[Handle] = None
        handle = Handle(lib.uc_options_new(), lib.uc_options_free)
        set_options("uc_options", handle.pointer, CLIENT_OPTIONS, "a client", options)
        callback: Any = None
        if log is not None:
            if not callable(log):
                raise InvalidType("log: can't be called; use a function of a level and a message")
            callback = log_callback(log)
            check(lib.uc_options_set_log(handle.pointer, callback, None, 5))
        self._subdomain = subdomain
        out = ctypes.c_void_p()
        check(lib.uc_client_new(text("subdomain", subdomain), text("token", token), handle.pointer, ctypes.byref(out)))
        self._client = Handle(out.value, lib.uc_client_free, keeps=callback)

    def close(self) -> None:
        """Frees connections and token. Runs of other threads continue; a new one raises InvalidArgument."""
        self._client = None

    def __enter__(self) -> Client:
        return self

    def __exit__(
        self,
        kind: Optional[type[BaseException]],
        error: Optional[BaseException],
        traceback: Optional[TracebackType],
    ) -> None:
        self.close()

    def __reduce__(self) -> NoReturn:
        raise TypeError(
            "a usercom.Client can't be pickled or copied: it holds connections and the token. Make one in each "
            "process, for example in the initializer of a process pool; threads share one"
        )

    def __repr__(self) -> str:
        return f"<usercom.Client {self._subdomain!r}{'' if self._client else ', closed'}>"

    def mass_update(
        self,
        ids: Ids,
        attribute: str,
        value: Value,
        *,
        na: Missing = None,
        progress: ShowProgress = None,
        cancel: Optional[Cancel] = None,
        **options: Unpack[RunOptions],
    ) -> Report:
        """Sets an attribute of many users to one value, and reports what became of each id.

        `ids` are User.com's own: any iterable of int; a numpy array, a Series, or a table of one column, of pandas,
        polars, pyarrow, DuckDB or anything else that has the Arrow stream or array interface. These are read where
        they are, mostly without a copy; don't change them during the call. `attribute` is 1 to 255 characters.
        `value` is a bool, int, float, Decimal, str, date, datetime with a time zone, list, dict or Json.

        `na` says what becomes of missing ids (None, NaN, NA, null): "error" refuses them, "skip" does not send them;
        they are not attempted, and a note of the report counts them. With either, ids may be floats below 2^53 without
        a fraction, because a column of integers becomes floats when some are missing. By default both are refused.

        `progress` is called with a Progress on this thread. If it returns False or raises, the run stops; what it
        raises is raised again. `cancel` stops the run from elsewhere. Ctrl-C stops it, too, within 6 s.
        `options` are those of `RunOptions`, by name; None is the default of each.

        Returns the report of a run that completed, also with rejected ids in it: see its status, or call its
        raise_for_failures(). Raises InvalidArgument before anything is sent, and another Error, with the report
        in it, for a run that stopped early.
        """
        run = self._run(progress, cancel, options)
        return run.one_value(_ids.taken(ids, False, checked(na)), False, attribute, value, na)

    def mass_update_custom_ids(
        self,
        custom_ids: Iterable[str],
        attribute: str,
        value: Value,
        *,
        na: Missing = None,
        progress: ShowProgress = None,
        cancel: Optional[Cancel] = None,
        **options: Unpack[RunOptions],
    ) -> Report:
        """The same for users that are known by your own ids, each 1 to 1,024 bytes of UTF-8."""
        run = self._run(progress, cancel, options)
        return run.one_value(_ids.taken(custom_ids, True, checked(na)), True, attribute, value, na)

    def mass_update_rows(
        self,
        rows: Rows,
        attribute: str,
        *,
        na: Missing = None,
        progress: ShowProgress = None,
        cancel: Optional[Cancel] = None,
        **options: Unpack[RunOptions],
    ) -> Report:
        """Sets an attribute to a value for each user: pairs of id and value, a mapping from id to value, or a table.

        A pair is a tuple or list of two, or a row of sqlite3 or SQLAlchemy, not a dict or a row of csv.DictReader. A
        table has two columns, the ids and the values; it is a DataFrame of pandas or polars, an Arrow table, a DuckDB
        relation, or anything else with the Arrow stream interface. `na` is for missing values, too: "skip" does not
        send their rows; with allow_null, a missing value is sent as null.
        Equal values are sent together. The last value of an id wins; its earlier positions are not attempted. At
        most 50,000 distinct values. The rest is as in mass_update.
        """
        run = self._run(progress, cancel, options)
        return run.rows(_rows.taken(rows, False, checked(na)), False, attribute, na)

    def mass_update_rows_custom_ids(
        self,
        rows: Rows,
        attribute: str,
        *,
        na: Missing = None,
        progress: ShowProgress = None,
        cancel: Optional[Cancel] = None,
        **options: Unpack[RunOptions],
    ) -> Report:
        """The same for users that are known by your own ids."""
        run = self._run(progress, cancel, options)
        return run.rows(_rows.taken(rows, True, checked(na)), True, attribute, na)

    def check(self, attribute: Optional[str] = None, *values: Value) -> Check:
        """Looks at everything that an update needs, in order: name, connection, certificate, clock, token, what the
        key may do; with an attribute also whether it exists, and whether the values fit its type.

        Only reads, in a few requests. What does not work is a line of the result: see its `passed`, or call its
        raise_for_failures().
        """
        return _read.check(self._usable(), attribute, values)

    def users(self, attributes: Iterable[str] = (), *, cursor: Optional[str] = None) -> Users:
        """All users of the workspace, one after the other, read page by page at the client's rate limit.

        `attributes` are the names of those to read of each user; with none, all custom ones. `cursor` continues where
        another reading stopped: its `cursor`. Ctrl-C stops a reading within 6 s. A page that fails is tried again up
        to 8 times before its error is raised.
        """
        return Users(self._usable(), attributes, cursor)

    def _usable(self) -> Handle:
        if self._client is None:
            raise InvalidArgument("client: is closed; make another one")
        return self._client

    def _run(self, progress: ShowProgress, cancel: Optional[Cancel], options: RunOptions) -> Run:
        return Run(self._usable(), progress, cancel, options)


def mass_update(subdomain: str, token: str, ids: Ids, attribute: str, value: Value) -> Report:
    """Sets an attribute of many users to one value, in one call with all defaults.

    `subdomain` is the `acme` of https://acme.user.com, `token` the 64-character REST API key; ids, attribute
    and value are those of Client.mass_update. Calls with the same account share connections and rate limit.
    USERCOM_BASE_URL may name a loopback address to send to instead.

    Returns the report if every id is confirmed. Raises PartialUpdate if some are rejected or unknown, and any
    other Error; its `report` says what became of every single id.
    """
    taken = _ids.taken(ids, False, None)
    out = ctypes.c_void_p()
    check(lib.uc_client_shared(text("subdomain", subdomain), text("token", token), ctypes.byref(out)))
    report = Run(Handle(out.value, lib.uc_client_free)).one_value(taken, False, attribute, value, None)
    report.raise_for_failures()
    return report
