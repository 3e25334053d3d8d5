"""Rows: an id and a value for each user."""

from __future__ import annotations

import csv
import dataclasses
import itertools
import sys
from array import array
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, NoReturn, Optional, Union

from ._arrow import JSON, Column, Stream, has_stream, stream_of
from ._errors import InvalidType
from ._ids import accepts, address, another_type, is_integer, of_list, of_texts
from ._input import check_order, listed, table_of_rows
from ._kinds import has_keys, is_column, is_missing, is_table, is_text, kind_of, names_of, quoted, two_of
from ._missing import Missing, bits
from ._values import text, to_json

Rows = Union[Mapping[Any, Any], Iterable[tuple[Any, Any]], Iterable[list[Any]]]

# Equal values of one of these types have equal JSON. A float is not one of them: 0.0 == -0.0.
_HASHED = frozenset([bool, int, str, date])

# Rows are read in parts of this size, each in one step where it has only pairs. After 700 new objects Python looks for
# garbage among them: larger parts take twice as long.
_PART = 500


def taken(rows: Any, custom: bool, na: Missing) -> Union[tuple[Column, Column], Stream]:
    """Ids and values. Raises InvalidArgument, with the row, for what is no pair or has a value that can't be sent."""
    given = table_of_rows(rows)
    if has_stream(given) and not is_column(given):
        stream = _stream(given, custom, na)
        if stream is not None:
            return stream
    if is_table(given):
        given = _pairs_of(given)
    values = _Values(na)
    ids: list[Any] = []
    called = "reader" if isinstance(rows, csv.DictReader) else "rows"
    pairs = iter(listed(given, "rows"))
    for part in iter(lambda: list(itertools.islice(pairs, _PART)), []):
        if set(map(type, part)) != {tuple} or set(map(len, part)) != {2}:
            at = len(ids)
            part = [
                row if type(row) is tuple and len(row) == 2 else _pair(row, at + k, called)
                for k, row in enumerate(part)
            ]
        some, theirs = zip(*part)
        ids += some
        values.add(theirs)
    return of_list(ids, custom, na, of_rows=True), values.column()


def _stream(given: Any, custom: bool, na: Missing) -> Optional[Stream]:
    """None for what has to be looked at row by row: the library does not take its types, or there is no pyarrow."""
    if hasattr(given, "iloc"):
        if object in list(given.dtypes):
            return None  # Python objects, each of its own type
        # pandas would give an index as another column, and can't give two columns of one name.
        given = given.reset_index(drop=True).set_axis(["id", "value"], axis=1)
    try:
        stream = stream_of(given)
    except (ImportError, TypeError, ValueError):
        if not hasattr(given, "iloc"):
            raise
        return None  # there is no pyarrow, or no type of Arrow for a column
    if len(stream.fields) not in (0, 2):
        names = names_of(field.name for field in stream.fields)
        raise InvalidType(f"rows: is {kind_of(given)} with the columns {names}; select two, the id and the value")
    if not stream.fields:
        return stream
    check_order([field.name for field in stream.fields])
    id, value = stream.fields
    known = accepts(id.format, custom, na)
    if known and _is_value(value.format):
        return stream
    if any(hasattr(type(given), name) for name in ("iloc", "iter_rows", "to_pylist")):
        return None
    if not known:
        problem = f"is {kind_of(given)} whose first column has ids of another type"
        raise InvalidType(f"rows: {problem}; {another_type(custom, True)}")
    return stream  # the library says what is wrong with the values


def _is_value(format: str) -> bool:
    """Whether the library takes a column of this type of Arrow as values. Of others Python says what is wrong, and where."""
    if format.startswith("ts"):
        return not format.endswith(":")  # with a time zone
    return format in _VALUES or format.startswith("d:")


_VALUES = frozenset(["n", "b", *"cCsSiIlL", "f", "g", "u", "U", "vu", "tdD", "tdm"])


def _pairs_of(table: Any) -> Iterable[tuple[Any, Any]]:
    if hasattr(table, "iloc"):
        return zip(table.iloc[:, 0], table.iloc[:, 1])
    if hasattr(table, "iter_rows"):
        return table.iter_rows()  # type: ignore[no-any-return]
    return zip(table.column(0).to_pylist(), table.column(1).to_pylist())


class _Values:
    """The distinct values, as JSON, and which of them each row has."""

    def __init__(self, na: Missing) -> None:
        self._na = na
        self._numbers: dict[bytes, int] = {}
        self._known: dict[tuple[type, Any], int] = {}
        self._of_row = array("I")
        self._present = bytearray()

    def add(self, values: Sequence[Any]) -> None:
        start = len(self._of_row)
        kind, *others = set(map(type, values))
        if not others and (is_integer(kind) or kind in _HASHED or kind is float):
            keys: Sequence[Any] = values
            if kind is float:
                keys = list(map(float.__repr__, values))
            elif kind not in _HASHED:  # numpy's
                kind, keys = int, list(map(int, values))
            if kind is not float or self._na is None or "nan" not in keys:
                # In the order of the rows, so that a message names the first row of a value.
                number_of = {key: self._number(kind, key, start, keys) for key in dict.fromkeys(keys)}
                self._of_row.extend(map(number_of.__getitem__, keys))
                self._present += b"\1" * len(values)
                return
        for at, value in enumerate(values, start):
            if self._na is not None and is_missing(value):
                self._of_row.append(0)
                self._present.append(0)
                continue
            kind = type(value)
            self._of_row.append(self._number(kind, value, at) if kind in _HASHED else self._json(value, at))
            self._present.append(1)

    def _number(self, kind: type, value: Any, at: int, among: Sequence[Any] = ()) -> int:
        number = self._known.get((kind, value))
        if number is None:
            self._known[kind, value] = number = self._json(float(value) if kind is float else value, at, among)
        return number

    def _json(self, value: Any, at: int, among: Sequence[Any] = ()) -> int:
        try:
            json = _encoded(value, at)
        except ValueError:
            if not among:
                raise
            key = float.__repr__(value) if isinstance(value, float) else value
            json = _encoded(value, at + among.index(key))
        return self._numbers.setdefault(json, len(self._numbers))

    def column(self) -> Column:
        texts = list(self._numbers)
        dictionary = of_texts(b"".join(texts), map(len, texts))
        valid, missing = bits(self._present)
        buffers = (address(valid), address(self._of_row))
        return Column(b"I", len(self._of_row), buffers, (valid, self._of_row), missing, dictionary, JSON)


def _encoded(value: Any, at: int) -> bytes:
    where = f"rows: the value of row {at} (counted from 0)"
    return text(where, to_json(value, where))


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
