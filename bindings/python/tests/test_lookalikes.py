"""What can be iterated, but is no list of ids or of rows: taken right or refused, never something else sent."""

from __future__ import annotations

import collections
import csv
import dataclasses
import io
import mmap
import sqlite3
import tempfile
from array import array
from collections.abc import Iterator
from decimal import Decimal
from types import MappingProxyType
from typing import Any, Callable

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from conftest import Sandbox

import usercom
from usercom import _ids

PAIR = collections.namedtuple("PAIR", "id points")
THREE = collections.namedtuple("THREE", "id name points")


@dataclasses.dataclass
class User:
    id: int
    points: int


def database(factory: Any = sqlite3.Row) -> sqlite3.Cursor:
    connection = sqlite3.connect(":memory:")
    connection.row_factory = factory
    return connection.execute("select 10 as id, 7 as points union all select 15, 9")


class SqlAlchemyRow(collections.abc.Sequence):  # type: ignore[type-arg]
    """As SQLAlchemy's: no tuple, but in the order of the query."""

    _fields = ("id", "points")

    def __init__(self, *values: int) -> None:
        self.values = values

    def __getitem__(self, at: Any) -> Any:
        return self.values[at]

    def __len__(self) -> int:
        return len(self.values)


class QuerySet:
    """As Django's values_list("id", flat=True): it has fields, but is no row."""

    _fields = ("id",)

    def __getitem__(self, at: int) -> int:
        return (10, 15)[at]


def reader(text: str = "id,points\n10,7\n15,9\n") -> Any:
    return csv.DictReader(io.StringIO(text))


# ---- row 85: rows ---------------------------------------------------------------------------------

FRAME = pd.DataFrame({"id": [10, 15], "points": [7, 9]})
POLARS = pl.DataFrame({"id": [10, 15], "points": [7, 9]})
TABLE = pa.table({"id": [10, 15], "points": [7, 9]})

PAIRS: dict[str, Callable[[], Any]] = {
    "tuples": lambda: [(10, 7), (15, 9)],
    "lists": lambda: [[10, 7], [15, 9]],
    "a generator of tuples": lambda: ((id, points) for id, points in [(10, 7), (15, 9)]),
    "a set of tuples": lambda: {(10, 7), (15, 9)},
    "a mapping": lambda: MappingProxyType({10: 7, 15: 9}),
    "items": lambda: {10: 7, 15: 9}.items(),
    "a Counter": lambda: collections.Counter({10: 7, 15: 9}),
    "namedtuples": lambda: [PAIR(10, 7), PAIR(15, 9)],
    "a cursor of tuples": lambda: database(None),
    "a cursor of sqlite3.Row": database,
    "rows of SQLAlchemy": lambda: [SqlAlchemyRow(10, 7), SqlAlchemyRow(15, 9)],
    "zip of Series": lambda: zip(FRAME["id"], FRAME["points"]),
    "zip of polars": lambda: zip(POLARS["id"], POLARS["points"]),
    "zip of Arrow": lambda: zip(TABLE["id"].to_pylist(), TABLE["points"].to_pylist()),
    "zip of arrays": lambda: zip(FRAME["id"].to_numpy(), FRAME["points"].to_numpy()),
    "a frame": lambda: FRAME,
    "a filtered frame": lambda: pd.DataFrame({"id": [10, 3, 15], "points": [7, 8, 9]})[[True, False, True]],
    "a frame of objects": lambda: FRAME.astype(object),
    "a frame of Int64": lambda: FRAME.astype("Int64"),
    "a frame with names of two letters": lambda: FRAME.set_axis(["ab", "cd"], axis=1),
    "a frame with one name twice": lambda: FRAME.set_axis(["a", "a"], axis=1),
    "polars": lambda: POLARS,
    "Arrow": lambda: TABLE,
    "an Arrow batch": lambda: TABLE.to_batches()[0],
    "an Arrow reader": lambda: TABLE.to_reader(),
    "slices of Arrow": lambda: pa.concat_tables([pa.concat_tables([TABLE, TABLE]).slice(2, 1), TABLE.slice(1, 1)]),
    "a relation of DuckDB": lambda: duckdb.sql(
        "select 10::integer as id, 7 as points union all select 15, 9 order by 1"
    ),
    "itertuples without index": lambda: FRAME.itertuples(index=False),
    "items of a Series": lambda: FRAME.set_index("id")["points"].items(),
    "iter_rows": lambda: POLARS.iter_rows(),
    "tolist of an array": lambda: FRAME.to_numpy().tolist(),
    "the hint for a DictReader": lambda: ((int(row["id"]), int(row["points"])) for row in reader()),
    "the hint for a dataclass": lambda: ((row.id, row.points) for row in [User(10, 7), User(15, 9)]),
}


