"""Columns and tables of those who have data: the same bytes as from plain Python, missing values, and what is invalid."""

from __future__ import annotations

import subprocess
import sys
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any, Callable

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from conftest import TOKEN, Sandbox

import usercom

NOON = datetime(2026, 11, 23, 12, 0, 0, 250_000, tzinfo=timezone.utc)
WARSAW = timezone(timedelta(hours=1))

# What plain Python values are, and the types of Arrow that hold them.
VALUES: dict[str, tuple[list[Any], pa.DataType]] = {
    "bool": ([True, False, True], pa.bool_()),
    **{f"int{bits}": ([-1, 0, 2 ** (bits - 1) - 1], getattr(pa, f"int{bits}")()) for bits in (8, 16, 32, 64)},
    **{f"uint{bits}": ([0, 1, 2**bits - 1], getattr(pa, f"uint{bits}")()) for bits in (8, 16, 32, 64)},
    "float64": ([0.1, -0.0, 1e16], pa.float64()),
    "more floats": ([5e-324, 1e-5, 1.7976931348623157e308], pa.float64()),
    "decimal": ([Decimal("1.50"), Decimal("-0.05"), Decimal("0.00")], pa.decimal128(10, 2)),
    "decimal of many digits": ([Decimal(1) / 3, Decimal("-1E-28"), Decimal("1")], pa.decimal128(38, 28)),
    "decimal256": ([Decimal(10**60), Decimal("-7"), Decimal("0")], pa.decimal256(70, 0)),
    "decimal32": ([Decimal("1.5"), Decimal("-7.0"), Decimal("0.1")], pa.decimal32(5, 1)),
    "text": (["007", 'zażółć "x"\n', "😀" * 9], pa.string()),
    "large text": (["a", "", "b"], pa.large_string()),
    "text views": (["short", "a text of more than twelve bytes", ""], pa.string_view()),
    "date": ([date(1, 1, 1), date(2024, 2, 29), date(9999, 12, 31)], pa.date32()),
    "date64": ([date(1, 1, 1), date(2024, 2, 29), date(9999, 12, 31)], pa.date64()),
    **{
        f"moments in {unit}": ([NOON.replace(microsecond=0), NOON.replace(microsecond=0, year=1969)], pa.timestamp(unit, "Europe/Warsaw"))
        for unit in ("s", "ms", "us", "ns")
    },
    "milliseconds": ([NOON, NOON.replace(year=1960)], pa.timestamp("ms", "UTC")),
    "microseconds": ([datetime(1, 1, 1, tzinfo=timezone.utc), NOON.replace(microsecond=1)], pa.timestamp("us", "+01:00")),
    "lists": ([["a", "b"], [], ["a"]], pa.list_(pa.string())),
    "structures": ([{"a": 1}, {"a": 2}], pa.struct([("a", pa.int64())])),
}  # fmt: skip


@pytest.mark.parametrize("values, kind", VALUES.values(), ids=VALUES)
def test_values_are_the_same_bytes_as_from_python(
    sandbox: Sandbox, client: usercom.Client, values: list[Any], kind: pa.DataType
) -> None:
    ids = list(range(1, len(values) + 1))
    exact = pa.array(values, type=kind).to_pylist()  # a Decimal then has the scale of the column
    assert client.mass_update_rows(zip(ids, exact), "expected").confirmed == len(ids)
    expected = sandbox.ledger("expected")
    table = pa.table({"id": ids, "value": pa.array(values, type=kind)})
    shapes = {"plain": table, "sliced": pa.concat_tables([table, table]).slice(len(ids))}
    shapes["chunks"] = pa.concat_tables([table.slice(at, 1) for at in range(len(ids))])
    if not pa.types.is_nested(kind) and kind != pa.string_view() and "decimal32" not in str(kind):
        shapes["dictionary"] = table.set_column(1, "value", table["value"].dictionary_encode())
    if str(kind).partition("(")[0] not in ("decimal256", "decimal32", "date64[ms]"):  # polars does not have them
        shapes["polars"] = pl.from_arrow(table)
    for name, shape in shapes.items():
        assert client.mass_update_rows(shape, name).confirmed == len(ids), name
        assert sandbox.ledger(name) == expected, name


