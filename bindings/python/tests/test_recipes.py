"""The recipes that need no server; recipes.sh has the others."""

from __future__ import annotations

import os
import re
import sqlite3
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from typing import Callable

import pandas as pd
import pytest
from conftest import TOKEN, Sandbox

PACKAGE = Path(__file__).parents[1]
RECIPES = PACKAGE / "examples/recipes"
Start = Callable[..., Sandbox]


@pytest.fixture
def run(tmp_path: Path) -> Callable[..., str]:
    def run(sandbox: Sandbox, name: str, **variables: str) -> str:
        environment = {
            **os.environ, "PYTHONPATH": str(PACKAGE), "USERCOM_TOKEN": TOKEN, "USERCOM_BASE_URL": sandbox.url, **variables,
        }  # fmt: skip
        done = subprocess.run(
            [sys.executable, str(RECIPES / name)], capture_output=True, text=True, cwd=tmp_path, env=environment
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run


def test_pandas(start: Start, run: Callable[..., str], tmp_path: Path) -> None:
    (tmp_path / "points.csv").write_text("user_id,points\n10,5\n15,\n,3\n99,8\n22,5\n")
    sandbox = start("--unknown-ids", "reject", users=[10, 15, 22])
    said = run(sandbox, "with_pandas.py")
    assert "5 ids: 2 confirmed, 1 rejected, 0 unknown, 2 not attempted" in said
    assert sandbox.ledger("points") == {10: "5", 22: "5"}
    failed = pd.read_csv(tmp_path / "failed.csv")
    assert list(failed["user_id"]) == [99] and list(failed["points"]) == [8] and list(failed["state"]) == ["rejected"]


def test_polars(start: Start, run: Callable[..., str], tmp_path: Path) -> None:
    (tmp_path / "shop.csv").write_text("id,custom_id\n1,007\n2,9\n")
    (tmp_path / "customers.csv").write_text("customer,plan\n007,pro\n8,\n9,free\n")
    sandbox = start("--unknown-ids", "reject", "--users", str(tmp_path / "shop.csv"))
    assert run(sandbox, "with_polars.py").startswith("ok: all 2 ids confirmed")
    assert sandbox.ledger("plan") == {1: '"pro"', 2: '"free"'}


def test_duckdb(sandbox: Sandbox, run: Callable[..., str], tmp_path: Path) -> None:
    (tmp_path / "orders.csv").write_text("user_id,amount\n10,19.90\n15,5\n10,0.10\n")
    run(sandbox, "with_duckdb.py")
    assert {id: Decimal(value) for id, value in sandbox.ledger("spent").items()} == {10: Decimal(20), 15: Decimal(5)}
    assert sandbox.ledger("spent")[10] == "20.00"


def test_sqlalchemy(sandbox: Sandbox, run: Callable[..., str], tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "shop.db") as database:
        database.execute("CREATE TABLE visits (user_id INTEGER, points INTEGER)")
        database.executemany("INSERT INTO visits VALUES (?, ?)", [(10, 3), (15, 9), (10, 4)])
    run(sandbox, "with_sqlalchemy.py", DATABASE_URL=f"sqlite:///{tmp_path}/shop.db")
    assert sandbox.ledger("points") == {10: "7", 15: "9"}


def test_the_page_shows_the_recipes() -> None:
    blocks = re.findall(r"<!-- (\S+) -->\n```python\n(.*?)```", (PACKAGE / "recipes.md").read_text(), flags=re.DOTALL)
    assert dict(blocks) == {str(path.relative_to(PACKAGE)): path.read_text() for path in RECIPES.glob("*.py")}