@pytest.mark.parametrize("rows", PAIRS.values(), ids=PAIRS)
def test_row_85_pairs(sandbox: Sandbox, client: usercom.Client, rows: Callable[[], Any]) -> None:
    assert client.mass_update_rows(rows(), "points").confirmed == 2
    assert sandbox.ledger("points") == {10: "7", 15: "9"}


NO_PAIRS: dict[str, tuple[Callable[[], Any], str]] = {
    "DictReader": (reader, r'row 0 .*a dict, not a pair .*; use \(\(row\["id"\], row\["points"\]\) for row in reader\)$'),
    "dicts": (
        lambda: [(1, 2), {"user": 10, "score": 7}],
        r'row 1 .*a dict.*; use \(\(row\["user"\], row\["score"\]\) for row in rows\)$',
    ),
    "dicts of one": (lambda: [{"id": 10}], r'row 0 .*a dict.*; use \(\(row\["id"\], row\["points"\]\)'),
    "an empty dict": (lambda: [{}], "row 0 .*a dict"),
    "texts": (lambda: [(1, 2), (3, 4), (5, 6), "ab"], r"row 3 \(counted from 0\) is a str, not a pair .*use \(id, value\)"),
    "bytes": (lambda: [b"ab"], "row 0 .*a bytes, not a pair"),
    "sets": (lambda: [{10, 7}], "row 0 .*a set, not a pair .*no order"),
    "frozensets": (lambda: [frozenset([10, 7])], "row 0 .*no order"),
    "generators": (lambda: [(n for n in (10, 7))], r"row 0 .*a generator, not a pair .*tuple\(row\)"),
    "dataclasses": (lambda: [User(10, 7)], r"row 0 .*a User, not a pair .*\(\(row.id, row.points\) for row in rows\)"),
    "three": (lambda: [(10, 7), (15, 8, 9)], r"row 1 .*has 3 items .*not a pair .*use \(id, value\)"),
    "one": (lambda: [(10,)], "row 0 .*has 1 items"),
    "namedtuples of three": (lambda: [THREE(10, "a", 7)], "row 0 .*has 3 items"),
    "numbers": (lambda: [10, 15], "row 0 .*a int, not a pair"),
    "None": (lambda: [None], "row 0 .*a NoneType, not a pair"),
    "an array": (lambda: FRAME.to_numpy(), r"row 0 .*a ndarray, not a pair .*use rows.tolist\(\)$"),
    "itertuples": (FRAME.set_index("id").itertuples, r"row 0 .*index of the frame; use frame.itertuples\(index=False\)"),
    "iterrows": (FRAME.iterrows, "^rows: the value of row 0 .*a Series can't be sent"),
    "items of a frame": (FRAME.items, "^rows: the value of row 0 .*a Series can't be sent"),
    "dict of lists": (lambda: FRAME.to_dict("list"), "^rows: the id of row 0 .*'id', a str"),
    "records": (lambda: FRAME.to_dict("records"), r'row\["id"\], row\["points"\]'),
    "a frame of three": (
        lambda: FRAME.assign(name="a"),
        r'^rows: is a DataFrame with the columns id, points, name; use two .*table\[\["id", "points"\]\]',
    ),
    "a frame of one": (lambda: FRAME[["id"]], "^rows: is a DataFrame with the columns id; use two of them"),
    "a frame with the id last": (
        lambda: FRAME[["points", "id"]],
        r'^rows: has the columns "points" and "id"; the id must come first: table\[\["id", "points"\]\]$',
    ),
    "polars of three": (lambda: POLARS.with_columns(a=1), "^rows: is a DataFrame with the columns id, points, a"),
    "polars with the id last": (lambda: POLARS.select("points", "id"), "^rows: has the columns .*the id must come first"),
    "Arrow with the id last": (lambda: TABLE.select(["points", "id"]).to_reader(), "^rows: has the columns"),
    "Arrow of three": (lambda: TABLE.append_column("a", TABLE["id"]), "^rows: is a Table with the columns id, points, a"),
    "a reader of three": (
        lambda: TABLE.append_column("a", TABLE["id"]).to_reader(),
        "^rows: is a RecordBatchReader with the columns id, points, a; select two",
    ),
    "polars lazy": (POLARS.lazy, r"^rows: is a LazyFrame.*table.collect\(\)"),
    "Arrow scalars": (lambda: zip(TABLE["id"], TABLE["points"]), "^rows: the value of row 0 .*value.as_py"),
    "a Series": (lambda: FRAME.set_index("id")["points"], r"^rows: is a Series, one column.*column.items\(\)"),
    "a Series of texts": (lambda: pd.Series(["ab", "cd"]), "^rows: is a Series, one column"),
    "polars Series": (lambda: POLARS["id"], "^rows: is a Series, one column"),
    "a text": (lambda: "ab", "^rows: is a str"),
    "a csv.reader": (lambda: csv.reader(io.StringIO("id,points\n")), r"^rows: is a csv.reader.*\(row\[0\], row\[1\]\).*next\(reader\)"),
    "a file": (lambda: io.StringIO("10\n15\n"), "^rows: is a StringIO, an open file"),
    "a number": (lambda: 5, "^rows: is a int"),
    "None itself": (lambda: None, "^rows: is a NoneType"),
}  # fmt: skip


