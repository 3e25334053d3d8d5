"""Leaving Python while runs are in progress: no abort, no hang, and the exit code stays."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Callable

import pytest
from conftest import TOKEN, Sandbox

Start = Callable[..., Sandbox]

# Objects that are slow to delete keep the end of Python going, while the run's threads want to enter it.
HEAD = """
import atexit, concurrent.futures, os, sys, threading, time
import usercom

# Whoever waits in vain waits for longer than the test does.
usercom._ending._MAX_WAIT = 1000

class Slow:
    def __del__(self, sleep=time.sleep):
        sleep(0.2)

slow = Slow()
client = usercom.Client(
    "acme", sys.argv[2], base_url=sys.argv[1], rate_limit=0, batch_size=1, workers=2, log=lambda *_: None
)
begun = threading.Event()

def update(count=100_000, progress=lambda _: begun.set()):
    return client.mass_update(range(1, count + 1), "v", 1, progress=progress)

def in_a_thread(daemon, function=update):
    thread = threading.Thread(target=function, daemon=daemon)
    thread.start()
    begun.wait(60)
    return thread
"""


def leave(sandbox: Sandbox, script: str, timeout: float = 120) -> tuple[int, str, str]:
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])}
    done = subprocess.run(
        [sys.executable, "-c", HEAD + script, sandbox.url, TOKEN],
        capture_output=True, text=True, timeout=timeout, env=environment,
    )  # fmt: skip
    assert "FATAL" not in done.stderr and "Fatal" not in done.stderr, done.stderr
    return done.returncode, done.stdout, done.stderr


def test_row_87_a_daemon_thread_40_of_40(start: Start) -> None:
    sandbox = start("--latency", "2")
    with ThreadPoolExecutor(4) as pool:
        codes = list(pool.map(lambda _: leave(sandbox, "in_a_thread(True); sys.exit(7)")[0], range(40)))
    assert codes == [7] * 40


ENDINGS = {
    "end of the module": ("in_a_thread(True)", 0),
    "an exception": ("in_a_thread(True); 1 // 0", 1),
    "os._exit": ("in_a_thread(True); os._exit(3)", 3),
    "many daemons": ("for _ in range(8): in_a_thread(True)\nsys.exit(4)", 4),
    "a thread without threading": (
        "import _thread; _thread.start_new_thread(update, ()); begun.wait(60); sys.exit(5)", 5,
    ),
    "a daemon that blocks in its callback": (
        "in_a_thread(True, lambda: update(progress=lambda _: (begun.set(), time.sleep(100)))); sys.exit(6)", 6,
    ),
    "a daemon that never gives up": (
        "def again():\n"
        "    while True:\n"
        "        try: update()\n"
        "        except usercom.Cancelled: pass\n"
        "in_a_thread(True, again); sys.exit(8)", 8,
    ),
    "sys.exit in a callback": ("update(progress=lambda _: sys.exit(9))", 9),
    "sys.exit in a callback of a daemon": (
        "in_a_thread(True, lambda: update(progress=lambda _: (begun.set(), sys.exit(1)))); sys.exit(10)", 10,
    ),
    "a thread that is started at exit": (
        "def late():\n"
        "    try: in_a_thread(True)\n"
        "    except RuntimeError: pass  # from Python 3.12 on\n"
        "atexit.register(late); sys.exit(11)", 11,
    ),
}  # fmt: skip


@pytest.mark.parametrize("script, code", ENDINGS.values(), ids=ENDINGS)
def test_row_87_every_way_out(start: Start, script: str, code: int) -> None:
    sandbox = start("--latency", "2")
    assert leave(sandbox, script)[0] == code


def test_row_87_while_the_service_is_silent(start: Start) -> None:
    """The run is waited for, up to the 6 s that a cancelled run may take."""
    before = time.monotonic()
    code, _, _ = leave(start("--latency", "60000"), "in_a_thread(True); sys.exit(7)")
    assert code == 7 and time.monotonic() - before < 50


def test_row_87_the_cancelled_run_is_told_with_its_report(start: Start) -> None:
    script = """
