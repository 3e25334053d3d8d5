"""One call into the library, on a thread of its own, with its callbacks on the caller's thread.

Python runs signal handlers on the main thread, between two steps of Python code. With the library on that
thread, the next such step is the first one of a callback, before its `try`: the exception that Ctrl-C raises
would be printed and lost, and the library would read a random return value. So the caller's thread waits in
Python, where it can be interrupted, and the callbacks hand over to it what the caller wants to be called.
"""

from __future__ import annotations

import threading
from _queue import Empty, SimpleQueue  # not from queue, where gevent and eventlet replace it
from typing import Callable, NamedTuple, Optional

from . import _ending
from ._exceptions import Forked
from ._generated import LOG, PROGRESS
from ._library import lib, text_of
from ._threads import threads


class Progress(NamedTuple):
    """How far a run is; told about ten times a second, also while it waits. Duplicated ids count once."""

    done: int  # confirmed or rejected
    total: int
    confirmed: int
    rejected: int
    requests: int
    expected_rejected: int  # about how many ids are bad, those that were rejected included
    requests_left: int  # about how many more requests the run needs
    time_left: float  # about how many seconds the rest of the run takes
    waiting: float  # seconds until the run sends again; 0 while requests are in flight


ProgressFunction = Callable[[Progress], object]
LogFunction = Callable[[int, str], object]

_of_thread = threading.local()


class Call:
    """Runs `function`, and stops it when the caller's thread is interrupted or a callback says so."""

    def __init__(self, progress: Optional[ProgressFunction], stop: Optional[Callable[[], object]] = None) -> None:
        """`stop` is for a function that takes no progress function: it makes the function return soon."""
        self._progress = progress
        self._interrupt = stop
        self._events: SimpleQueue[Callable[[], object]] = SimpleQueue()
        self._put: Callable[[Callable[[], object]], object] = self._events.put
        self._stopping = False
        self._turn = [None]  # of whoever takes it first: the library's thread, or an interrupted caller
        self._done = False
        self._error: Optional[BaseException] = None
        self._forked: Optional[BaseException] = None
        # Set in every run, so that an interrupted run is stopped.
        self.tick = PROGRESS(self._tick)

    def run(self, function: Callable[[], object]) -> None:
        """Raises what a callback or a signal handler raised, once the library has returned."""
        start, sleep = threads()
        try:
            _ending.enter(self)
            self._serve(lambda: start(self._work, (function,)), lambda: self._work(function), sleep)
        finally:
            self._stopping = True
            if self._take_turn():  # interrupted before the library was called
                self._leave()
        error = self._error or self._forked
        if error is not None:
            try:
                raise error
            finally:
                self._error = error = None

    def cancel(self) -> None:
        self._stopping = True
        if self._interrupt is not None:
            self._interrupt()

    def has_left(self) -> bool:
        return self._done

    def abandon(self) -> None:
        """In a child made by fork: the library's thread stayed in the parent."""
        self._forked = Forked("a callback made this process by fork; the run goes on in its parent")
        self._events = SimpleQueue()
        self._done = True

    def _serve(
        self,
        start: Callable[[], object],
        work: Callable[[], object],
        sleep: Optional[Callable[[float], object]],
    ) -> None:
        begun, pause = False, 0.0
        while True:
            try:
                if not begun:
                    begun = True
                    try:
                        start()
                    except RuntimeError:  # Python is ending and starts no more threads
                        self._put = self._deliver
                        work()
                while not (self._done and self._events.empty()):
                    try:
                        # Without a timeout, Ctrl-C does nothing on Windows.
                        event = self._events.get(timeout=0.5) if sleep is None else self._events.get_nowait()
                    except Empty:
                        if sleep is not None:
                            pause = min(pause + 0.001, 0.02)
                            sleep(pause)
                        continue
                    pause = 0.0
                    self._deliver(event)
                return
            except BaseException as error:
                self._stop(error)
                if self._take_turn():  # the library's thread has not begun, and now never will
                    self._leave()

    def _deliver(self, event: Callable[[], object]) -> None:
        try:
            event()
        except BaseException as error:
            self._stop(error)

    def _stop(self, error: BaseException) -> None:
        self.cancel()
        self._error = self._error or error

    def _take_turn(self) -> bool:
        try:
            self._turn.pop()
        except IndexError:
            return False
        return True

    def _leave(self) -> None:
        self._done = True
        _ending.leave(self)
        self._events.put(lambda: None)

    # ---- the rest runs on the library's thread ----

    def _work(self, function: Callable[[], object]) -> None:
        if not self._take_turn():
            return
        outer, _of_thread.call = getattr(_of_thread, "call", None), self
        try:
            function()
        except BaseException as error:
            self._stop(error)
        finally:
            _of_thread.call = outer
            self._leave()

    def _tick(self, _userdata: Optional[int], progress: int) -> int:
        try:
            if self._progress is not None and not self._stopping:
                self._ask(self._progress, _snapshot(progress))
            return int(self._stopping)
        except BaseException as error:
            self._stop(error)
            return 1

    def _ask(self, progress: ProgressFunction, state: Progress) -> None:
        answered: SimpleQueue[None] = SimpleQueue()

        def tell() -> None:
            try:
                if progress(state) is False:
                    self._stopping = True
            finally:
                answered.put(None)

        self._put(tell)
        while not self._stopping:
            try:
                return answered.get(timeout=0.1)
            except Empty:
                pass

    def log(self, log: LogFunction, level: int, message: str) -> None:
        self._put(lambda: log(level, message))


def _snapshot(progress: int) -> Progress:
    return Progress(
        lib.uc_progress_done(progress),
        lib.uc_progress_total(progress),
        lib.uc_progress_confirmed(progress),
        lib.uc_progress_rejected(progress),
        lib.uc_progress_requests(progress),
        lib.uc_progress_expected_rejected(progress),
        lib.uc_progress_requests_left(progress),
        lib.uc_progress_time_left_ms(progress) / 1000,
        lib.uc_progress_waiting_ms(progress) / 1000,
    )


# 1 error .. 5 trace, as the levels of Python's logging
_LEVELS = {1: 40, 2: 30, 3: 20, 4: 10}


def log_callback(log: LogFunction) -> object:
    """The C function for a client's log lines: each goes to the call on whose thread it was written."""

    def write(_userdata: Optional[int], level: int, message: bytes) -> None:
        try:
            call: Optional[Call] = getattr(_of_thread, "call", None)
            if call is not None:
                call.log(log, _LEVELS.get(level, 5), text_of(message))
        except BaseException:  # nothing may be raised into C, and a line is not worth a run
            pass

    return LOG(write)
