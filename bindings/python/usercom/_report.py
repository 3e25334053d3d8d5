"""What became of a run and of each of its ids."""

from __future__ import annotations

import ctypes
import json
from collections.abc import Callable
from typing import TYPE_CHECKING

from . import _tables
from ._failures import Mismatched, of_library
from ._generated import IdState, Status
from ._library import Handle, lib, text_of

if TYPE_CHECKING:
    import pandas  # type: ignore[import-untyped, unused-ignore]
    import pyarrow  # type: ignore[import-untyped, unused-ignore]


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
        self.failures = of_library(handle, self.states, custom)
        """Every rejected or unknown id, in the order of the input."""
        self.verified: int = lib.uc_report_verified(pointer)
        """Ids that were read back and had the value that was sent; 0 without the option `verify`."""
        self.mismatched: int = lib.uc_report_mismatched(pointer)
        """Ids that were read back and had another value."""
        self._custom = custom
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
    def mismatches(self) -> list[Mismatched]:
        """The first ten ids that were read back with another value."""
        found = json.loads(self.json()).get("mismatches", [])
        return [
            Mismatched(one["index"], one["id"] if self._custom else int(one["id"]), one["sent"], one["stored"])
            for one in found
        ]

    @property
    def retries(self) -> int:
        """Requests that sent again what an earlier one had sent."""
        return int(json.loads(self.json()).get("retries", 0))

    def to_pandas(self) -> pandas.DataFrame:
        """The failures as a DataFrame: id, state, http_status and message, with the position in the input as its
        index, so that `frame.reset_index(drop=True).join(report.to_pandas())` puts them beside their rows.

        Raises ImportError if pandas is not installed.
        """
        return _tables.to_pandas(self.failures, self._custom)

    def to_arrow(self) -> pyarrow.Table:
        """The failures as an Arrow table: index (the position in the input), id, state, http_status and message.

        Raises ImportError if pyarrow is not installed.
        """
        return _tables.to_arrow(self.failures, self._custom)

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

    def _repr_html_(self) -> str:
        """For notebooks: how the run ended, its numbers, and the first ten failures."""
        numbers = [("confirmed", self.confirmed), ("rejected", self.rejected), ("unknown", self.unknown)]
        numbers += [("not attempted", self.not_attempted), ("requests", self.requests)]
        return _tables.html(f"{self.status.name}: {self.message}", numbers, self.notes, self.failures)

    def __str__(self) -> str:
        return self._text

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Report):
            return NotImplemented
        return self.__dict__ == other.__dict__

    def __hash__(self) -> int:
        return hash((self.status, self.message, self.states))
