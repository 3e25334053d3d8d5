"""Threads of the operating system, also where gevent or eventlet has replaced Python's by greenlets.

The library blocks the thread that calls it. A greenlet is no thread: a call on one would stop all others.
"""

from __future__ import annotations

import _thread
import sys
from typing import Any, Callable, NamedTuple, Optional


class Threads(NamedTuple):
    start: Callable[[Callable[..., object], tuple[Any, ...]], object]
    # Waits so many seconds and lets other greenlets run meanwhile. None where there are none.
    sleep: Optional[Callable[[float], object]]


def threads() -> Threads:
    """Looked up for each run: a program may patch after it has imported this package."""
    monkey = sys.modules.get("gevent.monkey")
    if monkey is not None and any(map(monkey.is_module_patched, ("threading", "time", "socket"))):
        return Threads(monkey.get_original("_thread", "start_new_thread"), sys.modules["gevent"].sleep)
    patcher = sys.modules.get("eventlet.patcher")
    if patcher is not None and any(map(patcher.is_monkey_patched, ("thread", "time", "socket"))):
        return Threads(patcher.original("_thread").start_new_thread, sys.modules["eventlet"].sleep)
    return Threads(_thread.start_new_thread, None)
