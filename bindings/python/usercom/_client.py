"""The account, its settings, and its runs."""

from __future__ import annotations

import ctypes
import os
from array import array
from collections.abc import Callable, Iterable, Mapping
from types import TracebackType
from typing import Any, Optional, SupportsFloat, SupportsIndex, TypedDict, Union

from . import _ids
from ._call import Call, LogFunction, ProgressFunction, log_callback
from ._errors import InvalidArgument, InvalidType, Status, check, error_of
from ._ids import IdArray, Ids
from ._library import Handle, lib, text_of
from ._report import Report
from ._values import Value, milliseconds, real, text, to_json, whole

Id = Union[int, str]
Rows = Union[Mapping[Any, Any], Iterable[tuple[Any, Any]]]


class Cancel:
    """Stops runs from elsewhere: give it to any number of runs as `cancel`, and call `request` from any
    thread or from a signal handler."""

    def __init__(self) -> None:
        self._handle = Handle(lib.uc_cancel_new(), lib.uc_cancel_free)

    def request(self) -> None:
        """Asks every run with this handle, now and later, to stop. They return within 6 s and raise Cancelled;
        ids under way end unknown."""
        lib.uc_cancel_request(self._handle.pointer)


class Client:
    """One User.com account. Any number of threads may use it at once; a child made by fork needs its own.

    `subdomain` is the `acme` of https://acme.user.com, `token` the 64-character REST API key. None is the
    default of each setting:

    - `base_url`: another address, scheme, host and port only; http for loopback addresses only.
    - `method`: "PUT" (default) or "POST".
    - `api_version`: asked for in the Accept header; default none.
    - `request_timeout`: seconds until the first byte of an answer, up to 3,600; default 60.
    - `batch_size`: ids per request, 1 to 10,000; default 1,000.
    - `workers`: requests under way at once, 1 to 32; default 8.
    - `rate_limit`: (requests, seconds) or requests per second, 0.1 to 1,000 a second; 0 is off; default 5.
      Everything in this process that uses the same account shares the pace.
    - `max_attempts`: tries of one batch, 1 to 20; default 8.
    - `proxy`: "http://[user:password@]host:port", "" for none; default HTTPS_PROXY and NO_PROXY.
    - `ca_file`: path of a PEM file with the certificates to trust instead of this machine's.
    - `log`: called as log(level, message) with the levels of `logging` (5 for trace), on the thread that made
      the call; `logging.getLogger("usercom").log` fits. An exception in it stops the run.

    Raises InvalidArgument for what can't be right, TlsError if this machine has no trusted certificates.
    """

    def __init__(
        self,
        subdomain: str,
        token: str,
        *,
        base_url: Optional[str] = None,
        method: Optional[str] = None,
        api_version: Optional[SupportsIndex] = None,
        request_timeout: Optional[SupportsFloat] = None,
        batch_size: Optional[SupportsIndex] = None,
        workers: Optional[SupportsIndex] = None,
        rate_limit: Union[SupportsFloat, tuple[SupportsIndex, SupportsFloat], None] = None,
        max_attempts: Optional[SupportsIndex] = None,
        proxy: Optional[str] = None,
        ca_file: Union[str, os.PathLike[str], None] = None,
        log: Optional[LogFunction] = None,
    ) -> None:
        self._client: Optional[Handle] = None
        options = Handle(lib.uc_options_new(), lib.uc_options_free)
        to = options.pointer
        if base_url is not None:
            check(lib.uc_options_set_base_url(to, text("base_url", base_url)))
        if method is not None:
            check(lib.uc_options_set_method(to, text("method", method)))
        if api_version is not None:
            check(lib.uc_options_set_api_version(to, whole("api_version", api_version, 32)))
        if request_timeout is not None:
            check(lib.uc_options_set_request_timeout_ms(to, milliseconds("request_timeout", request_timeout)))
        if batch_size is not None:
            check(lib.uc_options_set_batch_size(to, whole("batch_size", batch_size, 32)))
        if workers is not None:
            check(lib.uc_options_set_workers(to, whole("workers", workers, 32)))
        if rate_limit is not None:
            check(lib.uc_options_set_rate_limit(to, *_rate(rate_limit)))
        if max_attempts is not None:
            check(lib.uc_options_set_max_attempts(to, whole("max_attempts", max_attempts, 32)))
        if proxy is not None:
            check(lib.uc_options_set_proxy(to, text("proxy", proxy)))
        if ca_file is not None:
            check(lib.uc_options_set_ca_file(to, _path("ca_file", ca_file)))
        callback: Any = None
        if log is not None:
            if not callable(log):
                raise InvalidType("log: can't be called; use a function of a level and a message")
            callback = log_callback(log)
            check(lib.uc_options_set_log(to, callback, None, 5))
        self._subdomain = subdomain
        out = ctypes.c_void_p()
        check(lib.uc_client_new(text("subdomain", subdomain), text("token", token), to, ctypes.byref(out)))
        self._client = Handle(out.value, lib.uc_client_free, keeps=callback)

    def close(self) -> None:
        """Gives connections and token back. Runs of other threads go on; a new one is refused."""
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

    def __repr__(self) -> str:
        return f"<usercom.Client {self._subdomain!r}{'' if self._client else ', closed'}>"

    def mass_update(
        self,
        ids: Ids,
        attribute: str,
        value: Value,
        *,
        progress: Optional[ProgressFunction] = None,
        deadline: Optional[SupportsFloat] = None,
        patience: Optional[SupportsFloat] = None,
        max_requests: Optional[SupportsIndex] = None,
        standard_attributes: bool = False,
        allow_null: bool = False,
        dry_run: bool = False,
        cancel: Optional[Cancel] = None,
        journal_dir: Union[str, os.PathLike[str], None] = None,
        journal_max_age: Optional[SupportsFloat] = None,
    ) -> Report:
        """Sets an attribute of many users to one value, and says what became of each id.

        `ids` are User.com's own: any iterable of int. A numpy array of int64, an array.array("q") and an Arrow
        array of int64 without nulls are read where they lie; don't change them meanwhile. `attribute` is 1 to
        255 characters. `value` is a bool, int, float, Decimal, str, date, datetime with a time zone, list, dict
        or Json.

        - `progress`: called with a Progress about ten times a second on this thread. If it returns False or
          raises, the run is stopped; what it raised is raised again then.
        - `deadline`: seconds for the whole call, waits and retries included; requests under way then get up
          to 5 s more. Default none.
        - `patience`: the run stops when no batch was confirmed or refused for so many seconds, 1 to 86,400;
          default 120; never less than 21 requests take at the pace, 4.2 s at 5 a second.
        - `max_requests`: default twenty times what the job needs when all goes well, at least 1,000.
        - `standard_attributes`: the attribute is one that every profile has, such as first_name.
        - `allow_null`: None may be sent, about which the vendor documents nothing.
        - `dry_run`: everything but the network.
        - `cancel`: stops the run from elsewhere. Ctrl-C stops it, too, within 6 s.
        - `journal_dir`: keeps a journal in this directory: the very same call, made again after a crash, a full
          disk or a cancel, goes on where this one stopped. A finished run removes it. While another process
          runs the same job, Busy is raised and nothing is sent.
        - `journal_max_age`: how many seconds old an unfinished journal may be to be gone on with, 1 to
          2,592,000; default 43,200 (12 h).

        Returns the report of a run that came to its end, also with rejected ids in it: see its status, or
        call its raise_for_failures(). Raises InvalidArgument before anything was sent, and another Error,
        with the report in it, for a run that stopped.
        """
        return one_value(self._open(), _ids.numeric(ids), attribute, value, {
            "progress": progress, "deadline": deadline, "patience": patience, "max_requests": max_requests,
            "standard_attributes": standard_attributes, "allow_null": allow_null, "dry_run": dry_run,
            "cancel": cancel, "journal_dir": journal_dir, "journal_max_age": journal_max_age,
        })  # fmt: skip

    def mass_update_custom_ids(
        self,
        custom_ids: Iterable[str],
        attribute: str,
        value: Value,
        *,
        progress: Optional[ProgressFunction] = None,
        deadline: Optional[SupportsFloat] = None,
        patience: Optional[SupportsFloat] = None,
        max_requests: Optional[SupportsIndex] = None,
        standard_attributes: bool = False,
        allow_null: bool = False,
        dry_run: bool = False,
        cancel: Optional[Cancel] = None,
        journal_dir: Union[str, os.PathLike[str], None] = None,
        journal_max_age: Optional[SupportsFloat] = None,
    ) -> Report:
        """The same for users that are known by your own ids, each 1 to 1,024 bytes of UTF-8."""
        return one_value(self._open(), _ids.custom(custom_ids), attribute, value, {
            "progress": progress, "deadline": deadline, "patience": patience, "max_requests": max_requests,
            "standard_attributes": standard_attributes, "allow_null": allow_null, "dry_run": dry_run,
            "cancel": cancel, "journal_dir": journal_dir, "journal_max_age": journal_max_age,
        })  # fmt: skip

    def mass_update_rows(
        self,
        rows: Rows,
        attribute: str,
        *,
        progress: Optional[ProgressFunction] = None,
        deadline: Optional[SupportsFloat] = None,
        patience: Optional[SupportsFloat] = None,
        max_requests: Optional[SupportsIndex] = None,
        standard_attributes: bool = False,
        allow_null: bool = False,
        dry_run: bool = False,
        cancel: Optional[Cancel] = None,
        journal_dir: Union[str, os.PathLike[str], None] = None,
        journal_max_age: Optional[SupportsFloat] = None,
    ) -> Report:
        """Sets an attribute to a value for each user: pairs of id and value, or a mapping from id to value.

        Equal values go out together. The last value of an id wins; its earlier positions are not attempted. At
        most 50,000 distinct values. The rest is as in mass_update.
        """
        return many_values(self._open(), _ids.numeric, rows, attribute, {
            "progress": progress, "deadline": deadline, "patience": patience, "max_requests": max_requests,
            "standard_attributes": standard_attributes, "allow_null": allow_null, "dry_run": dry_run,
            "cancel": cancel, "journal_dir": journal_dir, "journal_max_age": journal_max_age,
        })  # fmt: skip

    def mass_update_rows_custom_ids(
        self,
        rows: Rows,
        attribute: str,
        *,
        progress: Optional[ProgressFunction] = None,
        deadline: Optional[SupportsFloat] = None,
        patience: Optional[SupportsFloat] = None,
        max_requests: Optional[SupportsIndex] = None,
        standard_attributes: bool = False,
        allow_null: bool = False,
        dry_run: bool = False,
        cancel: Optional[Cancel] = None,
        journal_dir: Union[str, os.PathLike[str], None] = None,
        journal_max_age: Optional[SupportsFloat] = None,
    ) -> Report:
        """The same for users that are known by your own ids."""
        return many_values(self._open(), _ids.custom, rows, attribute, {
            "progress": progress, "deadline": deadline, "patience": patience, "max_requests": max_requests,
            "standard_attributes": standard_attributes, "allow_null": allow_null, "dry_run": dry_run,
            "cancel": cancel, "journal_dir": journal_dir, "journal_max_age": journal_max_age,
        })  # fmt: skip

    def _open(self) -> Handle:
        if self._client is None:
            raise InvalidArgument("client: is closed; make another one")
        return self._client


