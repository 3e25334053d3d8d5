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
    return _gevent() or _eventlet() or Threads(_thread.start_new_thread, None)


def _gevent() -> Optional[Threads]:
    gevent, monkey = sys.modules.get("gevent"), sys.modules.get("gevent.monkey")
    if gevent is None:
        return None
    if monkey is not None and any(map(monkey.is_module_patched, ("threading", "time", "socket"))):
        return Threads(monkey.get_original("_thread", "start_new_thread"), gevent.sleep)
    spawned = isinstance(gevent.getcurrent(), gevent.Greenlet)
    return Threads(_thread.start_new_thread, gevent.sleep) if spawned else None


def _eventlet() -> Optional[Threads]:
    eventlet, patcher = sys.modules.get("eventlet"), sys.modules.get("eventlet.patcher")
    if eventlet is None:
        return None
    if patcher is not None and any(map(patcher.is_monkey_patched, ("thread", "time", "socket"))):
        return Threads(patcher.original("_thread").start_new_thread, eventlet.sleep)
    spawned = isinstance(eventlet.getcurrent(), eventlet.greenthread.GreenThread)
    return Threads(_thread.start_new_thread, eventlet.sleep) if spawned else None
