"""Ids of every kind as an array for the library, without a copy where that is possible."""

from __future__ import annotations

import ctypes
import operator
from array import array
from collections.abc import Iterable, Sequence
from typing import Any, SupportsIndex, Union

from ._errors import InvalidType
from ._exceptions import InvalidArgument
from ._values import text

Ids = Union[Iterable[SupportsIndex], Iterable[int]]


class IdArray:
    """Ids as the library takes them. `ids` is what they are in Python and keeps the memory alive."""

    def __init__(self, ids: Sequence[Any], first: Any, custom: bool) -> None:
        self.ids = ids
        self.first = first
        self.custom = custom


def numeric(ids: Ids) -> IdArray:
    """User.com's own ids. Memory that holds 64-bit integers is not copied: a numpy array of int64, an
    array.array("q"), an Arrow array of int64 without nulls."""
    view = _view(_arrow(ids))
    if view is None:
        view = memoryview(_copy(ids))
    address = _address(view)
    if address % ctypes.alignment(ctypes.c_int64) != 0:
        view = memoryview(array("q", view.tolist()))
        address = _address(view)
    return IdArray(view, address, custom=False)


def custom(ids: Iterable[str]) -> IdArray:
    """The customer's own ids."""
    items = _list(ids, "custom_ids")
    encoded = [text(f"custom_ids: the id at position {at} (counted from 0)", item) for at, item in enumerate(items)]
    return IdArray(items, (ctypes.c_char_p * len(encoded))(*encoded), custom=True)


def _arrow(ids: Any) -> Any:
    """The memory of an Arrow array of int64, if that is what it is."""
    if not (hasattr(ids, "null_count") and hasattr(ids, "to_pylist")):
        return ids
    if hasattr(ids, "combine_chunks"):
        ids = ids.chunk(0) if ids.num_chunks == 1 else ids.combine_chunks()
    if str(ids.type) != "int64" or ids.null_count != 0 or not hasattr(ids, "buffers"):
        return ids.to_pylist()
    memory = memoryview(ids.buffers()[1] or b"")
    return memory[ids.offset * 8 : (ids.offset + len(ids)) * 8].cast("q")


def _view(ids: Any) -> Union[memoryview, None]:
    """A view of memory that holds 64-bit integers one after the other."""
    if isinstance(ids, (list, str, bytes, bytearray)):
        return None
    try:
        view = memoryview(ids)
    except (TypeError, ValueError, BufferError):
        return None
    plain = view.ndim == 1 and view.c_contiguous and view.itemsize == 8
    return view if plain and view.format in ("q", "l") else None


def _list(ids: Any, name: str) -> list[Any]:
    if isinstance(ids, (str, bytes, bytearray)):
        raise InvalidType(f"{name}: is a {type(ids).__name__}; use a list, also for a single id")
    try:
        iterator = iter(ids)
    except TypeError:
        raise InvalidType(f"{name}: is a {type(ids).__name__}; use a list, also for a single id") from None
    return list(iterator)


def _copy(ids: Any) -> array[int]:
    items = _list(_arrow(ids), "ids")
    if set(map(type, items)) <= {int}:
        try:
            return array("q", items)
        except OverflowError:
            pass  # the loop below says where
    return array("q", [_one(item, at) for at, item in enumerate(items)])


def _one(item: Any, at: int) -> int:
    where = f"ids: the id at position {at} (counted from 0)"
    try:
        # bool is an int to Python, and numpy's was an index for long.
        if type(item).__name__ in ("bool", "bool_"):
            raise TypeError
        id = operator.index(item)
    except TypeError:
        shown = repr(item)
        shown = shown if len(shown) <= 50 else shown[:50] + "…"
        hint = "; own ids go to the methods that end in custom_ids" if isinstance(item, str) else ""
        raise InvalidType(f"{where} is {shown}, a {type(item).__name__}; use int{hint}") from None
    if not -(2**63) <= id < 2**63:
        raise InvalidArgument(f"{where} does not fit into 64 bits")
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
