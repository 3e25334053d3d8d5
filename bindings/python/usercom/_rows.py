"""Rows: an id and a value for each user."""

from __future__ import annotations

import csv
import dataclasses
import sys
from array import array
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple, NoReturn, Union

from ._errors import InvalidType
from ._input import listed
from ._kinds import has_keys, is_text, kind_of, quoted, two_of
from ._values import text, to_json

Rows = Union[Mapping[Any, Any], Iterable[tuple[Any, Any]], Iterable[list[Any]]]

# Equal values of one of these types have equal JSON. A float is not one of them: 0.0 == -0.0.
_HASHED = {bool, int, str}


class Columns(NamedTuple):
    """Rows as the library takes them."""

    ids: list[Any]
    values: list[bytes]  # the distinct ones, as JSON
    value_of: array[int]  # for each id, which of them it gets
    first: list[int]  # for each of them, the first row that has it


def columns(rows: Rows) -> Columns:
    """Raises InvalidArgument, with the row, for what is no pair or has a value that can't be sent."""
    called = "reader" if isinstance(rows, csv.DictReader) else "rows"
    ids: list[Any] = []
    numbers: dict[bytes, int] = {}
    known: dict[tuple[type, Any], int] = {}
    value_of = array("I")
    first: list[int] = []
    for at, row in enumerate(listed(rows, "rows")):
        id, value = row if type(row) is tuple and len(row) == 2 else _pair(row, at, called)
        ids.append(id)
        key = (type(value), value) if type(value) in _HASHED else None
        number = None if key is None else known.get(key)
        if number is None:
            where = f"rows: the value of row {at} (counted from 0)"
            json = text(where, to_json(value, where))
            number = numbers.setdefault(json, len(numbers))
            if number == len(first):
                first.append(at)
            if key is not None:
                known[key] = number
        value_of.append(number)
    return Columns(ids, list(numbers), value_of, first)


def _pair(row: Any, at: int, rows: str) -> tuple[Any, Any]:
    if isinstance(row, (tuple, list)) or _is_database_row(row):
        if type(row).__name__ == "Pandas" and row._fields[:1] == ("Index",):
            use = "frame.itertuples(index=False), or zip(frame.index, …) if the index holds the ids"
            _refuse(at, f"starts with the index of the frame; use {use}")
        if len(row) == 2:
            return row[0], row[1]
        _refuse(at, f"has {len(row)} items and is not a pair of id and value; use (id, value)")
    _refuse(at, f"is {kind_of(row)}, not a pair of id and value; {_hint(row, rows)}")


def _is_database_row(row: Any) -> bool:
    """A row whose values are in the order of the query: of sqlite3, and of SQLAlchemy."""
    sqlite3 = sys.modules.get("sqlite3")
    if sqlite3 is not None and isinstance(row, sqlite3.Row):
        return True
    return isinstance(row, Sequence) and hasattr(row, "_fields")


def _hint(row: Any, rows: str) -> str:
    if has_keys(row):
        first, second = map(quoted, two_of(row.keys()))
        return f"use ((row[{first}], row[{second}]) for row in {rows})"
    if dataclasses.is_dataclass(row):
        names = two_of(field.name for field in dataclasses.fields(row))
        return f"use ((row.{names[0]}, row.{names[1]}) for row in {rows})"
    if hasattr(row, "tolist") and not is_text(row):
        return f"use {rows}.tolist()"
    if isinstance(row, (set, frozenset)):
        return "a set has no order: use (id, value)"
    if hasattr(type(row), "__iter__") and not is_text(row):
        return f"use (tuple(row) for row in {rows})"
    return "use (id, value), for example [(10, 7), (15, 9)]"


def _refuse(at: int, problem: str) -> NoReturn:
    raise InvalidType(f"rows: row {at} (counted from 0) {problem}")