def told():
    try:
        update()
    except usercom.Cancelled as error:
        print(error.report.total, error.report.confirmed > 0, flush=True)
in_a_thread(True, told); time.sleep(0.5); sys.exit(7)
"""
    assert leave(start("--latency", "2"), script) == (7, "100000 True\n", "")


def test_row_87_ctrl_c_while_python_waits_for_a_thread(start: Start) -> None:
    script = """
import signal
signal.signal(signal.SIGINT, signal.default_int_handler)
in_a_thread(False)
threading.Timer(0.5, lambda: os.kill(os.getpid(), signal.SIGINT)).start()
threading.Timer(0.7, lambda: os.kill(os.getpid(), signal.SIGINT)).start()
"""
    leave(start("--latency", "300"), script)  # the run would take hours


def test_row_87_what_python_waits_for_is_completed(start: Start) -> None:
    """Threads that are no daemons, and those of a pool, are waited for by Python itself."""
    sandbox = start("--latency", "5")
    assert leave(sandbox, "in_a_thread(False, lambda: update(200)); sys.exit(7)")[0] == 7
    assert len(sandbox.ledger("v")) == 200
    sandbox.reset()
    script = """
pool = concurrent.futures.ThreadPoolExecutor(2)
for k in range(4):
    pool.submit(lambda k: client.mass_update(range(k * 50 + 1, k * 50 + 51), "v", 1), k)
sys.exit(7)
"""
    assert leave(sandbox, script)[0] == 7
    assert len(sandbox.ledger("v")) == 200


def test_row_87_a_run_that_begins_after_the_end(start: Start) -> None:
    """A handler that was registered before the import runs later. Its own run is sent, a thread's is not."""
    script = """
import atexit
def last():
    import concurrent.futures, threading
    print(update(2).confirmed)
    def late():
        try:
            update(2)
        except usercom.Cancelled as error:
            print(error, error.report)
    try:
        thread = threading.Thread(target=late); thread.start(); thread.join()
    except RuntimeError:
        print("Python is ending; nothing was sent None")
atexit.register(last)
"""
    sandbox = start()
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])}
    done = subprocess.run(
        [sys.executable, "-c", script + HEAD, sandbox.url, TOKEN],
        capture_output=True, text=True, timeout=120, env=environment,
    )  # fmt: skip
    first, second = done.stdout.splitlines()
    assert (done.returncode, first) == (0, "2") and "Python is ending; nothing was sent" in second
    assert second.endswith("None") and len(sandbox.requests()) == 2


def test_row_87_a_run_when_objects_are_deleted_is_refused(start: Start) -> None:
    """By then, a callback would crash Python."""
    script = """
class Last:
    def __del__(self, update=update):
        update(2)
last = Last()
sys.exit(12)
"""
    sandbox = start()
    code, _, err = leave(sandbox, script)
    assert code == 12 and "Cancelled: Python is ending; nothing was sent. Use a handler of atexit" in err
    assert sandbox.requests() == []


FORKS = {
    "while a thread runs": ("in_a_thread(True)\nif os.fork() == 0: sys.exit(5)", 5),
    "in a callback": ("update(2000, lambda _: os.fork() or sys.exit(5))", 5),
    "in a callback that returns": (
        "try: update(2000, lambda _: os.fork() != 0)\n"
        "except usercom.Forked: sys.exit(5)", 5,
    ),
}  # fmt: skip


@pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")
@pytest.mark.parametrize("script, code", FORKS.values(), ids=FORKS)
def test_row_87_a_forked_child_waits_for_no_run_of_its_parent(start: Start, script: str, code: int) -> None:
    parent = """
pid = 0
fork = os.fork
def counted():
    global pid
    pid = pid or fork()
    return pid
os.fork = counted
"""
    end = """
got, status = os.waitpid(pid, 0)
print(os.waitstatus_to_exitcode(status), flush=True)
os._exit(0)
"""
    code_of_parent, out, err = leave(start("--latency", "2"), parent + script + end)
    assert (code_of_parent, out) == (0, f"{code}\n"), err