def test_extension_type_for_json(sandbox: Sandbox, client: usercom.Client) -> None:
    texts = pa.array(['{"a": 1e3}', "0.10"], type=pa.string())
    table = pa.table({"id": [1, 2], "value": pa.ExtensionArray.from_storage(pa.json_(pa.string()), texts)})
    client.mass_update_rows(table, "v")
    assert sandbox.ledger("v") == {1: '{"a": 1e3}', 2: "0.10"}


def test_equal_values_are_sent_together_and_the_last_of_an_id_wins(sandbox: Sandbox, client: usercom.Client) -> None:
    table = pa.table({"id": [1, 2, 3, 4, 1], "score": [10, 20, 10, 20, 30]})
    report = client.mass_update_rows(table, "score")
    assert (report.requests, sandbox.ledger("score")) == (3, {1: "30", 2: "20", 3: "10", 4: "20"})
    assert [report.state(at).name for at in (0, 4)] == ["NOT_ATTEMPTED", "CONFIRMED"]
    assert "position 0 was superseded by position 4" in report.notes[0]


def test_custom_ids_of_a_table(sandbox: Sandbox, client: usercom.Client) -> None:
    ids = ["u-1", "a longer id, zażółć", "u-3"]
    client.mass_update_rows_custom_ids(zip(ids, [1, 2, 1]), "expected")
    for name, table in {
        "arrow": pa.table({"id": ids, "v": [1, 2, 1]}),
        "polars": pl.DataFrame({"id": ids, "v": [1, 2, 1]}),
        "pandas": pd.DataFrame({"id": ids, "v": [1, 2, 1]}),
        "duckdb": duckdb.sql("select * from (values ('u-1', 1), ('a longer id, zażółć', 2), ('u-3', 1)) t(id, v)"),
    }.items():
        assert client.mass_update_rows_custom_ids(table, name).requests == 2
        assert sandbox.ledger(name) == sandbox.ledger("expected")


def test_failures_of_a_stream_have_their_ids(start: Callable[..., Sandbox]) -> None:
    sandbox = start("--unknown-ids", "reject", users=range(1, 11))
    with sandbox.client() as client:
        table = pa.table({"id": [1, 77, 2, 88], "v": [1, 1, 2, 2]})
        for rows in (table.to_reader(), table, [(1, 1), (77, 1), (2, 2), (88, 2)]):
            report = client.mass_update_rows(rows, "v")
            assert [(failure.index, failure.id) for failure in report.failures] == [(1, 77), (3, 88)]


# ---- missing values ------------------------------------------------------------------------------

HOLES: dict[str, Callable[[], Any]] = {
    "a list": lambda: [10, None, 15],
    "a list with nan": lambda: [10, float("nan"), 15],
    "floats": lambda: [10.0, None, 15.0],
    "an array of floats": lambda: np.array([10, np.nan, 15]),
    "an array of float32": lambda: np.array([10, np.nan, 15], dtype="f4"),
    "a masked array": lambda: np.ma.array([10, 11, 15], mask=[0, 1, 0]),
    "a Series of floats": lambda: pd.Series([10, None, 15]),
    "a Series of Int64": lambda: pd.Series([10, None, 15], dtype="Int64"),
    "a Series of Arrow": lambda: pd.Series([10, None, 15], dtype="int64[pyarrow]"),
    "a Series of objects": lambda: pd.Series([10, None, 15], dtype=object),
    "polars": lambda: pl.Series([10, None, 15]),
    "polars floats": lambda: pl.Series([10.0, None, 15.0]),
    "Arrow": lambda: pa.array([10, None, 15]),
    "Arrow floats": lambda: pa.array([10.0, float("nan"), 15.0]),
    "a table": lambda: pa.table({"id": pa.array([9, 10, None, 15])}).slice(1),
    "a frame": lambda: pd.DataFrame({"id": [10, None, 15]}),
}


