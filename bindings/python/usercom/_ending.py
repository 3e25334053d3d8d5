"""The calls that are in the library, for the end of the interpreter and for fork.

When Python ends, it ends the threads that are still running the next time they enter Python: also a callback
that the library has called. That would unwind through the library, which aborts the process. So every call
leaves the library before.
"""

from __future__ import annotations

import atexit
import os
import sys
import threading
import time
from typing import Optional, Protocol

from ._exceptions import Cancelled

# More than what a cancelled run may take: 6 s, or 10 s to connect; looking up a host name may take longer still.
_MAX_WAIT = 30.0

_ENDING = "Python is ending; nothing was sent"


class Running(Protocol):
    """A call, as this module knows it."""

    def cancel(self) -> None: ...
    def has_left(self) -> bool: ...
    def abandon(self) -> None: ...


# Each call and the thread of its caller. Adding and removing need no lock, which a fork could leave locked.
_running: dict[Running, threading.Thread] = {}
_ending_thread: Optional[int] = None


def enter(call: Running) -> None:
    """Call it before the library is called, and `leave` when it has returned.

    Raises Cancelled if Python is ending. Only handlers of atexit may still start a run, on the thread that ends it.
    """
    if sys.is_finalizing():  # objects are being deleted, and callbacks would crash
        raise Cancelled(f"{_ENDING}. Use a handler of atexit for a last update")
    _running[call] = threading.current_thread()
    if _ending_thread not in (None, threading.get_ident()):
        leave(call)
        time.sleep(1)  # for a thread that tries over and over; there is no Python any more by then
        raise Cancelled(f"{_ENDING}. Wait for your threads (join) before the program ends")


def leave(call: Running) -> None:
    _running.pop(call, None)


def _end() -> None:
    """Cancels all runs, and waits until each has left the library."""
    global _ending_thread
    _ending_thread = threading.get_ident()
    running = list(_running.items())
    for call, _ in running:
        call.cancel()
    limit = time.monotonic() + _MAX_WAIT
    while not all(call.has_left() for call, _ in running):
        _pause(limit)
    # A moment for the callers to tell of it: a thread that ends while it writes to stderr would abort, too.
    callers = [thread for _, thread in running if thread is not threading.current_thread()]
    limit = min(limit, time.monotonic() + 1)
    while time.monotonic() < limit and any(thread.is_alive() for thread in callers):
        _pause(limit)


def _pause(limit: float) -> None:
    try:
        time.sleep(0.01)
    except KeyboardInterrupt:
        pass  # the wait is short, and without it the process would abort


def _forked() -> None:
    """A child made by fork has none of its parent's other threads, so nobody would ever end these calls."""
    global _ending_thread
    _ending_thread = None
    for call in list(_running):
        call.abandon()
    _running.clear()


atexit.register(_end)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forked)