class Settings(TypedDict, total=False):
    """Of one run, as the methods of a client document them."""

    progress: Optional[ProgressFunction]
    deadline: Optional[SupportsFloat]
    patience: Optional[SupportsFloat]
    max_requests: Optional[SupportsIndex]
    standard_attributes: bool
    allow_null: bool
    dry_run: bool
    cancel: Optional[Cancel]
    journal_dir: Union[str, os.PathLike[str], None]
    journal_max_age: Optional[SupportsFloat]


def mass_update(subdomain: str, token: str, ids: Ids, attribute: str, value: Value) -> Report:
    """Sets an attribute of many users to one value, in one call with all defaults.

    `subdomain` is the `acme` of https://acme.user.com, `token` the 64-character REST API key; ids, attribute
    and value are those of Client.mass_update. Calls with the same account share connections and pace.
    USERCOM_BASE_URL may name a loopback address to send to instead.

    Returns the report when every id is confirmed. Raises PartialUpdate when some are rejected or unknown, and
    any other Error; its `report` says what became of every single id.
    """
    out = ctypes.c_void_p()
    array_of_ids = _ids.numeric(ids)
    check(lib.uc_client_shared(text("subdomain", subdomain), text("token", token), ctypes.byref(out)))
    report = one_value(Handle(out.value, lib.uc_client_free), array_of_ids, attribute, value, {})
    report.raise_for_failures()
    return report


