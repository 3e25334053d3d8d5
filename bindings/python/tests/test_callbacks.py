"""Progress, log lines, cancelling and Ctrl-C."""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any, Callable

import pytest
from conftest import TOKEN, Sandbox

import usercom

Start = Callable[..., Sandbox]


@pytest.fixture
def slow(start: Start) -> usercom.Client:
    """Twenty seconds for a hundred ids."""
    return start("--latency", "200").client(batch_size=1, workers=1)


def test_progress(start: Start) -> None:
    seen: list[usercom.Progress] = []
    threads = set()

    def progress(state: usercom.Progress) -> None:
        seen.append(state)
        threads.add(threading.current_thread())

    client = start("--latency", "30").client(batch_size=10, workers=1)
    client.mass_update(range(1, 101), "v", 1, progress=progress)
    assert threads == {threading.current_thread()}
    assert len(seen) >= 3
    assert [state.done for state in seen] == sorted(state.done for state in seen)
    assert seen[-1]._replace(waiting=0.0) == usercom.Progress(100, 100, 100, 0, 10, 0, 0, 0.0, 0.0)


def test_waiting_is_in_seconds(sandbox: Sandbox) -> None:
    seen: list[float] = []
    client = sandbox.client(rate_limit=(1, 1), batch_size=1)
    client.mass_update([1, 2], "v", 1, progress=lambda state: seen.append(state.waiting))
    assert 0.3 < max(seen) <= 1.0


def test_only_false_cancels(slow: usercom.Client) -> None:
    assert slow.mass_update([1, 2], "v", 1, progress=lambda state: 0).confirmed == 2
    assert slow.mass_update([1, 2], "v", 1, progress=lambda state: None).confirmed == 2
    with pytest.raises(usercom.Cancelled) as cancelled:
        slow.mass_update(range(1, 101), "v", 1, progress=lambda state: state.confirmed < 2)
    report = cancelled.value.report
    assert report is not None and 2 <= report.confirmed < 10 and report.not_attempted > 80


@pytest.mark.parametrize("kind", [ZeroDivisionError, KeyboardInterrupt, SystemExit, GeneratorExit])
def test_what_a_callback_raises_comes_back(slow: usercom.Client, kind: type[BaseException]) -> None:
    calls = 0

    def progress(state: usercom.Progress) -> None:
        nonlocal calls
        calls += 1
        raise kind("mine")

    before = time.monotonic()
    with pytest.raises(kind, match="mine"):
        slow.mass_update(range(1, 101), "v", 1, progress=progress)
    assert calls == 1 and time.monotonic() - before < 6


def test_a_callback_may_start_another_run(sandbox: Sandbox, client: usercom.Client) -> None:
    inner: list[usercom.Report] = []
    client.mass_update([1], "v", 1, progress=lambda _: inner.append(client.mass_update([2], "w", 2)))
    assert inner and all(report.confirmed == 1 for report in inner)
    assert sandbox.ledger("v") == {1: "1"} and sandbox.ledger("w") == {2: "2"}


def test_cancel(slow: usercom.Client) -> None:
    cancel = usercom.Cancel()
    threading.Timer(0.5, cancel.request).start()
    before = time.monotonic()
    with pytest.raises(usercom.Cancelled) as cancelled:
        slow.mass_update(range(1, 101), "v", 1, cancel=cancel)
    assert time.monotonic() - before < 6
    assert cancelled.value.report is not None and cancelled.value.report.not_attempted > 80
    with pytest.raises(usercom.Cancelled):  # and it stops later runs, too
        slow.mass_update([1], "v", 1, cancel=cancel)


def test_deadline(slow: usercom.Client) -> None:
    with pytest.raises(usercom.DeadlineExceeded) as late:
        slow.mass_update(range(1, 101), "v", 1, deadline=0.5)
    report = late.value.report
    assert report is not None and report.confirmed > 0 and report.not_attempted > 80


def test_log(sandbox: Sandbox, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG, "usercom"):
        sandbox.client(log=logging.getLogger("usercom").log).mass_update([1], "v", 1)
    levels = {record.levelname for record in caplog.records}
    assert levels >= {"DEBUG", "INFO"}
    assert any("ended" in record.getMessage() for record in caplog.records)