# The name of a column is a text, as custom ids are: it is refused as a number only.
NO_PAIRS_OF_EITHER = {name: case for name, case in NO_PAIRS.items() if not case[1].startswith("^rows: the id")}


@pytest.mark.parametrize(
    "rows, words, custom",
    [(*case, False) for case in NO_PAIRS.values()] + [(*case, True) for case in NO_PAIRS_OF_EITHER.values()],
    ids=[*NO_PAIRS, *(f"{name}, custom" for name in NO_PAIRS_OF_EITHER)],
)
def test_row_85_no_pairs(
    sandbox: Sandbox, client: usercom.Client, rows: Callable[[], Any], words: str, custom: bool
) -> None:
    update = client.mass_update_rows_custom_ids if custom else client.mass_update_rows
    with pytest.raises(usercom.InvalidType, match=words) as invalid:
        update(rows(), "points")
    assert str(invalid.value).startswith("rows: ") and "\n" not in str(invalid.value)
    assert sandbox.requests() == []


# ---- row 86: ids ----------------------------------------------------------------------------------

IDS: dict[str, Callable[[], Any]] = {
    "a frame of one column": lambda: FRAME[["id"]],
    "a filtered frame": lambda: pd.DataFrame({"id": [10, 3, 15]})[[True, False, True]],
    "polars of one column": lambda: POLARS.select("id"),
    "Arrow of one column": lambda: TABLE.select(["id"]),
    "Arrow batch of one column": lambda: TABLE.select(["id"]).to_batches()[0],
    "a Series": lambda: FRAME["id"],
    "a Series of Int64": lambda: FRAME["id"].astype("Int64"),
    "a Series of int32": lambda: FRAME["id"].astype("int32"),
    "a Series of Arrow": lambda: FRAME["id"].astype("int64[pyarrow]"),
    "a Series of objects": lambda: FRAME["id"].astype(object),
    "a category": lambda: FRAME["id"].astype("category"),
    "an index": lambda: FRAME.set_index("id").index,
    "unique": lambda: FRAME["id"].unique(),
    "polars Series": lambda: POLARS["id"],
    "polars Series of u8": lambda: POLARS["id"].cast(pl.UInt8),
    "an Arrow column": lambda: TABLE["id"],
    "an Arrow array": lambda: TABLE["id"].combine_chunks(),
    "an Arrow dictionary": lambda: TABLE["id"].dictionary_encode(),
    "Arrow scalars": lambda: list(TABLE["id"]),
    "numpy ints": lambda: [np.int8(10), np.uint64(15)],
    "a masked array without masked entries": lambda: np.ma.array([10, 15]),
    "keys": lambda: {10: "a", 15: "b"}.keys(),
    "a query": QuerySet,
    "ids of records": lambda: [int(row["id"]) for row in reader()],
}


