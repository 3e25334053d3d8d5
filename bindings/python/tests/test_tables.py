"""A report as a table of pandas, of Arrow, and in a notebook; the progress bar."""

from __future__ import annotations

import io
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, Callable

import pandas as pd
import pyarrow as pa
import pytest
from conftest import Sandbox

import usercom

Start = Callable[..., Sandbox]


@pytest.fixture
def report(start: Start) -> usercom.Report:
    sandbox = start("--unknown-ids", "reject", users=range(1, 1001))
    return sandbox.client().mass_update([5, 2001, 6, 2002, 7], "plan", "pro")


def test_to_pandas(report: usercom.Report) -> None:
    failures = report.to_pandas()
    assert list(failures.index) == [1, 3] and failures.index.name == "index"
    assert list(failures["id"]) == [2001, 2002] and failures["id"].dtype == "int64"
    assert list(failures["state"]) == ["rejected", "rejected"] and failures["state"].dtype == "category"
    assert list(failures["http_status"]) == [400, 400] and failures["http_status"].dtype == "Int64"
    assert list(failures["message"]) == [failure.message for failure in report.failures]
    frame = pd.DataFrame({"user": [5, 2001, 6, 2002, 7]}).join(report.to_pandas())
    assert list(frame["state"].isna()) == [True, False, True, False, True]


def test_to_arrow(report: usercom.Report) -> None:
    table = report.to_arrow()
    assert table.schema.names == ["index", "id", "state", "http_status", "message"]
    assert table.column("index").to_pylist() == [1, 3] and table.schema.field("id").type == pa.int64()
    assert table.column("state").to_pylist() == ["rejected", "rejected"]
    assert table.column("http_status").to_pylist() == [400, 400]


def test_without_failures_and_with_custom_ids(start: Start) -> None:
    sandbox = start("--unknown-ids", "reject", users=[1])
    fine = sandbox.client().mass_update([1], "plan", "pro")
    assert len(fine.to_pandas()) == 0 and list(fine.to_pandas().columns) == ["id", "state", "http_status", "message"]
    assert fine.to_pandas()["id"].dtype == "int64" and fine.to_arrow().num_rows == 0
    custom = sandbox.client().mass_update_custom_ids(["1", "nobody"], "plan", "pro")
    assert list(custom.to_pandas()["id"]) == ["nobody"] and custom.to_arrow()["id"].to_pylist() == ["nobody"]
    assert custom.to_arrow().schema.field("id").type == pa.string()


@pytest.mark.parametrize("package, method", [("pandas", "to_pandas"), ("pyarrow", "to_arrow")])
def test_a_missing_package_is_named(
    report: usercom.Report, monkeypatch: pytest.MonkeyPatch, package: str, method: str
) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(ImportError, match=rf"Report\.{method}\(\) needs {package}, .*pip install {package}"):
        getattr(report, method)()


class Tags(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: set[str] = set()
        self.text = ""
        self.feed(html)
        assert not self.open

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        assert not attrs
        self.open.append(tag)
        self.seen.add(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data + " "


def test_in_a_notebook(start: Start) -> None:
    """What the server says is text, also if it looks like HTML."""
    sandbox = start("--unknown-ids", "reject", users=range(1, 1001))
    ids = ["1", *[f"<script>alert({k})</script>&amp;" for k in range(1, 13)]]
    report = sandbox.client().mass_update_custom_ids(ids, "plan", "pro")
    tags = Tags(report._repr_html_())
    assert tags.seen <= {"p", "strong", "table", "tr", "td", "th"}
    assert "<script>alert(1)</script>&amp;" in tags.text and "and 2 more" in tags.text and "not attempted" in tags.text
    assert Tags(sandbox.client().mass_update([1], "plan", "pro")._repr_html_()).text.startswith("OK: ")


def test_a_progress_bar(client: usercom.Client, capsys: pytest.CaptureFixture[str]) -> None:
    client.mass_update(range(1, 3001), "v", 1, progress=True)
    drawn = capsys.readouterr().err
    assert "100%" in drawn and "3.00k/3.00k" in drawn and drawn.endswith("\n")
    client.mass_update([1], "v", 1, progress=False)
    assert capsys.readouterr().err == ""


def test_a_bar_is_closed_by_a_run_that_fails(sandbox: Sandbox, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(usercom.Unauthorized):
        usercom.Client("acme", "x" * 64, base_url=sandbox.url).mass_update([1], "v", 1, progress=True)
    drawn = capsys.readouterr().err
    assert "0%" in drawn and "0.00/1.00" in drawn and drawn.endswith("\n")


def test_a_terminal_that_is_closed_stops_no_run(client: usercom.Client, monkeypatch: pytest.MonkeyPatch) -> None:
    closed = io.StringIO()
    closed.close()
    monkeypatch.setattr(sys, "stderr", closed)
    assert client.mass_update(range(1, 2001), "v", 1, progress=True).confirmed == 2000


def test_a_bar_without_tqdm(client: usercom.Client, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("tqdm", "tqdm.auto"):
        monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(ImportError, match="progress: True needs tqdm, .*pip install tqdm, or give a function"):
        client.mass_update([1], "v", 1, progress=True)
    assert sandbox.requests() == []
    with pytest.raises(usercom.InvalidType, match="progress: is a str; use a function of a Progress, or True"):
        client.mass_update([1], "v", 1, progress="bar")  # type: ignore[arg-type]


def test_no_package_is_imported_before_it_is_asked_for() -> None:
    script = "import sys, usercom; print([n for n in ('pandas', 'pyarrow', 'tqdm', 'numpy') if n in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, cwd=Path(usercom.__file__).parents[1]
    )
    assert done.stdout == "[]\n", done.stderr