def one_value(client: Handle, ids: IdArray, attribute: str, value: Value, settings: Settings) -> Report:
    function = lib.uc_client_mass_update_custom_ids if ids.custom else lib.uc_client_mass_update
    update = (len(ids.ids), text("attribute", attribute), text("value", to_json(value)))
    return perform(client, function, ids, update, settings)


def many_values(
    client: Handle, kind: Callable[[list[Any]], IdArray], rows: Rows, attribute: str, settings: Settings
) -> Report:
    listed, values, index = _split(rows)
    ids = kind(listed)
    function = lib.uc_client_mass_update_rows_custom_ids if ids.custom else lib.uc_client_mass_update_rows
    encoded = [text("value", value) for value in values]
    update = (
        (ctypes.c_uint32 * len(index)).from_buffer(index) if index else None,
        len(listed),
        (ctypes.c_char_p * len(encoded))(*encoded),
        len(encoded),
        text("attribute", attribute),
    )
    return perform(client, function, ids, update, settings)


def perform(client: Handle, function: Any, ids: IdArray, update: tuple[Any, ...], settings: Settings) -> Report:
    """Makes the call, and returns or raises what came of it."""
    call = Call(settings.get("progress"))
    options = _run_options(call, settings)
    out = ctypes.c_void_p()
    # Not `ids.first` and the pointers alone: what they belong to must live until the library returns.
    call.run(lambda: function(client.pointer, ids.first, *update, options.pointer, ctypes.byref(out)))
    if not out.value:
        raise error_of(Status.INTERNAL, text_of(lib.uc_status_message(Status.INTERNAL)))
    report = Report(Handle(out.value, lib.uc_report_free), ids.ids)
    if report.status not in (Status.OK, Status.PARTIAL, Status.DRY_RUN):
        raise error_of(report.status, report.message, report)
    return report


