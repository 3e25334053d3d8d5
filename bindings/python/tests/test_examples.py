"""Every example runs, and the README shows nothing else."""

from __future__ import annotations

import os
import re
import runpy
import sqlite3
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Callable, Optional

import pandas as pd
from conftest import TOKEN, Sandbox

PACKAGE = Path(__file__).parents[1]
EXAMPLES = PACKAGE / "examples"


def environment(sandbox: Sandbox) -> dict[str, str]:
    names = {"PYTHONPATH": str(PACKAGE), "USERCOM_TOKEN": TOKEN, "USERCOM_BASE_URL": sandbox.url}
    return {**os.environ, **names}


def run(sandbox: Sandbox, name: str, folder: Optional[Path] = None) -> str:
    done = subprocess.run(
        [sys.executable, str(EXAMPLES / name)], capture_output=True, text=True, cwd=folder, env=environment(sandbox)
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
    assert "100%" in said and "5.00k/5.00k" in said and "INFO:usercom:run ended, ok" in said
    assert "2000 of 2000, 0 rejected, waiting 0.0 s" in said
    assert len(sandbox.ledger("score")) == 5000


def test_a_csv_file(sandbox: Sandbox, tmp_path: Path) -> None:
    (tmp_path / "users.csv").write_text("id,points\n10,5\n15,7\n")
    run(sandbox, "csv_file.py", tmp_path)
    assert sandbox.ledger("plan") == {10: '"pro"', 15: '"pro"'} and sandbox.ledger("points") == {10: "5", 15: "7"}


def test_a_query(sandbox: Sandbox, tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "shop.db") as database:
        database.execute("CREATE TABLE visits (user_id INTEGER, points INTEGER)")
        database.executemany("INSERT INTO visits VALUES (?, ?)", [(10, 3), (15, 9), (10, 4)])
    run(sandbox, "query.py", tmp_path)
    assert sandbox.ledger("points") == {10: "7", 15: "9"}


def test_resume(start: Callable[..., Sandbox], tmp_path: Path) -> None:
    """It is killed, and run again."""
    sandbox = start("--latency", "20")
    with subprocess.Popen(
        [sys.executable, str(EXAMPLES / "resume.py")], cwd=tmp_path, env=environment(sandbox)
    ) as first:
        while len(sandbox.requests()) < 3:
            time.sleep(0.05)
        first.kill()
    before = len(sandbox.requests())
    run(sandbox, "resume.py", tmp_path)
    assert len(sandbox.ledger("plan")) == 20_000 and not list((tmp_path / "journal").glob("*.journal"))
    assert len(sandbox.requests()) - before < 20, "sends again what was confirmed"


def test_look(start: Callable[..., Sandbox], tmp_path: Path) -> None:
    (tmp_path / "users.csv").write_text("id,email,plan\n10,ann@shop.example,pro\n15,bob@shop.example,free\n")
    sandbox = start("--users", str(tmp_path / "users.csv"), "--attribute", "score:integer")
    said = run(sandbox, "look.py")
    assert "ok       type: integer; the value fits" in said and "2 read back as sent, 0 otherwise" in said
    assert sandbox.ledger("score") == {10: "50", 15: "50"}


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
        assert list(example.with_states(client, frame)["state"].isna()) == [True] * 3
    assert sandbox.ledger("plan") == dict.fromkeys([1, 2, 3], '"pro"')
    assert sandbox.ledger("score") == {1: "5", 2: "5", 3: "7"}


def test_the_readme_shows_the_examples() -> None:
    shown = re.findall(r"```python\n(.*?)```", (PACKAGE / "README.md").read_text(), flags=re.DOTALL)
    files = {path.name: path.read_text() for path in EXAMPLES.glob("*.py")}
    assert len(shown) == len(files)
    for block in shown:
        assert any(block in text for text in files.values()), f"not in any example:\n{block}"
