"""Stopping runs from elsewhere."""

from __future__ import annotations

from typing import NoReturn

from ._library import Handle, lib


class Cancel:
    """Stops runs: give it to any number of runs as `cancel`, and call `request` from any thread or from a signal
    handler."""

    def __init__(self) -> None:
        self._handle = Handle(lib.uc_cancel_new(), lib.uc_cancel_free)

    def request(self) -> None:
        """Asks every run with this handle, now and later, to stop. They return within 6 s and raise Cancelled; ids
        in flight end unknown."""
        lib.uc_cancel_request(self._handle.pointer)

    def __reduce__(self) -> NoReturn:
        raise TypeError(
            "a usercom.Cancel can't be pickled or copied: it stops runs of this process only. Make one in each "
            "process, and tell the other one to request it, for example with a multiprocessing.Event"
        )
