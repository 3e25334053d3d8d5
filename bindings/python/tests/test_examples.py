"""Every example runs, and the README shows nothing else."""

from __future__ import annotations

import os
import re
import runpy
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Callable

import pandas as pd
from conftest import TOKEN, Sandbox

PACKAGE = Path(__file__).parents[1]
EXAMPLES = PACKAGE / "examples"


def run(sandbox: Sandbox, name: str) -> str:
    environment = {
        **os.environ, "PYTHONPATH": str(PACKAGE), "USERCOM_TOKEN": TOKEN, "USERCOM_BASE_URL": sandbox.url,
    }  # fmt: skip
    done = subprocess.run(
        [sys.executable, str(EXAMPLES / name)], capture_output=True, text=True, timeout=60, env=environment
    )
    assert done.returncode == 0, done.stderr
    return done.stdout + done.stderr


def test_one_call(sandbox: Sandbox) -> None:
    run(sandbox, "one_call.py")
    assert sandbox.ledger("plan") == dict.fromkeys([10, 15, 22, 23], '"pro"')


def test_errors(start: Callable[..., Sandbox]) -> None:
    said = run(start("--unknown-ids", "reject", users=[10, 15]), "errors.py")
    assert "2 of 3 confirmed" in said and "id 999999: rejected" in said


def test_unknown(sandbox: Sandbox) -> None:
    assert run(sandbox, "unknown.py").startswith("ok: ")
    assert len(sandbox.ledger("plan")) == 2000


def test_progress(sandbox: Sandbox) -> None:
    said = run(sandbox, "progress.py")
    assert "5000 of 5000, waiting 0.0 s" in said and "INFO:usercom:run ended, ok" in said
    assert len(sandbox.ledger("score")) == 5000


def test_values(sandbox: Sandbox) -> None:
    run(sandbox, "values.py")
    comments = re.findall(r'client\.mass_update\(ids, "(\w+)", .*\)  # ([^\n]*?)(?:, to the byte)?\n',
                          (EXAMPLES / "values.py").read_text())  # fmt: skip
    assert len(comments) == 8
    for attribute, text in comments:
        held = sandbox.ledger(attribute)
        if attribute not in ("plan", "score"):  # set again further down
            assert held == {10: text, 15: text}
    assert sandbox.ledger("score") == {10: "7", 15: "9"}
    assert sorted(sandbox.ledger("points").values()) == ["7", "9"]


def test_dataframe(sandbox: Sandbox) -> None:
    frame = pd.DataFrame({"user_id": [1, 2, 3], "score": [5, 5, 7]})
    example = SimpleNamespace(**runpy.run_path(str(EXAMPLES / "dataframe.py")))
    with sandbox.client() as client:
        assert example.mark_as_pro(client, frame).confirmed == 3
        assert example.write_scores(client, frame).confirmed == 3
    assert sandbox.ledger("plan") == dict.fromkeys([1, 2, 3], '"pro"')
    assert sandbox.ledger("score") == {1: "5", 2: "5", 3: "7"}


def test_the_readme_shows_the_examples() -> None:
    shown = re.findall(r"```python\n(.*?)```", (PACKAGE / "README.md").read_text(), flags=re.DOTALL)
    files = {path.name: path.read_text() for path in EXAMPLES.glob("*.py")}
    assert len(shown) == len(files)
    for block in shown:
        assert any(block in text for text in files.values()), f"not in any example:\n{block}"
