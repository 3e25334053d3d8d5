"""What is a list of ids or of rows, and what can be iterated but is none: the message then says what to write."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NoReturn, Optional

from ._errors import InvalidType
from ._kinds import (
    columns_of,
    has_keys,
    is_bool,
    is_column,
    is_missing,
    is_table,
    is_text,
    kind_of,
    names_of,
    quoted,
)

# For each argument: what to do with the lines of a file, and with the rows of a CSV reader.
_LINES = {
    "ids": "[int(line) for line in file]",
    "custom_ids": "[line.strip() for line in file]",
    "rows": "((row[0], row[1]) for row in csv.reader(file))",
}
_CELLS = {
    "ids": "[int(row[0]) for row in reader]",
    "custom_ids": "[row[0] for row in reader]",
    "rows": "((row[0], row[1]) for row in reader)",
}


def listed(given: Any, name: str) -> Iterable[Any]:
    """The ids or rows to read, one after the other. A table of one column is that column."""
    if is_table(given) and name != "rows":
        given = table_of_ids(given, name)
    if is_text(given):
        _refuse(name, f"is {kind_of(given)}; use a list, also for a single id")
    if isinstance(given, io.IOBase) or hasattr(given, "readline"):
        _refuse(name, f"is {kind_of(given)}, an open file, whose lines are text; use {_LINES[name]}")
    if type(given).__module__ == "_csv":
        header = "call next(reader) first if the file starts with a header"
        _refuse(name, f"is a csv.reader, whose rows are lists of text; use {_CELLS[name]}, and {header}")
    if name == "rows" and is_column(given):
        pairs = "zip(ids, values), or column.items() if its index holds the ids"
        _refuse(name, f"is {kind_of(given)}, one column, and not pairs of id and value; use {pairs}")
    if name == "rows" and isinstance(given, Mapping):
        return given.items()
    if name != "rows":
        _refuse_fields(given, name)
    if hasattr(given, "to_pylist"):  # an Arrow array: its own items are no numbers and texts
        given = given.to_pylist()
    items: Optional[Iterable[Any]] = None
    with contextlib.suppress(TypeError):
        items = iter(given)
    if items is None:
        _refuse(name, f"is {kind_of(given)}; use a list, also for a single id")
    return items


def hint(item: Any, custom: bool, of_rows: bool) -> str:
    """What to do about an id of a type that an id can't have."""
    wanted = "use a str" if custom else "use int"
    if is_missing(item):
        return f'{wanted}; a missing value is no id: leave it out, for example with column.dropna() or na="skip"'
    if is_bool(item):
        return f"{wanted}; a mask selects ids: ids[mask]"
    if isinstance(item, str):
        return f"{wanted}; your own ids go to {_method(True, of_rows)}"
    if hasattr(item, "as_py"):
        return f"{wanted}: column.to_pylist()"
    if custom and isinstance(item, (bytes, bytearray)):
        return f"{wanted}: id.decode()"
    if custom and hasattr(item, "__index__") and not getattr(item, "ndim", 0):
        return f"{wanted}; User.com's own ids go to {_method(False, of_rows)}"
    if type(item).__name__.startswith("float") and not custom:
        return f'{wanted}; a column with missing values holds floats: column.dropna().astype("int64"), or na="skip"'
    if of_rows:
        return wanted
    if has_keys(item):
        return f'{wanted}: [row["id"] for row in rows]'
    if isinstance(item, (tuple, list)):
        pairs = f"; pairs of id and value go to {_method(custom, True)}" if len(item) == 2 else ""
        return f"{wanted}: [row[0] for row in rows]{pairs}"
    if getattr(item, "ndim", 0):
        return f"{wanted}: one column of the array, array[:, 0]"
    return wanted


def _method(custom: bool, of_rows: bool) -> str:
    return "Client.mass_update" + ("_rows" if of_rows else "") + ("_custom_ids" if custom else "")


def _refuse(name: str, problem: str) -> NoReturn:
    raise InvalidType(f"{name}: {problem}")


def _refuse_fields(given: Any, name: str) -> None:
    """Refuses a mapping, and a single row of a table: an id and the other values of one user."""
    if isinstance(given, Mapping):
        method = _method(name == "custom_ids", True)
        _refuse(name, f"is {kind_of(given)}; use {method} for a value for each id, or list(…) for its keys")
    if has_keys(given) and hasattr(type(given), "__getitem__"):
        fields = given.keys()
    else:
        fields = getattr(given, "_fields", ()) if isinstance(given, Sequence) else ()
    if fields:
        _refuse(name, f"is one row, with the fields {names_of(fields)}; use a list: [row[0] for row in rows]")


def _check_data(table: Any, name: str) -> None:
    for method in ("collect", "compute"):
        if hasattr(type(table), method):
            _refuse(name, f"is {kind_of(table)}, which holds no data yet; use a column of table.{method}()")


def table_of_ids(given: Any, name: str) -> Any:
    """The column of a table that has one, and everything else as it is."""
    if not is_table(given):
        return given
    _check_data(given, name)
    columns = columns_of(given)
    if len(columns) != 1:
        example = quoted(columns[0]) if columns else '"id"'
        _refuse(name, f"is {kind_of(given)} with the columns {names_of(columns)}; use one of them: table[{example}]")
    if hasattr(given, "iloc"):
        return given.iloc[:, 0]
    if hasattr(type(given), "to_series"):
        return given.to_series()
    return given.column(0) if hasattr(type(given), "column_names") else given


def table_of_rows(given: Any) -> Any:
    """What was given, if it is no table or one of two columns: ids and values."""
    if is_table(given):
        _check_data(given, "rows")
        columns = columns_of(given)
        if len(columns) != 2:
            _refuse(
                "rows",
                f"is {kind_of(given)} with the columns {names_of(columns)}; "
                'use two of them, the id and the value: table[["id", "points"]]',
            )
        check_order(columns)
    return given


def check_order(columns: Sequence[object]) -> None:
    """Refuses two columns of which the second is the id by its name, and the first is not."""
    first, second = (str(name).lower() in ("id", "user_id", "custom_id") for name in columns)
    if second and not first:
        one, other = map(quoted, columns)
        _refuse("rows", f"has the columns {one} and {other}; the id must come first: table[[{other}, {one}]]")
