"""What a task of Spark does, without Spark; tests/spark has the rest. And the figures of docs/spark.md."""

from __future__ import annotations

import json
import random
import re
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Callable

import pyarrow as pa
import pytest
from conftest import ROOT, TOKEN, Sandbox

import usercom
from usercom.spark import Estimate, _done, _job, _mass_update, _runs, _task, estimate

Start = Callable[..., Sandbox]
PAGE = (ROOT / "docs/spark.md").read_text()


def context(number: int = 0) -> Any:
    return SimpleNamespace(taskAttemptId=lambda: number, getLocalProperty={"spark.usercom.token": TOKEN}.get)


def job(sandbox: Sandbox, **given: Any) -> _job.Job:
    client = {"base_url": sandbox.url, "rate_limit": 0, **given.pop("client", {})}
    token = _job.Token("USERCOM_TOKEN", None, "spark.usercom.token")
    fields = {"subdomain": "acme", "attribute": "v", "custom": False, "na": None, "token": token, "tasks": 1}
    return _job.Job(**{**fields, "client_options": client, "run_options": given.pop("run", {}), **given})


def batches(ids: list[Any], values: list[Any], conflicts: tuple[int, ...] = (), size: int = 700) -> Iterator[Any]:
    flags = [k in conflicts for k in range(len(ids))]
    return iter(pa.table({"id": ids, "value": values, "conflict": flags}).to_batches(max_chunksize=size))


def rows_of(out: Iterator[Any]) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    *rows, end = pa.Table.from_batches(list(out)).to_pylist()
    return rows, json.loads(end["_usercom_message"])