@pytest.mark.parametrize("ids", HOLES.values(), ids=HOLES)
def test_missing_ids(sandbox: Sandbox, client: usercom.Client, ids: Callable[[], Any]) -> None:
    for na in (None, "error"):
        with pytest.raises(usercom.InvalidType, match=r"^ids: the id at position [01] \(counted from 0\)"):
            client.mass_update(ids(), "v", 1, na=na)  # type: ignore[arg-type]
    assert sandbox.requests() == []
    report = client.mass_update(ids(), "v", 1, na="skip")
    assert (report.total, report.confirmed, report.not_attempted) == (3, 2, 1)
    assert report.state(1) == usercom.IdState.NOT_ATTEMPTED
    assert report.notes == [
        "1 rows were not sent because their id or value is missing; the first: row 1 (counted from 0)"
    ]
    assert sandbox.ledger("v") == {10: "1", 15: "1"}
    report.raise_for_failures()


CUSTOM_HOLES: dict[str, Callable[[], Any]] = {
    "a list": lambda: ["u-1", None, "u-2"],
    "a Series": lambda: pd.Series(["u-1", None, "u-2"]),
    "a Series of objects": lambda: pd.Series(["u-1", float("nan"), "u-2"], dtype=object),
    "polars": lambda: pl.Series(["u-1", None, "u-2"]),
    "Arrow": lambda: pa.array(["u-1", None, "u-2"]),
    "a dictionary": lambda: pa.array(["u-1", None, "u-2"]).dictionary_encode(),
}


@pytest.mark.parametrize("ids", CUSTOM_HOLES.values(), ids=CUSTOM_HOLES)
def test_missing_custom_ids(sandbox: Sandbox, client: usercom.Client, ids: Callable[[], Any]) -> None:
    with pytest.raises(usercom.InvalidType, match="^custom_ids: the id at position 1 .*a missing value is no id"):
        client.mass_update_custom_ids(ids(), "v", 1)
    report = client.mass_update_custom_ids(ids(), "v", 1, na="skip")
    assert (report.total, report.confirmed, report.not_attempted) == (3, 2, 1)


ROWS_WITH_HOLES: dict[str, Callable[[], Any]] = {
    "pairs": lambda: [(1, "a"), (None, "b"), (3, None), (4, "a")],
    "a mapping": lambda: {1: "a", None: "b", 3: float("nan"), 4: "a"},
    "a frame": lambda: pd.DataFrame({"id": [1, None, 3, 4], "v": ["a", "b", None, "a"]}),
    "a frame of Int64": lambda: pd.DataFrame({"id": pd.array([1, None, 3, 4]), "v": ["a", "b", None, "a"]}),
    "a frame of objects": lambda: pd.DataFrame({"id": [1, None, 3, 4], "v": ["a", "b", None, "a"]}, dtype=object),
    "polars": lambda: pl.DataFrame({"id": [1, None, 3, 4], "v": ["a", "b", None, "a"]}),
    "Arrow": lambda: pa.table({"id": [1, None, 3, 4], "v": ["a", "b", None, "a"]}),
    "a dictionary": lambda: pa.table({"id": [1, None, 3, 4], "v": pa.array(["a", "b", None, "a"]).dictionary_encode()}),
}


@pytest.mark.parametrize("rows", ROWS_WITH_HOLES.values(), ids=ROWS_WITH_HOLES)
def test_missing_values_of_rows(sandbox: Sandbox, client: usercom.Client, rows: Callable[[], Any]) -> None:
    for na in (None, "error"):
        with pytest.raises(
            usercom.InvalidArgument, match=r"^rows: the (id of row [01]|value of row 2) \(counted from 0\)"
        ):
            client.mass_update_rows(rows(), "v", na=na)  # type: ignore[arg-type]
    report = client.mass_update_rows(rows(), "v", na="skip")
    assert (report.total, report.confirmed, report.not_attempted) == (4, 2, 2)
    assert sandbox.ledger("v") == {1: '"a"', 4: '"a"'}
    report = client.mass_update_rows(rows(), "w", na="skip", allow_null=True)
    assert (report.confirmed, sandbox.ledger("w")) == (3, {1: '"a"', 3: "null", 4: '"a"'})


def test_rows_of_which_nothing_is_left(sandbox: Sandbox, client: usercom.Client) -> None:
    for rows in ([(1, None), (2, None)], pa.table({"id": [1, 2], "v": pa.nulls(2)})):
        report = client.mass_update_rows(rows, "v", na="skip")
        assert (report.status, report.total, report.not_attempted) == (usercom.Status.OK, 2, 2)
    assert client.mass_update([None, None], "v", 1, na="skip").not_attempted == 2  # type: ignore[list-item]
    assert sandbox.requests() == []