@pytest.mark.parametrize("ids", IDS.values(), ids=IDS)
def test_row_86_taken_right(sandbox: Sandbox, client: usercom.Client, ids: Callable[[], Any]) -> None:
    report = client.mass_update(ids(), "v", 1)
    assert (report.total, report.confirmed) == (2, 2)
    assert sandbox.ledger("v") == {10: "1", 15: "1"}


def test_row_86_a_series_is_not_copied() -> None:
    series = pd.Series(np.arange(1, 1_000_001))
    assert _ids.taken(series, False, None).first == series.to_numpy().ctypes.data  # type: ignore[union-attr]


TEXTS = ["u-1", "u-2"]
CUSTOM: dict[str, Callable[[], Any]] = {
    "a frame of one column": lambda: pd.DataFrame({"email": TEXTS}),
    "polars of one column": lambda: pl.DataFrame({"email": TEXTS}),
    "Arrow of one column": lambda: pa.table({"email": TEXTS}),
    "a Series": lambda: pd.Series(TEXTS),
    "a Series of objects": lambda: pd.Series(TEXTS, dtype=object),
    "a category": lambda: pd.Series(TEXTS, dtype="category"),
    "polars Series": lambda: pl.Series(TEXTS),
    "an Arrow array": lambda: pa.array(TEXTS),
    "an Arrow column": lambda: pa.chunked_array([TEXTS[:1], TEXTS[1:]]),
    "an Arrow dictionary": lambda: pa.array(TEXTS).dictionary_encode(),
    "an Arrow large_string": lambda: pa.array(TEXTS, type=pa.large_string()),
    "numpy": lambda: np.array(TEXTS),
    "numpy objects": lambda: np.array(TEXTS, dtype=object),
    "lines of a file": lambda: [line.strip() for line in io.StringIO("u-1\r\nu-2\n")],
}


@pytest.mark.parametrize("ids", CUSTOM.values(), ids=CUSTOM)
def test_row_86_custom_ids_taken_right(sandbox: Sandbox, client: usercom.Client, ids: Callable[[], Any]) -> None:
    assert client.mass_update_custom_ids(TEXTS, "expected", 1).confirmed == 2
    assert client.mass_update_custom_ids(ids(), "v", 1).confirmed == 2
    assert sandbox.ledger("v") == sandbox.ledger("expected")


def text_file() -> Any:
    file = tempfile.NamedTemporaryFile("w+")
    file.write("10\n15\n")
    file.seek(0)
    return file