# ---- packing ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(30))
def test_runs_cost_no_more_requests_than_one(seed: int) -> None:
    rng = random.Random(seed)
    sizes = [rng.choice([1, 3, 10, 100, 995, 4000]) for _ in range(rng.randint(1, 12))]
    values = [k for k, size in enumerate(sizes) for _ in range(size)]
    table = pa.table({"id": range(1, len(values) + 1), "value": values})
    parts = list(_runs.runs(table.to_batches(max_chunksize=rng.randint(1, 500)), 10, max_rows=rng.randint(20, 1500)))
    assert pa.concat_tables(parts).equals(table)

    def requests(part: Any) -> int:
        return sum(-(-n // 10) for n in part.group_by("value").aggregate([("id", "count")])["id_count"].to_pylist())

    assert sum(map(requests, parts)) == requests(table)


def test_runs_are_bounded() -> None:
    table = pa.table({"id": range(1, 5001), "value": ["x" * 100] * 5000})
    assert len(list(_runs.runs(table.to_batches(max_chunksize=100), 1000, max_bytes=120_000))) >= 4
    lists = pa.table({"id": range(1, 31), "value": [["a"]] * 30})
    assert [part.num_rows for part in _runs.runs(lists.to_batches(max_chunksize=8), 10, max_rows=16)] == [16, 14]
    nulls = pa.table({"id": range(1, 31), "value": pa.nulls(30, pa.int32())})
    assert [part.num_rows for part in _runs.runs(nulls.to_batches(max_chunksize=8), 10, max_rows=16)] == [10, 20]


def test_distinct_values_are_counted_over_parts() -> None:
    distinct = _runs.Distinct()
    for part in ([None, 1, 1], [1, 2], [2], [3]):
        distinct.add(pa.chunked_array([pa.array(part, pa.int32())]))
    assert distinct.count == 4
    distinct = _runs.Distinct()
    for texts in ([["a"], ["a", "b"]], [["a", "b"], ["c"]]):
        distinct.add(pa.chunked_array([texts]))
    assert distinct.count == 3


def test_the_rate_is_what_tasks_are_worth() -> None:
    assert [_job.per_second(rate) for rate in (None, 0, 8, (30, 60))] == [5, 0, 8, 0.5]
    assert _job.checked_tasks(5, 5) == 5 and _job.checked_tasks(1, 0.5) == 1 and _job.checked_tasks(40, 0) == 40
    for tasks, rate in ((6, 5), (0, 5), (2, 1.5)):
        with pytest.raises(usercom.InvalidArgument, match=f"^tasks: is {tasks}; use 1 to {int(rate)}"):
            _job.checked_tasks(tasks, rate)


@pytest.mark.parametrize(
    "dynamic, speculation, threshold, tasks, words",
    [
        ("false", "true", "1s", 4, None),  # barrier mode has no copies
        ("true", "false", None, 4, None),
        ("true", "true", None, 1, None),
        ("true", "true", "1s", 1, "or leave out spark.speculation.task.duration.threshold"),
        ("true", "true", None, 4, "or tasks to 1"),
    ],
)
def test_copies_of_a_task_that_sends_are_refused(
    dynamic: str, speculation: str, threshold: Any, tasks: int, words: Any
) -> None:
    settings = {"spark.dynamicAllocation.enabled": dynamic, "spark.speculation": speculation}
    settings |= {"spark.speculation.task.duration.threshold": threshold} if threshold else {}
    options: dict[str, Any] = {}
    spark: Any = SimpleNamespace(conf=settings)
    if words is None:
        _mass_update._settle_tasks(spark, options, tasks, 8)
        assert options == ({"rate_limit": 2} if tasks == 4 else {})
    else:
        with pytest.raises(usercom.InvalidArgument, match=f"^tasks: .*spark.speculation.*, {words}$"):
            _mass_update._settle_tasks(spark, options, tasks, 8)


def test_the_numbers_are_those_of_the_library() -> None:
    known = json.loads((ROOT / "include/usercom.json").read_text())
    defaults = {one["name"]: one["default"] for one in known["client_options"] + known["run_options"]}
    assert defaults["rate_limit"] == {"requests": _job.RATE_LIMIT, "per_ms": 1000}
    assert defaults["batch_size"] == _job.BATCH_SIZE
    assert defaults["journal_max_age_ms"] == _task._MAX_AGE * 1000


# ---- a task -------------------------------------------------------------------------------------------------------


def test_check(sandbox: Sandbox) -> None:
    (found,) = _task.check(job(sandbox), batches(list(range(1, 2502)), [1] * 2500 + [2]), context())
    assert found.schema.names == [part.split()[0] for part in _task.CHECKED.split(", ")]
    row = found.to_pylist()[0]
    assert len({row.pop("first"), row.pop("last")}) == 2
    assert row == {
        "rows": 2501, "distinct": 2, "requests": 4, "status": 0, "message": "", "conflicts": 0, "conflict": None,
    }  # fmt: skip
    (found,) = _task.check(job(sandbox), batches([5, 6, 7], [1, 1, 2], conflicts=(1,)), context())
    assert found.to_pylist()[0]["conflicts"] == 1 and found.to_pylist()[0]["conflict"] == "6"
    (found,) = _task.check(job(sandbox), batches([5, 6], [1.0, float("nan")]), context())
    assert "the value of the row with the id 6: " in found.to_pylist()[0]["message"]
    assert sandbox.requests() == []


def test_send(start: Start) -> None:
    sandbox = start("--unknown-ids", "404", users=[id for id in range(1, 3001) if id != 700])
    rows, end = rows_of(_task.send(job(sandbox), batches(list(range(1, 3001)), [["a"]] * 3000), context()))
    states = {row["_usercom_id"]: row["_usercom_state"] for row in rows}
    assert [id for id, state in states.items() if state != "confirmed"] == [700] and states[700] == "rejected"
    assert rows[699]["_usercom_http_status"] == 404 and rows[699]["_usercom_message"]
    assert end["status"] == usercom.Status.PARTIAL and sandbox.ledger("v")[1] == '["a"]'


def test_a_run_that_stops_stops_the_task(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_task, "runs", lambda batches, size: _runs.runs(batches, size, max_rows=1000))
    sandbox = start("--unknown-attributes", "reject")
    rows, end = rows_of(_task.send(job(sandbox), batches(list(range(1, 5001)), [1] * 5000, size=1000), context()))
    assert {row["_usercom_state"] for row in rows} <= {"rejected", "not_attempted"} and len(rows) == 5000
    assert end["status"] == usercom.Status.REJECTED and len(sandbox.requests()) < 10
    assert rows[-1]["_usercom_state"] == "not_attempted" and rows[-1]["_usercom_message"] == end["message"]


def test_limits_hold_for_the_task(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_task, "runs", lambda batches, size: _runs.runs(batches, size, max_rows=1000))
    limited = job(sandbox, run={"max_requests": 3})
    rows, end = rows_of(_task.send(limited, batches(list(range(1, 6001)), [1] * 6000, size=1000), context()))
    assert end["status"] == usercom.Status.REQUEST_LIMIT and len(sandbox.requests()) == 3
    assert [row["_usercom_state"] for row in rows].count("confirmed") == 3000
    late = job(sandbox, ends_at=time.time() - 1)
    rows, end = rows_of(_task.send(late, batches([1], [1]), context()))
    assert end["status"] == usercom.Status.DEADLINE and rows[0]["_usercom_state"] == "not_attempted"


def test_a_task_that_is_tried_again_sends_nothing_twice(
    sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits: list[float] = []
    monkeypatch.setattr(_task.time, "sleep", waits.append)
    kept = job(sandbox, run={"journal_dir": str(tmp_path)}, first_attempts_end=9)

    def attempt(number: int) -> tuple[list[dict[str, Any]], dict[str, Any]]:
        return rows_of(_task.send(kept, batches(list(range(1, 2001)), [1] * 2000, size=number), context(number)))

    first, second = attempt(8), attempt(9)
    assert first == second and len(sandbox.requests()) == 2
    assert waits == [_task._UNTIL_AN_EARLIER_ATTEMPT_HAS_ENDED]
    (file,) = tmp_path.iterdir()
    assert file.stat().st_mode & 0o777 == 0o600 and TOKEN.encode() not in file.read_bytes()
    for at in range(file.stat().st_size):  # every byte changed: sent again, never confirmed by it
        damaged = bytearray(file.read_bytes())
        damaged[at] ^= 1
        (tmp_path / "damaged.spark").write_bytes(damaged)
        assert _done.read(str(tmp_path), "damaged", 60) is None
    (tmp_path / "damaged.spark").unlink()
    assert _done.read(str(tmp_path), file.stem, 60) is not None and _done.read(str(tmp_path), file.stem, -1) is None
    list(_task.forget(str(tmp_path), iter([pa.record_batch({"name": second[1]["kept"]})])))
    assert list(tmp_path.iterdir()) == []
    attempt(8)
    assert len(sandbox.requests()) == 4


def test_other_rows_are_another_run(sandbox: Sandbox) -> None:
    def name(values: list[Any], **given: Any) -> str:
        return _done.digest(job(sandbox, **given), pa.table({"id": [1, 2], "value": values}))

    names = [name([1, 2]), name([1, 3]), name(["1", "2"]), name([1, 2], attribute="w"), name([1, 2], na="skip")]
    assert len(set(names)) == 5 and name([1, 2]) == names[0]


def test_without_pyspark_the_message_says_what_to_install() -> None:
    with pytest.raises(ImportError, match=r"pip install 'usercom\[spark\]'"):
        usercom.spark.mass_update(None, "v", subdomain="acme")


# ---- the page -----------------------------------------------------------------------------------------------------


def test_the_estimate() -> None:
    assert estimate(1_000_000, 5).requests == 1_004 and estimate(1_000_000, 5, tasks=4).requests == 1_007
    assert estimate(3, 50_000).requests == 3 and estimate(1000, 1).requests == 1
    assert isinstance(estimate(10, 1), Estimate)
    with pytest.raises(ValueError):
        estimate(10, 1, 0)


def test_the_table_of_the_page() -> None:
    text = PAGE.split("<!-- estimate -->\n")[1].split("<!-- end of estimate -->")[0]
    assert text == table(), f"docs/spark.md: put this between the marks:\n{table()}"


def table() -> str:
    out = "| rows | distinct values | requests | hours at 5 a second | at 10 a second | driver | Python of a task | to sort, all tasks |\n"
    out += "|---|---|---|---|---|---|---|---|\n"
    for rows in (1_000_000, 10_000_000, 100_000_000, 1_000_000_000):
        for values in (5, 50_000):
            one = estimate(rows, values)
            hours = f"{one.hours:,.1f} | {estimate(rows, values, 10).hours:,.1f}"
            memory = " | ".join(size(n) for n in (one.driver_bytes, one.worker_bytes, one.sorted_bytes))
            out += f"| {rows:,} | {values:,} | {one.requests:,} | {hours} | {memory} |\n"
    return out


def size(count: int) -> str:
    for unit, bytes in (("GiB", 2**30), ("MiB", 2**20)):
        if count >= bytes:
            return f"{count / bytes:,.1f} {unit}" if unit == "GiB" else f"{count / bytes:,.0f} {unit}"
    return f"{count / 2**10:,.1f} KiB"


def test_the_page_shows_the_examples() -> None:
    blocks = re.findall(r"<!-- (\S+) -->\n```python\n(.*?)```", PAGE, flags=re.DOTALL)
    folder = ROOT / "bindings/python/examples/cluster"
    assert dict(blocks) == {str(path.relative_to(ROOT)): path.read_text() for path in folder.glob("*.py")}