def test_a_skipped_row_is_another_job_for_the_journal(sandbox: Sandbox, client: usercom.Client, tmp_path: Path) -> None:
    for rows in ([(5, "a"), (6, None)], [(5, None), (6, "a")]):
        report = client.mass_update_rows(rows, "v", na="skip", journal_dir=tmp_path, max_requests=1)
        assert report.confirmed == 1
    assert sandbox.ledger("v") == {5: '"a"', 6: '"a"'}


INVALID: list[tuple[Callable[[usercom.Client], Any], str]] = [
    (lambda c: c.mass_update([1], "v", 1, na="drop"), '^na: use "error" or "skip"'),
    (lambda c: c.mass_update([1.5], "v", 1, na="skip"), "position 0 .* is 1.5, a float"),
    (lambda c: c.mass_update([2.0**53], "v", 1, na="skip"), "position 0 .*2\\^53"),
    (lambda c: c.mass_update(np.array([1, 2.5]), "v", 1, na="skip"), "position 1 .* is 2.5, a float that is no integer"),
    (lambda c: c.mass_update(np.array([1, 2.0**53]), "v", 1, na="error"), "position 1 .*below 2\\^53"),
    (lambda c: c.mass_update(np.array([np.inf]), "v", 1, na="skip"), "position 0 .* is inf"),
    (lambda c: c.mass_update(pa.array([1, 0]), "v", 1), "ids: .*position 1 .* is 0"),
    (lambda c: c.mass_update(pa.array([1, 2**64 - 1], pa.uint64()), "v", 1), "position 1 .*64 bits"),
    (lambda c: c.mass_update(pa.array(["u-1"]), "v", 1), "position 0 .*go to Client.mass_update_custom_ids$"),
    (lambda c: c.mass_update(pa.array([True]), "v", 1), r"position 0 .*ids\[mask\]"),
    (lambda c: c.mass_update_custom_ids(pa.array([5]), "v", 1), "position 0 .*go to Client.mass_update$"),
    (lambda c: c.mass_update_custom_ids(pa.array(["a", ""]), "v", 1), "position 1 .*0 bytes"),
    (lambda c: c.mass_update_custom_ids(pa.array(["a", "b\n"]), "v", 1), "position 1 .*line break"),
    (lambda c: c.mass_update_custom_ids(pa.array(["a", "b\0"]), "v", 1), "position 1 .*NUL"),
    (lambda c: c.mass_update(duckdb.sql("select 'a' as id"), "v", 1), "ids of another type; .*mass_update_custom_ids"),
    (lambda c: c.mass_update(duckdb.sql("select 1 as id, 2 as b"), "v", 1), "with the columns id, b; use one of them"),
    (lambda c: c.mass_update_rows(pa.table({"id": [1, 2], "v": [1.0, float("inf")]}), "v"), "^rows: the value of row 1 .*inf"),
    (lambda c: c.mass_update_rows(pa.table({"id": [1, 2], "v": [1.0, float("nan")]}), "v"), "^rows: the value of row 1 .*NaN"),
    (lambda c: c.mass_update_rows(pa.table({"id": [1, 2], "v": ["a", "x" * 70_000]}), "v"), "row 1 .*70002 bytes"),
    (lambda c: c.mass_update_rows(pa.table({"id": [1, -2], "v": ["a", "b"]}), "v"), "^rows: the id of row 1 .* is -2"),
    (lambda c: c.mass_update_rows(pa.table({"id": [1, 2], "v": [1, None]}), "v"), "^rows: the value of row 1 .*allow_null"),
    (lambda c: c.mass_update_rows(pa.table({"id": [1], "v": [datetime(2026, 1, 1)]}), "v"), "row 0 .*no time zone"),
    (lambda c: c.mass_update_rows(pd.DataFrame({"id": [1], "v": [pd.Timestamp("2026-01-01")]}), "v"), "row 0 .*no time zone"),
    (lambda c: c.mass_update_rows(pa.table({"id": [1], "v": [b"x"]}), "v"), "row 0 .*a bytes can't be sent"),
    (lambda c: c.mass_update_rows(pa.table({"id": [1], "v": [b"x"]}).to_reader(), "v"), "^rows: the values are binary data"),
    (lambda c: c.mass_update_rows(pd.DataFrame({"id": [1], "v": pd.period_range("2026-01", periods=1, freq="M")}), "v"), "^rows: .*pandas.period"),
    (lambda c: c.mass_update(pd.Series(pd.period_range("2026-01", periods=1, freq="M")), "v", 1), "^ids: .*(pandas.period|a Period)"),
    (lambda c: c.mass_update(pa.array([5, 6]).cast(pa.int8()).cast(pa.bool8()), "v", 1), "^ids: .*arrow.bool8"),
    (lambda c: c.mass_update_rows(pa.table({"id": ["a"], "v": [1]}).to_reader(), "v"), "ids of another type; .*mass_update_rows_custom_ids"),
    (lambda c: c.mass_update_rows(pa.table({"id": range(1, 50_002), "v": range(50_001)}), "v"), "^rows: 50001 distinct .*round the values"),
    (lambda c: c.mass_update_rows(pa.table({"id": [1, 2], "v": ["a", "b" * 41]}), "first_name", standard_attributes=True), "^rows: the value of row 1 .*41 characters"),
]  # fmt: skip