# For ids and custom ids alike.
NO_LISTS: dict[str, tuple[Callable[[], Any], str]] = {
    "a frame": (lambda: FRAME, r'is a DataFrame with the columns id, points; use one of them: table\["id"\]'),
    "a frame without columns": (lambda: FRAME[[]], r'is a DataFrame with the columns ; .*table\["id"\]'),
    "polars": (lambda: POLARS, r'is a DataFrame with the columns id, points; .*table\["id"\]'),
    "polars lazy": (lambda: POLARS.lazy().select("id"), r"is a LazyFrame, .*table.collect\(\)"),
    "Arrow": (lambda: TABLE, r'is a Table with the columns id, points; .*table\["id"\]'),
    "a dict": (lambda: {10: 7}, r"is a dict; use Client.mass_update_rows\w* for a value for each id, or list\(…\) for its keys"),
    "an empty dict": (dict, "is a dict; use Client.mass_update_rows"),
    "a Counter": (lambda: collections.Counter([10]), "is a Counter; use Client.mass_update_rows"),
    "a row of sqlite3": (lambda: database().fetchone(), r"is one row, with the fields id, points; .*\[row\[0\] for row"),
    "a namedtuple": (lambda: PAIR(10, 7), "is one row, with the fields id, points"),
    "a row of SQLAlchemy": (lambda: SqlAlchemyRow(10, 7), "is one row, with the fields id, points"),
    "a str": (lambda: "123", "is a str; use a list"),
    "a bytes": (lambda: b"123", "is a bytes; use a list"),
    "a bytearray": (lambda: bytearray(b"123"), "is a bytearray; use a list"),
    "a memoryview of bytes": (lambda: memoryview(b"123"), "is a memoryview; use a list"),
    "a UserString": (lambda: collections.UserString("123"), "is a UserString; use a list"),
    "an array of characters": (lambda: array("u", "123"), "is a array; use a list"),
    "a text file": (lambda: io.StringIO("10\n15\n"), r"is a StringIO, an open file, .*for line in file\]$"),
    "a binary file": (lambda: io.BytesIO(b"10\n15\n"), "is a BytesIO, an open file"),
    "a temporary file": (text_file, "an open file"),
    "a mapped file": (lambda: mmap.mmap(-1, 10), "an open file"),
    "a csv.reader": (lambda: csv.reader(io.StringIO("id\n10\n")), r"is a csv.reader, .*row\[0\].* for row in reader\]"),
    "a DictReader": (reader, r'position 0 .*: \[row\["id"\] for row in rows\]$'),
    "rows of sqlite3": (database, r'position 0 .*: \[row\["id"\] for row in rows\]$'),
    "rows": (lambda: database(None), r"position 0 .*: \[row\[0\] for row in rows\]; pairs .* go to Client.mass_update_rows"),
    "rows of one": (lambda: [(10,), (15,)], r"position 0 .*: \[row\[0\] for row in rows\]$"),
    "an array of two dimensions": (lambda: FRAME.to_numpy(), r"position 0 .*array\[:, 0\]"),
    "a group": (lambda: FRAME.groupby("id"), "position 0 "),
    "a number": (lambda: 5, "is a int; use a list"),
    "None": (lambda: None, "is a NoneType; use a list"),
    "a float array": (lambda: np.array([10.0]), "position 0 .*float"),
    "a mask": (lambda: [True, False], r"position 0 .*bool; .*ids\[mask\]"),
    "a mask of numpy": (lambda: FRAME["id"] > 10, r"position 0 .*bool.*; .*ids\[mask\]"),
    "Decimal": (lambda: [Decimal(10)], "position 0 .*Decimal"),
}  # fmt: skip


@pytest.mark.parametrize("ids, words", NO_LISTS.values(), ids=NO_LISTS)
@pytest.mark.parametrize("custom", [False, True])
def test_row_86_refused(
    sandbox: Sandbox, client: usercom.Client, ids: Callable[[], Any], words: str, custom: bool
) -> None:
    update = client.mass_update_custom_ids if custom else client.mass_update
    with pytest.raises(usercom.InvalidType, match=words) as invalid:
        update(ids(), "v", 1)
    assert str(invalid.value).startswith("custom_ids: " if custom else "ids: ") and "\n" not in str(invalid.value)
    assert sandbox.requests() == []


