"""A sandbox of its own for each set of switches, and a look at what it holds."""

from __future__ import annotations

import csv
import io
import json
import os
import signal
import subprocess
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Callable

import pytest

ROOT = Path(__file__).resolve().parents[3]
TOKEN = "python-test-token-0123456789-0123456789-0123456789-0123456789-01"
# Straight to the sandbox: a proxy in the environment is not meant for 127.0.0.1.
OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))

if not Path(os.environ.get("USERCOM_LIBRARY", "missing")).exists():
    pytest.exit("USERCOM_LIBRARY names no library; run make test, which builds it", returncode=1)

import usercom  # noqa: E402


class Sandbox:
    def __init__(self, *switches: str) -> None:
        program = Path(os.environ.get("USERCOM_PROGRAM", ROOT / "target/debug/usercom"))
        if not program.exists():
            pytest.fail(f"{program} is missing; run make test, which builds it")
        self.process = subprocess.Popen(
            [str(program), "sandbox", "--port", "0", *switches],
            stdout=subprocess.PIPE, text=True, env={**os.environ, "USERCOM_TOKEN": TOKEN},
        )  # fmt: skip
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert " on http://" in line, f"the sandbox did not start: {line}"
        self.url = line.split()[-1]

    def stop(self) -> None:
        self.process.kill()
        self.process.wait()
        assert self.process.stdout is not None
        self.process.stdout.close()

    def get(self, path: str) -> str:
        with OPENER.open(f"{self.url}/_sandbox/{path}", timeout=120) as response:
            return str(response.read().decode())

    def reset(self) -> None:
        OPENER.open(urllib.request.Request(f"{self.url}/_sandbox/reset", method="POST"), timeout=10).close()

    def ledger(self, attribute: str) -> dict[int, str]:
        """The JSON text that each user's attribute was set to by a request."""
        rows = csv.DictReader(io.StringIO(self.get(f"ledger?attribute={attribute}")))
        return {int(row["id"]): row["value"] for row in rows if row["applied"] != "0"}

    def requests(self) -> list[dict[str, Any]]:
        return list(json.loads(self.get("requests"))["requests"])

    def client(self, **options: Any) -> usercom.Client:
        return usercom.Client("acme", TOKEN, **{"base_url": self.url, "rate_limit": 0, **options})


@pytest.fixture(scope="session")
def open_sandbox() -> Iterator[Sandbox]:
    sandbox = Sandbox()
    yield sandbox
    sandbox.stop()


@pytest.fixture
def sandbox(open_sandbox: Sandbox) -> Sandbox:
    """Every id exists, every attribute is created."""
    open_sandbox.reset()
    return open_sandbox


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Sandbox]]:
    """Starts sandboxes with switches; users=… are the ids that exist."""
    started = []

    def start(*switches: str, users: Any = None) -> Sandbox:
        if users is not None:
            (tmp_path / "users.csv").write_text("id\n" + "".join(f"{id}\n" for id in users))
            switches += ("--users", str(tmp_path / "users.csv"))
        started.append(Sandbox(*switches))
        return started[-1]

    yield start
    for sandbox in started:
        sandbox.stop()


@pytest.fixture
def client(sandbox: Sandbox) -> Iterator[usercom.Client]:
    with sandbox.client() as client:
        yield client


# A shell that runs the tests in the background ignores Ctrl-C for them, and every child would inherit that.
signal.signal(signal.SIGINT, signal.default_int_handler)
