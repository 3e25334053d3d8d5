"""Under gevent and eventlet a run blocks its own greenlet only. The others go on, whatever was patched and when."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Callable

import pytest
from conftest import TOKEN, Sandbox

Start = Callable[..., Sandbox]

PATCHED = {
    "gevent": "from gevent import monkey; monkey.patch_all()\nimport gevent, usercom\nspawn = gevent.spawn",
    "gevent, usercom first": "import usercom\nfrom gevent import monkey; monkey.patch_all()\nimport gevent\nspawn = gevent.spawn",
    "gevent without threads": (
        "from gevent import monkey; monkey.patch_all(thread=False)\nimport gevent, usercom\nspawn = gevent.spawn"
    ),
    "gevent without time": (
        "from gevent import monkey; monkey.patch_all(time=False)\nimport gevent, usercom\nspawn = gevent.spawn"
    ),
    "eventlet": "import eventlet; eventlet.monkey_patch()\nimport usercom\nspawn = eventlet.spawn",
    "eventlet, usercom first": "import usercom\nimport eventlet; eventlet.monkey_patch()\nspawn = eventlet.spawn",
}

HEAD = """
import os, sys, threading, time
pause = gevent.sleep if "gevent" in sys.modules else eventlet.sleep
client = usercom.Client(
    "acme", sys.argv[2], base_url=sys.argv[1], rate_limit=0, batch_size=1, workers=1, log=lambda *_: None
)
ticks = []
def tick():
    while True:
        pause(0.01); ticks.append(time.monotonic())
spawn(tick)
pause(0)
"""


UNPATCHED = {
    "gevent, not patched": "import gevent, usercom\nspawn = gevent.spawn",
    "eventlet, not patched": "import eventlet, usercom\nspawn = eventlet.spawn",
}


def run(sandbox: Sandbox, patch: str, script: str) -> str:
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1]), "PYTHONWARNINGS": "ignore"}
    done = subprocess.run(
        [sys.executable, "-c", {**PATCHED, **UNPATCHED}[patch] + HEAD + script, sandbox.url, TOKEN],
        capture_output=True, text=True, timeout=120, env=environment,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("patch", PATCHED)
def test_row_88_the_others_go_on(start: Start, patch: str) -> None:
    script = """
seen = []
report = client.mass_update(range(1, 21), "v", 1, progress=lambda p: (pause(0.02), seen.append(p)) and None)
assert report.confirmed == 20 and seen, seen
assert len(ticks) > 50, len(ticks)
assert max(b - a for a, b in zip(ticks, ticks[1:])) < 0.5, ticks
"""
    run(start("--latency", "100"), patch, script)


@pytest.mark.parametrize("patch", PATCHED)
def test_row_88_many_at_once(start: Start, patch: str) -> None:
    """Also with one of the client's runs inside another's callback."""
    script = """
before = time.monotonic()
done = []
def update(k):
    done.append(client.mass_update(range(1, 6), f"v{k}", k))
def nested(_):
    if not done: done.append(client.mass_update([1], "w", 1))
for k in range(10): spawn(update, k)
report = client.mass_update([1, 2], "x", 1, progress=nested)
while len(done) < 11: pause(0.01)
assert all(report.status == usercom.Status.OK for report in done)
assert time.monotonic() - before < 5, "one after the other"
"""
    run(start("--latency", "100"), patch, script)


@pytest.mark.parametrize("patch", UNPATCHED)
def test_row_88_in_a_greenlet_without_patching(start: Start, patch: str) -> None:
    script = """
reports = []
for k in range(5):
    spawn(lambda: reports.append(client.mass_update(range(1, 6), "v", 1, progress=lambda p: None)))
before = time.monotonic()
while len(reports) < 5: pause(0.01)
assert time.monotonic() - before < 2, "one after the other"
assert len(ticks) > 30, len(ticks)
"""
    run(start("--latency", "100"), patch, script)


@pytest.mark.parametrize("patch", ["gevent", "eventlet"])
def test_row_88_a_timeout_stops_the_run(start: Start, patch: str) -> None:
    script = """
import contextlib
Timeout = gevent.Timeout if "gevent" in sys.modules else eventlet.Timeout
try:
    with Timeout(0.5):
        client.mass_update(range(1, 1001), "v", 1)
    raise AssertionError
except Timeout:
    pass
try:
    client.mass_update(range(1, 1001), "v", 1, progress=lambda p: 1 // 0)
    raise AssertionError
except ZeroDivisionError:
    pass
cancel = usercom.Cancel()
(gevent.spawn_later if "gevent" in sys.modules else eventlet.spawn_after)(0.3, cancel.request)
try:
    client.mass_update(range(1, 1001), "v", 1, cancel=cancel)
    raise AssertionError
except usercom.Cancelled as error:
    assert error.report.not_attempted > 900
"""
    sandbox = start("--latency", "20")
    run(sandbox, patch, script)
    assert len(sandbox.requests()) < 100


@pytest.mark.parametrize("patch", ["gevent", "eventlet"])
def test_row_88_and_87_a_greenlet_still_runs_at_the_end(start: Start, patch: str) -> None:
    script = """
begun = []
spawn(client.mass_update, range(1, 100_001), "v", 1, progress=lambda _: begun.append(1))
while not begun: pause(0.01)
"""
    run(start("--latency", "2"), patch, script)


def test_row_88_in_a_pool_of_threads(start: Start) -> None:
    """Where programs have done so all along."""
    script = """
report = gevent.get_hub().threadpool.apply(lambda: client.mass_update(range(1, 11), "v", 1, progress=lambda p: None))
assert report.confirmed == 10 and len(ticks) > 50
"""
    run(start("--latency", "100"), "gevent", script)