MISSING: dict[str, tuple[Callable[[Any], Any], int]] = {
    "None": (lambda id: [id, id, None], 2),
    "nan": (lambda id: [id, float("nan")], 1),
    "numpy's nan": (lambda id: [id, np.float64("nan")], 1),
    "NA": (lambda id: [id, pd.NA], 1),
    "NaT": (lambda id: [id, pd.NaT], 1),
    "a Series": (lambda id: pd.Series([id, None], dtype="Int64" if id == 10 else "string"), 1),
    "a Series of objects": (lambda id: pd.Series([id, None], dtype=object), 1),
    "polars": (lambda id: pl.Series([id, None]), 1),
    "Arrow": (lambda id: pa.array([id, id, id, None]), 3),
    "a table of Arrow": (lambda id: pa.table({"id": [id, None]}), 1),
    "a scalar of Arrow": (lambda id: [id, pa.scalar(None)], 1),
    "a masked array": (lambda id: np.ma.array([id, id, id], mask=[0, 1, 0], dtype=object if id != 10 else None), 1),
}


@pytest.mark.parametrize("ids, at", MISSING.values(), ids=MISSING)
@pytest.mark.parametrize("custom", [False, True])
def test_row_86_missing_values(
    sandbox: Sandbox, client: usercom.Client, ids: Callable[[Any], Any], at: int, custom: bool
) -> None:
    update = client.mass_update_custom_ids if custom else client.mass_update
    with pytest.raises(
        usercom.InvalidType, match=rf"position {at} \(counted from 0\).*a missing value is no id: leave it out"
    ):
        update(ids("u-1" if custom else 10), "v", 1)
    assert sandbox.requests() == []


@pytest.mark.parametrize("ids", [[1, 1.0], np.array([1.0, np.nan]), pd.Series([1, None]), [np.float32(5)]], ids=repr)
def test_row_86_floats_may_come_from_missing_values(client: usercom.Client, ids: Any) -> None:
    with pytest.raises(
        usercom.InvalidType, match=r'position \d .*a float.*use int; .*column.dropna\(\).astype\("int64"\)'
    ):
        client.mass_update(ids, "v", 1)


