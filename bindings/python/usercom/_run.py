"""One run: its options, its ids and values, and what became of it."""

from __future__ import annotations

import ctypes
from array import array
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Optional, Union

from ._call import Call, ProgressFunction
from ._cancel import Cancel
from ._errors import InvalidType, check, error_of, error_of_report
from ._generated import RUN_OPTIONS, Status
from ._ids import IdArray
from ._library import Handle, lib, text_of
from ._options import set_options
from ._report import Report
from ._values import Value, text, to_json

Rows = Union[Mapping[Any, Any], Iterable[tuple[Any, Any]]]


class Run:
    """One run of a client. Its methods return the report of a run that completed, and raise any other outcome."""

    def __init__(
        self,
        client: Handle,
        progress: Optional[ProgressFunction] = None,
        cancel: Optional[Cancel] = None,
        options: Optional[Mapping[str, object]] = None,
    ) -> None:
        self._client = client
        self._call = Call(progress)
        self._options = Handle(
            lib.uc_run_options_new(), lib.uc_run_options_free, keeps=(self._call.tick, cancel)
        )
        to = self._options.pointer
        set_options("uc_run_options", to, RUN_OPTIONS, "a run", options or {})
        check(lib.uc_run_options_set_progress(to, self._call.tick, None))
        if cancel is not None:
            check(lib.uc_run_options_set_cancel(to, cancel._handle.pointer))

    def one_value(self, ids: IdArray, attribute: str, value: Value) -> Report:
        function = lib.uc_client_mass_update_custom_ids if ids.custom else lib.uc_client_mass_update
        return self._perform(
            function, ids, len(ids.ids), text("attribute", attribute), text("value", to_json(value))
        )

    def rows(self, to_ids: Callable[[list[Any]], IdArray], rows: Rows, attribute: str) -> Report:
        listed, values, index = _split(rows)
        ids = to_ids(listed)
        function = lib.uc_client_mass_update_rows_custom_ids if ids.custom else lib.uc_client_mass_update_rows
        encoded = [text("value", value) for value in values]
        return self._perform(
            function,
            ids,
            (ctypes.c_uint32 * len(index)).from_buffer(index) if index else None,
            len(listed),
            (ctypes.c_char_p * len(encoded))(*encoded),
            len(encoded),
            text("attribute", attribute),
        )

    def _perform(self, function: Any, ids: IdArray, *update: Any) -> Report:
        out = ctypes.c_void_p()

        def call() -> None:
            # `self` and `ids`, not their pointers alone: what they own must live until the library returns.
            function(self._client.pointer, ids.first, *update, self._options.pointer, ctypes.byref(out))

        self._call.run(call)
        if not out.value:
            raise error_of(Status.INTERNAL, text_of(lib.uc_status_message(Status.INTERNAL)))
        report = Report(Handle(out.value, lib.uc_report_free), ids.ids, error_of_report)
        if not report.status.completed:
            raise error_of_report(report)
        return report


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