def test_a_log_that_raises_stops_the_run(start: Start) -> None:
    threads = set()

    def log(level: int, line: str) -> None:
        threads.add(threading.current_thread())
        raise ZeroDivisionError("mine")

    sandbox = start("--latency", "200")
    with pytest.raises(ZeroDivisionError, match="mine"):
        sandbox.client(batch_size=1, workers=1, log=log).mass_update(range(1, 101), "v", 1)
    assert threads == {threading.current_thread()} and len(sandbox.requests()) < 10


def test_any_signal_handler_may_raise(start: Start) -> None:
    """Over and over: the exception comes from whatever the main thread is doing, and must never be lost."""
    slow = start("--latency", "20").client(batch_size=1, workers=1)

    class Alarm(Exception):
        pass

    def alarm(number: int, frame: Any) -> None:
        raise Alarm

    before = signal.signal(signal.SIGALRM, alarm)
    try:
        for k in range(40):
            with pytest.raises(Alarm):
                signal.setitimer(signal.ITIMER_REAL, 0.02 + 0.004 * k)
                slow.mass_update(range(1, 1001), "v", 1, progress=(lambda _: time.sleep(0.01)) if k % 2 else None)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def test_row_87_nothing_is_left_of_an_interrupted_run(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    """Or the end of Python would wait for it."""
    from usercom import _call, _ending

    client = sandbox.client()

    def interrupt(*_: Any) -> Any:
        raise KeyboardInterrupt

    for where in ("enter", "start"):
        with monkeypatch.context() as patch:
            if where == "enter":
                enter = _ending.enter
                patch.setattr(_ending, "enter", lambda call, enter=enter: (enter(call), interrupt()))
            else:
                patch.setattr(_call, "threads", lambda: (interrupt, None))
            with pytest.raises(KeyboardInterrupt):
                client.mass_update([1], "v", 1)
        assert not _ending._running
    assert sandbox.requests() == [] and client.mass_update([1], "v", 1).confirmed == 1
    assert not _ending._running


SCRIPT = """
import sys, usercom
client = usercom.Client("acme", sys.argv[2], base_url=sys.argv[1], rate_limit=0, batch_size=1, workers=1)
print("ready", flush=True)
try:
    client.mass_update(range(1, 1001), "v", 1)
except KeyboardInterrupt:
    print("interrupted", flush=True)
    raise
"""


@pytest.mark.parametrize("latency, presses", [("50", 1), ("50", 3), ("30000", 1)])
def test_ctrl_c(start: Start, latency: str, presses: int) -> None:
    sandbox = start("--latency", latency)
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])}
    process = subprocess.Popen(
        [sys.executable, "-c", SCRIPT, sandbox.url, TOKEN],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment,
    )  # fmt: skip
    assert process.stdout is not None and process.stdout.readline() == "ready\n"
    time.sleep(0.7)
    before = time.monotonic()
    for _ in range(presses):
        process.send_signal(signal.SIGINT)
        time.sleep(0.01)
    out, err = process.communicate(timeout=120)
    assert time.monotonic() - before < 6.5
    assert (out, process.returncode) == ("interrupted\n", -signal.SIGINT)
    assert "KeyboardInterrupt" in err and "ignored" not in err
    assert len(sandbox.requests()) < 100


def test_when_python_is_ending(sandbox: Sandbox) -> None:
    """There are no new threads by then, but a last update is still sent."""
    script = """
import atexit, sys, usercom
client = usercom.Client("acme", sys.argv[2], base_url=sys.argv[1], rate_limit=0, log=lambda *_: None)
atexit.register(lambda: print(client.mass_update([1], "v", 1, progress=lambda p: None).confirmed))
"""
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])}
    done = subprocess.run(
        [sys.executable, "-c", script, sandbox.url, TOKEN],
        capture_output=True, text=True, timeout=120, env=environment,
    )  # fmt: skip
    assert (done.stdout, done.stderr) == ("1\n", "")


def test_without_a_thread(slow: usercom.Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def start(thread: threading.Thread) -> None:
        raise RuntimeError("can't create new thread at interpreter shutdown")

    monkeypatch.setattr(threading.Thread, "start", start)
    assert slow.mass_update([1], "v", 1, progress=lambda _: None).confirmed == 1
    with pytest.raises(usercom.Cancelled):
        slow.mass_update([1, 2, 3], "v", 1, progress=lambda _: False)
    with pytest.raises(ZeroDivisionError):
        slow.mass_update([1, 2, 3], "v", 1, progress=lambda _: 1 // 0)