def test_row_86_what_is_loaded_only_by_the_caller() -> None:
    import subprocess
    import sys
    from pathlib import Path

    script = (
        "import sys, usercom; print({'numpy', 'pandas', 'polars', 'pyarrow', 'gevent', 'sqlite3'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, cwd=Path(__file__).parents[1])
    assert done.stdout == "set()\n", done.stderr


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_row_99_lines_with_their_line_breaks(client: usercom.Client, end: str) -> None:
    with pytest.raises(usercom.InvalidArgument, match=r"^custom_ids: .*position 1 .*line break; use line.strip\(\)"):
        client.mass_update_custom_ids(["u-1", "u-2" + end], "v", 1)
    with pytest.raises(usercom.InvalidArgument, match=r"^rows: the id of row 0 .*line break"):
        client.mass_update_rows_custom_ids({"u-1" + end: 1}, "v")


# ---- row 89: row and position, and the right method -----------------------------------------------

ANOTHER_METHOD: list[tuple[str, Any, str]] = [
    ("mass_update", [1, "u-1"], r"^ids: the id at position 1 .* go to Client.mass_update_custom_ids$"),
    ("mass_update_custom_ids", ["u-1", 5], r"^custom_ids: the id at position 1 .* go to Client.mass_update$"),
    ("mass_update_custom_ids", ["u-1", np.int64(5)], r"position 1 .* go to Client.mass_update$"),
    ("mass_update_custom_ids", ["u-1", b"u-2"], r"position 1 .*use a str: id.decode\(\)$"),
    ("mass_update_rows", [(1, 1), ("u-1", 1)], r"^rows: the id of row 1 .* go to Client.mass_update_rows_custom_ids$"),
    ("mass_update_rows_custom_ids", [("u-1", 1), (5, 1)], r"^rows: the id of row 1 .* go to Client.mass_update_rows$"),
    ("mass_update", [(1, 2)], r"go to Client.mass_update_rows$"),
    ("mass_update_custom_ids", [("u-1", 2)], r"go to Client.mass_update_rows_custom_ids$"),
]


@pytest.mark.parametrize("method, ids, words", ANOTHER_METHOD, ids=range(len(ANOTHER_METHOD)))
def test_row_89_hints_name_the_right_method(client: usercom.Client, method: str, ids: Any, words: str) -> None:
    with pytest.raises(usercom.InvalidType, match=words):
        getattr(client, method)(*[ids, "v"], *([] if "rows" in method else [1]))


IN_ROWS: list[tuple[Any, str]] = [
    ([(1, 1), (2, 1), (3, 2), (4, float("inf"))], "the value of row 3 .*: inf does not exist"),
    ([(1, 1), (2, None)], "the value of row 1 .*: null is not allowed"),
    ([(1, 1), (2, 1), (3, "x" * 70_000)], "the value of row 2 .*: is 70002 bytes"),
    ([(1, 1), (2, 1), (3, "a\ud800")], "the value of row 2 .*: character 2 is half of a surrogate pair"),
    ([(1, 1), (2, 1), (3, {"a": "\udc00"})], "the value of row 2 .*: character 1 is half"),
    ([(1, 1), (2, 1), (3, usercom.Json("pro"))], "the value of row 2 .*: is not one JSON value"),
    ([(1, 1), (2, 1), (3, usercom.Json("1\0"))], "the value of row 2 .*NUL character"),
    ([(1, 1), (2, b"x")], "the value of row 1 .*a bytes can't be sent"),
    ([(1, 1), (2, pd.NA)], "the value of row 1 .*<NA> is a missing value; leave the ids out"),
    ([(1, 1), (2, pd.NaT)], "the value of row 1 .*leave the ids out"),
    ([(1, 1), (2, pd.Timestamp("2026-11-23"))], "the value of row 1 .*no time zone"),
    ([(1, 1), (0, 1)], "the id of row 1 .* is 0; User.com's ids are above 0"),
    ([(1, 1), (-3, 1)], "the id of row 1 .* is -3"),
    ([(1, 1), (2**63, 1)], "the id of row 1 .*64 bits"),
    ([(1, 1), (2.0, 1)], "the id of row 1 .* is 2.0, a float"),
    ([(1, 1), (True, 1)], "the id of row 1 .* is True, a bool"),
    ([(1, 1), (None, 1)], "the id of row 1 .* is None"),
]


@pytest.mark.parametrize("rows, words", IN_ROWS, ids=range(len(IN_ROWS)))
@pytest.mark.parametrize("as_iterator", [False, True])
def test_row_89_refusals_inside_rows_name_the_row(
    sandbox: Sandbox, client: usercom.Client, rows: Any, words: str, as_iterator: bool
) -> None:
    given: Iterator[Any] = iter(rows) if as_iterator else rows
    with pytest.raises(usercom.InvalidArgument, match=f"^rows: {words}") as invalid:
        client.mass_update_rows(given, "v")
    if invalid.value.report is not None:  # what the library refuses has a report, with the same words
        assert str(invalid.value) in str(invalid.value.report)
        assert invalid.value.report.message == str(invalid.value) and "entry" not in invalid.value.report.json()
    assert sandbox.requests() == []


@pytest.mark.parametrize("id", ["", "x" * 1025], ids=["empty", "long"])
def test_row_89_custom_ids_in_rows(client: usercom.Client, id: str) -> None:
    with pytest.raises(usercom.InvalidArgument, match=r"^rows: the id of row 1 \(counted from 0\) has \d+ bytes"):
        client.mass_update_rows_custom_ids([("u-1", 1), (id, 1)], "v")