def _run_options(call: Call, settings: Settings) -> Handle:
    cancel = settings.get("cancel")
    options = Handle(lib.uc_run_options_new(), lib.uc_run_options_free, keeps=(call.tick, cancel))
    to = options.pointer
    deadline, patience = settings.get("deadline"), settings.get("patience")
    max_requests = settings.get("max_requests")
    check(lib.uc_run_options_set_progress(to, call.tick, None))
    if deadline is not None:
        check(lib.uc_run_options_set_deadline_ms(to, milliseconds("deadline", deadline)))
    if patience is not None:
        check(lib.uc_run_options_set_patience_ms(to, milliseconds("patience", patience)))
    if max_requests is not None:
        check(lib.uc_run_options_set_max_requests(to, whole("max_requests", max_requests, 64)))
    if cancel is not None:
        check(lib.uc_run_options_set_cancel(to, cancel._handle.pointer))
    journal_dir, journal_max_age = settings.get("journal_dir"), settings.get("journal_max_age")
    if journal_dir is not None:
        check(lib.uc_run_options_set_journal_dir(to, _path("journal_dir", journal_dir)))
    if journal_max_age is not None:
        check(lib.uc_run_options_set_journal_max_age_ms(to, milliseconds("journal_max_age", journal_max_age)))
    check(lib.uc_run_options_set_standard_attributes(to, bool(settings.get("standard_attributes"))))
    check(lib.uc_run_options_set_allow_null(to, bool(settings.get("allow_null"))))
    check(lib.uc_run_options_set_dry_run(to, bool(settings.get("dry_run"))))
    return options


def _split(rows: Rows) -> tuple[list[Any], list[str], array[int]]:
    """The ids, the distinct values as JSON, and for each id which of them it gets."""
    pairs = rows.items() if isinstance(rows, Mapping) else rows
    ids: list[Any] = []
    numbers: dict[str, int] = {}
    index = array("I")
    for at, pair in enumerate(pairs):
        try:
            id, value = pair
        except (TypeError, ValueError):
            raise InvalidType(f"rows: position {at} (counted from 0) is not a pair of id and value") from None
        ids.append(id)
        json = to_json(value, f"value: position {at} (counted from 0)")
        index.append(numbers.setdefault(json, len(numbers)))
    return ids, list(numbers), index


def _rate(limit: Union[SupportsFloat, tuple[SupportsIndex, SupportsFloat]]) -> tuple[int, int]:
    """Requests, and the milliseconds in which they may be sent."""
    if isinstance(limit, tuple):
        if len(limit) != 2:
            raise InvalidType("rate_limit: use a pair of requests and seconds, or requests per second")
        requests = whole("rate_limit", limit[0], 32)
        return requests, milliseconds("rate_limit", limit[1])
    rate = real("rate_limit", limit)
    # Requests are spaced evenly, so a thousand seconds say the same as one, with three more digits.
    return whole("rate_limit", max(round(rate * 1000), rate > 0), 32), 1_000_000


def _path(name: str, path: Union[str, os.PathLike[str]]) -> bytes:
    try:
        encoded = os.fsencode(path)
    except TypeError:
        raise InvalidType(f"{name}: is a {type(path).__name__}; use a path") from None
    if b"\0" in encoded:
        raise InvalidArgument(f"{name}: has a NUL character; take it out")
    return encoded