@pytest.mark.parametrize("call, words", INVALID, ids=range(len(INVALID)))
def test_invalid(sandbox: Sandbox, client: usercom.Client, call: Callable[[usercom.Client], Any], words: str) -> None:
    with pytest.raises(usercom.InvalidArgument, match=words) as invalid:
        call(client)
    assert "\n" not in str(invalid.value)
    assert sandbox.requests() == []


# ---- what must not change, and what need not be there ---------------------------------------------


def test_a_stream_that_fails(client: usercom.Client) -> None:
    def batches() -> Any:
        yield pa.record_batch({"id": [1]})
        raise ZeroDivisionError("on purpose")

    reader = pa.RecordBatchReader.from_batches(pa.schema([("id", pa.int64())]), batches())
    with pytest.raises(usercom.InvalidArgument, match="^stream: failed to give its next rows .*on purpose"):
        client.mass_update(reader, "v", 1)
    with pytest.raises(usercom.InvalidArgument, match="columns|stream"):
        client.mass_update_rows(reader, "v")


def test_the_callers_data_is_as_it_was(client: usercom.Client) -> None:
    table = pa.table({"id": [1, 2], "v": ["a", "b"]})
    for _ in range(3):
        assert client.mass_update_rows(table, "v").confirmed == 2
        assert client.mass_update(table["id"].chunk(0), "v", 1).confirmed == 2
    assert table.to_pydict() == {"id": [1, 2], "v": ["a", "b"]} and pa.total_allocated_bytes() >= 0


WITHOUT_PYARROW = """
import sys
sys.modules["pyarrow"] = None
import pandas as pd, usercom
client = usercom.Client("acme", sys.argv[2], base_url=sys.argv[1], rate_limit=0)
frame = pd.DataFrame({"id": [10, 15], "points": [7, 9]})
assert client.mass_update_rows(frame, "a").confirmed == 2
assert client.mass_update(frame[["id"]], "b", 1).confirmed == 2
assert client.mass_update(pd.Series([10, None], dtype="Int64"), "c", 1, na="skip").confirmed == 1
assert client.mass_update_custom_ids(pd.Series(["u-1", None, "u-2"]), "d", 1, na="skip").confirmed == 2
texts = pd.DataFrame({"id": ["u-1", "u-2"], "v": pd.to_datetime(["2026-01-01", "2026-01-02"], utc=True)})
assert client.mass_update_rows_custom_ids(texts, "e").confirmed == 2
"""


def test_pandas_without_pyarrow(sandbox: Sandbox) -> None:
    command = [sys.executable, "-c", WITHOUT_PYARROW, sandbox.url, TOKEN]
    done = subprocess.run(command, capture_output=True, text=True, cwd=Path(__file__).parents[1])
    assert done.returncode == 0, done.stderr
    assert sandbox.ledger("a") == {10: "7", 15: "9"}
    assert list(sandbox.ledger("e").values()) == ['"2026-01-01T00:00:00Z"', '"2026-01-02T00:00:00Z"']
