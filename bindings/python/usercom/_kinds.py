"""What kind of thing a caller gave, and how a message calls it.

pandas, polars, pyarrow and numpy are recognized by what their objects have. They are never imported.
"""

from __future__ import annotations

import array
import collections
import json
from collections.abc import Iterable
from typing import Any


def kind_of(value: object) -> str:
    """The type of a value, for messages."""
    return f"a {type(value).__name__}"


def described(value: object) -> str:
    """A value and its type, for messages, on one line."""
    shown = " ".join(repr(value).split())
    return f"{shown if len(shown) <= 50 else shown[:50] + '…'}, {kind_of(value)}"


def quoted(name: object) -> str:
    """A name as Python code, with double quotes as in the documentation."""
    return json.dumps(name, ensure_ascii=False) if isinstance(name, str) else repr(name)


def names_of(fields: Iterable[object]) -> str:
    """The first few names of fields or columns."""
    names = list(fields)
    return ", ".join(map(str, names[:5])) + (", …" if len(names) > 5 else "")


def two_of(fields: Iterable[object]) -> tuple[object, object]:
    """The fields for an example: those that there are if these are two."""
    names = list(fields)
    return (names[0], names[1]) if len(names) == 2 else ("id", "points")


def is_bool(value: object) -> bool:
    """Also numpy's, which is no bool to Python."""
    return type(value).__name__ in ("bool", "bool_")


def is_missing(value: Any) -> bool:
    """None, and what stands for a missing value in a table: nan, NaT, NA, a masked entry, Arrow's null."""
    if value is None or type(value).__name__ in ("NAType", "NaTType", "MaskedConstant"):
        return True
    if getattr(value, "is_valid", True) is False:
        return True
    # pandas has NA for both, and some types compare to more than a bool.
    return isinstance(value, float) and value != value


def is_text(value: object) -> bool:
    """Text and bytes: their items are characters and numbers."""
    if isinstance(value, memoryview):
        return value.format in ("B", "b", "c")
    if isinstance(value, array.array):
        return value.typecode in ("u", "w")
    return isinstance(value, (str, bytes, bytearray, collections.UserString))


def is_table(value: object) -> bool:
    """Something with columns: a DataFrame, an Arrow table or record batch. Its items are columns or their names."""
    columns = getattr(type(value), "columns", None)
    return columns is not None and not callable(columns)  # callable: the method of a query's result


def is_column(value: object) -> bool:
    """A Series or an index."""
    return hasattr(type(value), "to_numpy") and not is_table(value)


def plain_column(value: Any) -> bool:
    """A Series that has a numpy array."""
    return is_column(value) and type(getattr(value, "dtype", None)).__module__.partition(".")[0] == "numpy"


def has_keys(value: object) -> bool:
    """A mapping, or another kind of row whose values have names. A Series has keys, too."""
    return callable(getattr(type(value), "keys", None)) and not is_column(value)


def columns_of(table: Any) -> list[object]:
    """The names of a table's columns."""
    return list(table.column_names if hasattr(type(table), "column_names") else table.columns)
