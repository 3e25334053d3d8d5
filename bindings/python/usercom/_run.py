"""One run: its options, its ids and values, and what became of it."""

from __future__ import annotations

import ctypes
import re
from collections.abc import Callable, Mapping
from typing import Any, Optional

from ._call import Call, ProgressFunction
from ._cancel import Cancel
from ._errors import check, error_of, error_of_report
from ._generated import RUN_OPTIONS, Status
from ._ids import IdArray
from ._library import Handle, lib, text_of
from ._options import set_options
from ._report import Report
from ._rows import Rows, columns
from ._values import Value, text, to_json


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

    def rows(self, to_ids: Callable[[list[Any], bool], IdArray], rows: Rows, attribute: str) -> Report:
        listed, values, index, first = columns(rows)
        ids = to_ids(listed, True)
        function = lib.uc_client_mass_update_rows_custom_ids if ids.custom else lib.uc_client_mass_update_rows

        def reworded(message: str) -> str:
            """With the row in it. The library knows the distinct values, and the ids."""
            message = re.sub(r"^(custom_)?ids: the id at position (\d+)", r"rows: the id of row \2", message)
            message = re.sub(
                r"^values: entry (\d+) \(counted from 0\)",
                lambda entry: f"rows: the value of row {first[int(entry[1])]} (counted from 0)",
                message,
            )
            return re.sub("^values: ", "rows: ", message)

        return self._perform(
            function,
            ids,
            (ctypes.c_uint32 * len(index)).from_buffer(index) if index else None,
            len(listed),
            (ctypes.c_char_p * len(values))(*values),
            len(values),
            text("attribute", attribute),
            reworded=reworded,
        )

    def _perform(
        self, function: Any, ids: IdArray, *update: Any, reworded: Callable[[str], str] = str
    ) -> Report:
        out = ctypes.c_void_p()

        def call() -> None:
            # `self` and `ids`, not their pointers alone: what they own must live until the library returns.
            function(self._client.pointer, ids.first, *update, self._options.pointer, ctypes.byref(out))

        self._call.run(call)
        if not out.value:
            raise error_of(Status.INTERNAL, text_of(lib.uc_status_message(Status.INTERNAL)))
        report = Report(Handle(out.value, lib.uc_report_free), ids.ids, error_of_report, reworded)
        if not report.status.completed:
            raise error_of_report(report)
        return report
