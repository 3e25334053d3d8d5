"""One run: its options, its ids and values, and what became of it."""

from __future__ import annotations

import ctypes
from collections.abc import Mapping
from typing import Optional, Union

from ._arrow import Column, Stream, stream_of_columns
from ._call import Call
from ._cancel import Cancel
from ._errors import InvalidType, check, error_of, error_of_report
from ._generated import RUN_OPTIONS, Status
from ._library import Handle, lib, text_of
from ._missing import Missing
from ._options import set_options
from ._progress import Bar, ShowProgress, function_of
from ._report import Report
from ._values import Value, text, to_json


class Run:
    """One run of a client. Its methods return the report of a run that completed, and raise any other outcome."""

    def __init__(
        self,
        client: Handle,
        progress: ShowProgress = None,
        cancel: Optional[Cancel] = None,
        options: Optional[Mapping[str, object]] = None,
    ) -> None:
        self._client = client
        self._progress = function_of(progress)
        self._call = Call(self._progress)
        self._options = Handle(lib.uc_run_options_new(), lib.uc_run_options_free, keeps=(self._call.tick, cancel))
        to = self._options.pointer
        set_options("uc_run_options", to, RUN_OPTIONS, "a run", options or {})
        check(lib.uc_run_options_set_progress(to, self._call.tick, None))
        if cancel is not None:
            check(lib.uc_run_options_set_cancel(to, cancel._handle.pointer))

    def one_value(self, ids: Union[Column, Stream], custom: bool, attribute: str, value: Value, na: Missing) -> Report:
        stream = ids if isinstance(ids, Stream) else stream_of_columns([ids])
        return self._perform(stream, custom, attribute, text("value", to_json(value)), na)

    def rows(self, rows: Union[tuple[Column, Column], Stream], custom: bool, attribute: str, na: Missing) -> Report:
        stream = rows if isinstance(rows, Stream) else stream_of_columns(rows)
        return self._perform(stream, custom, attribute, None, na)

    def _perform(self, stream: Stream, custom: bool, attribute: str, value: Optional[bytes], na: Missing) -> Report:
        out = ctypes.c_void_p()
        name = text("attribute", attribute)

        def call() -> None:
            # `self` and `stream`, not their pointers alone: what they own must live until the library returns.
            lib.uc_client_mass_update_arrow(
                self._client.pointer,
                stream.address,
                name,
                value,
                na.encode() if na else None,
                self._options.pointer,
                ctypes.byref(out),
            )

        try:
            self._call.run(call)
        finally:
            if isinstance(self._progress, Bar):
                self._progress.close()
        if not out.value:
            raise error_of(Status.INTERNAL, text_of(lib.uc_status_message(Status.INTERNAL)))
        report = Report(Handle(out.value, lib.uc_report_free), custom, error_of_report)
        if not report.status.completed:
            if report.status == Status.INVALID_ARGUMENT and _MISSING in report.message:
                raise InvalidType(report.message, report=report)
            raise error_of_report(report)
        return report


# A missing value has another type, and not only another value.
_MISSING = "(counted from 0) is null; a missing value"
