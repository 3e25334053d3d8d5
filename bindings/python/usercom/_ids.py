"""Ids of every kind as an array for the library, without a copy where that is possible."""

from __future__ import annotations

import ctypes
import operator
from array import array
from collections.abc import Iterable, Sequence
from typing import Any, SupportsIndex, Union

from ._errors import InvalidType
from ._exceptions import InvalidArgument
from ._input import hint, listed
from ._kinds import described, is_bool, is_column, kind_of
from ._values import text

Ids = Union[Iterable[SupportsIndex], Iterable[int]]


class IdArray:
    """Ids as the library takes them. `ids` is what they are in Python and keeps the memory alive."""

    def __init__(self, ids: Sequence[Any], first: Any, custom: bool) -> None:
        self.ids = ids
        self.first = first
        self.custom = custom


def numeric(ids: Ids, of_rows: bool = False) -> IdArray:
    """User.com's own ids. Memory that holds 64-bit integers is not copied: a numpy array of int64, a pandas Series
    of it, an array.array("q"), an Arrow array of int64 without nulls."""
    view = _view(_memory(ids))
    if view is None:
        view = memoryview(_copy(ids, of_rows))
    address = _address(view)
    if address % ctypes.alignment(ctypes.c_int64) != 0:
        view = memoryview(array("q", view.tolist()))
        address = _address(view)
    return IdArray(view, address, custom=False)


def custom(ids: Iterable[str], of_rows: bool = False) -> IdArray:
    """The customer's own ids."""
    items, encoded = [], []
    for at, item in enumerate(listed(ids, "custom_ids")):
        if type(item) is not str or not item.isascii() or item.endswith(("\n", "\r")) or "\0" in item:
            item = _checked(item, at, of_rows)
        items.append(item)
        encoded.append(item.encode())
    return IdArray(items, (ctypes.c_char_p * len(encoded))(*encoded), custom=True)


def _checked(item: Any, at: int, of_rows: bool) -> str:
    where = _where("custom_ids", at, of_rows)
    if not isinstance(item, str):
        raise InvalidType(f"{where}: is {kind_of(item)}; {hint(item, True, of_rows)}")
    text(where, item)
    if item.endswith(("\n", "\r")):
        raise InvalidArgument(f"{where}: ends with a line break; use line.strip()")
    return str.__str__(item)  # without what a subclass adds


def _where(name: str, at: int, of_rows: bool) -> str:
    return (f"rows: the id of row {at}" if of_rows else f"{name}: the id at position {at}") + " (counted from 0)"


def _memory(ids: Any) -> Any:
    """The memory of an Arrow array or a Series of int64, if that is what it is."""
    if is_column(ids) and str(getattr(ids, "dtype", "")) == "int64":
        return ids.to_numpy()
    if not (hasattr(ids, "null_count") and hasattr(ids, "to_pylist")):
        return ids
    if hasattr(ids, "combine_chunks"):
        ids = ids.chunk(0) if ids.num_chunks == 1 else ids.combine_chunks()
    if str(ids.type) != "int64" or ids.null_count != 0 or not hasattr(ids, "buffers"):
        return None
    memory = memoryview(ids.buffers()[1] or b"")
    return memory[ids.offset * 8 : (ids.offset + len(ids)) * 8].cast("q")


def _view(ids: Any) -> Union[memoryview, None]:
    """A view of memory that holds 64-bit integers one after the other."""
    if isinstance(ids, (list, str, bytes)) or hasattr(ids, "filled"):  # a masked array's memory has all entries
        return None
    try:
        view = memoryview(ids)
    except (TypeError, ValueError, BufferError):
        return None
    plain = view.ndim == 1 and view.c_contiguous and view.itemsize == 8
    return view if plain and view.format in ("q", "l") else None


def _copy(ids: Any, of_rows: bool) -> array[int]:
    items = list(listed(ids, "ids"))
    if set(map(type, items)) <= {int}:
        try:
            return array("q", items)
        except OverflowError:
            pass  # the loop below says where
    return array("q", [_one(item, at, of_rows) for at, item in enumerate(items)])


def _one(item: Any, at: int, of_rows: bool) -> int:
    where = _where("ids", at, of_rows)
    try:
        # bool is an int to Python, and numpy's was an index for long.
        if is_bool(item):
            raise TypeError
        id = operator.index(item)
    except TypeError:
        raise InvalidType(f"{where} is {described(item)}; {hint(item, False, of_rows)}") from None
    if not -(2**63) <= id < 2**63:
        raise InvalidArgument(f"{where} does not fit into 64 bits; use an id of User.com")
    return id


class _Buffer(ctypes.Structure):
    """Py_buffer of Python's C interface: the only way to the address of memory that is read-only."""

    _fields_ = [
        ("buf", ctypes.c_void_p), ("obj", ctypes.c_void_p), ("len", ctypes.c_ssize_t),
        ("itemsize", ctypes.c_ssize_t), ("readonly", ctypes.c_int), ("ndim", ctypes.c_int),
        ("format", ctypes.c_void_p), ("shape", ctypes.c_void_p), ("strides", ctypes.c_void_p),
        ("suboffsets", ctypes.c_void_p), ("internal", ctypes.c_void_p),
    ]  # fmt: skip


_get_buffer = ctypes.pythonapi.PyObject_GetBuffer
_get_buffer.restype, _get_buffer.argtypes = ctypes.c_int, [ctypes.py_object, ctypes.POINTER(_Buffer), ctypes.c_int]
_release_buffer = ctypes.pythonapi.PyBuffer_Release
_release_buffer.restype, _release_buffer.argtypes = None, [ctypes.POINTER(_Buffer)]


def _address(view: memoryview) -> int:
    """The address of a view's memory. It is valid as long as the view exists."""
    buffer = _Buffer()
    _get_buffer(view, ctypes.byref(buffer), 0)
    try:
        return buffer.buf or 0
    finally:
        _release_buffer(ctypes.byref(buffer))
