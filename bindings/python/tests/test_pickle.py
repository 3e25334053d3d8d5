"""What goes to another process: reports and exceptions do; clients and cancels say why not."""

from __future__ import annotations

import copy
import multiprocessing
import os
import pickle
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any, Callable

import pytest
from conftest import TOKEN, Sandbox

import usercom
from usercom import IdState, Status

Start = Callable[..., Sandbox]


def by_pickle(value: Any) -> Any:
    return pickle.loads(pickle.dumps(value))


@pytest.fixture
def report(start: Start) -> usercom.Report:
    sandbox = start("--unknown-ids", "reject", users=range(1, 1001))
    return sandbox.client().mass_update([5, 2001, 6, 2002, 7, 2001], "plan", "pro")


@pytest.mark.parametrize("how", [by_pickle, copy.copy, copy.deepcopy])
def test_row_89_a_report_is_equal_to_its_copy(report: usercom.Report, how: Callable[[Any], Any]) -> None:
    made = how(report)
    assert made == report and hash(made) == hash(report) and made is not report
    assert made.status is Status.PARTIAL and made.states == report.states == bytes([1, 2, 1, 2, 1, 2])
    assert list(made.failures) == list(report.failures) and made.failures[1].id == 2002
    assert (len(made.failures), made.failures[-1], made.failures[:2]) == (
        3, report.failures[2], list(report.failures)[:2],
    )  # fmt: skip
    assert made.failures[0].state is IdState.REJECTED
    assert (made.json(), str(made), repr(made)) == (report.json(), str(report), repr(report))
    assert (made.notes, made.retries, made.message) == (report.notes, report.retries, report.message)
    with pytest.raises(usercom.PartialUpdate) as partial:
        made.raise_for_failures()
    assert partial.value.report is made


def test_row_89_reports_differ(client: usercom.Client) -> None:
    one, other = client.mass_update([1], "v", 1), client.mass_update([1, 2], "v", 1)
    assert one != other and one == by_pickle(one) and one != 1 and len({one, other, by_pickle(one)}) == 2


def test_row_89_a_pickle_outlives_its_process(report: usercom.Report, tmp_path: Path) -> None:
    (tmp_path / "report").write_bytes(pickle.dumps(report))
    script = """
import pickle, sys
report = pickle.load(open(sys.argv[1], "rb"))
print([failure.id for failure in report.failures], report.status.name, list(report.states))
assert pickle.loads(pickle.dumps(report)) == report
"""
    done = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path / "report")],
        capture_output=True, text=True, env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])},
    )  # fmt: skip
    assert done.stdout == "[2001, 2002, 2001] PARTIAL [1, 2, 1, 2, 1, 2]\n", done.stderr


def test_row_89_custom_ids_and_a_status_of_a_later_library(start: Start) -> None:
    sandbox = start("--unknown-ids", "reject", users=range(1, 11))
    report = sandbox.client().mass_update_custom_ids(["1", "nobody", "3"], "v", 1)
    assert [failure.id for failure in by_pickle(report).failures] == ["nobody"]
    report.status = Status(77)
    assert by_pickle(report).status == 77 and by_pickle(Status(77)).name == "STATUS_77"


def in_another_process(url: str, how: str) -> usercom.Report:
    token = "x" * 64 if how == "stopped" else TOKEN
    report = usercom.Client("acme", token, base_url=url, rate_limit=0).mass_update([1, 99], "v", 1)
    if how == "raised":
        report.raise_for_failures()
    return report


@pytest.mark.parametrize("method", ["spawn", "forkserver"])
def test_row_89_pools_of_processes(start: Start, method: str) -> None:
    sandbox = start("--unknown-ids", "reject", users=range(1, 11))
    context: Any = multiprocessing.get_context(method)
    with ProcessPoolExecutor(1, mp_context=context) as pool:
        report = pool.submit(in_another_process, sandbox.url, "").result(30)
        assert [failure.id for failure in report.failures] == [99]
        with pytest.raises(usercom.PartialUpdate) as partial:
            pool.submit(in_another_process, sandbox.url, "raised").result(30)
        assert partial.value.report is not None and str(partial.value).startswith(report.message)
        assert partial.value.report.failures == report.failures
        with pytest.raises(usercom.Unauthorized) as stopped:
            pool.submit(in_another_process, sandbox.url, "stopped").result(30)
        assert stopped.value.report is not None and stopped.value.report.not_attempted == 2
    with context.Pool(1) as old:
        with pytest.raises(usercom.PartialUpdate) as partial:
            old.apply(in_another_process, (sandbox.url, "raised"))
        assert partial.value.report is not None and partial.value.report.failures == report.failures


def test_row_89_an_exception_keeps_everything(sandbox: Sandbox) -> None:
    with pytest.raises(usercom.Unauthorized) as stopped:
        usercom.Client("acme", "x" * 64, base_url=sandbox.url).mass_update([1], "v", 1)
    stopped.value.__dict__["mine"] = "kept"
    for made in (by_pickle(stopped.value), copy.copy(stopped.value)):
        assert type(made) is usercom.Unauthorized and str(made) == str(stopped.value)
        assert (made.status, made.report, made.mine) == (Status.UNAUTHORIZED, stopped.value.report, "kept")
    invalid = by_pickle(usercom.InvalidType("x: is wrong"))
    assert type(invalid) is usercom.InvalidType and invalid.status == Status.INVALID_ARGUMENT and invalid.report is None


@pytest.mark.parametrize("how", [pickle.dumps, copy.copy, copy.deepcopy])
def test_row_89_what_stays_says_so(client: usercom.Client, how: Callable[[Any], Any]) -> None:
    with pytest.raises(TypeError, match="usercom.Client can't be pickled or copied: .*one in each process") as no:
        how(client)
    assert TOKEN not in str(no.value)
    with pytest.raises(TypeError, match="usercom.Cancel can't be pickled or copied: .*multiprocessing.Event"):
        how(usercom.Cancel())
    with pytest.raises(TypeError, match="can't be pickled"):
        how(client._client)


def test_row_89_a_client_given_to_a_pool(client: usercom.Client) -> None:
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        with pytest.raises(TypeError, match="usercom.Client can't be pickled or copied: .*initializer"):
            pool.submit(client.mass_update, [1], "v", 1).result(30)


def test_row_89_the_small_things(client: usercom.Client) -> None:
    for value in (usercom.Json("1e3"), usercom.Progress(1, 2, 3, 4, 5, 6, 7, 0.5, 0.25), IdState.UNKNOWN, Status.OK):
        assert by_pickle(value) == value == copy.deepcopy(value)
