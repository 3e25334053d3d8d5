"""Ids of every kind as a column for the library, without a copy where that is possible."""

from __future__ import annotations

import ctypes
import itertools
import operator
import sys
from array import array
from collections.abc import Iterable, Sequence
from typing import Any, Optional, SupportsIndex, Union

from ._arrow import Column, Stream, has_stream, stream_of
from ._errors import InvalidType
from ._exceptions import InvalidArgument
from ._input import hint, listed, table_of_ids
from ._kinds import described, is_bool, is_column, is_missing, is_text, kind_of, plain_column
from ._missing import Missing, bits
from ._values import text

Ids = Union[Iterable[SupportsIndex], Iterable[int], Iterable[str]]

# What memory and Arrow call the types of numbers that ids may have: those of floats only if `na` is given.
_NATIVE = {"b": b"c", "B": b"C", "h": b"s", "H": b"S", "i": b"i", "I": b"I", "q": b"l", "Q": b"L"}
_FLOATS = {"f": b"f", "d": b"g"}
_INTEGERS = frozenset("cCsSiIlL")
_TEXTS = frozenset(["u", "U", "vu"])


def taken(ids: Any, custom: bool, na: Missing) -> Union[Column, Stream]:
    """The ids of a call with one value."""
    name = "custom_ids" if custom else "ids"
    given = table_of_ids(ids, name)
    if not custom:
        view = _view(_memory(given), na)
        if view is not None:
            return _of_memory(*view)
    if has_stream(given) and not plain_column(given):
        stream = _stream(given, custom, na)
        if stream is not None:
            return stream
    return of_list(list(listed(given, name)), custom, na, of_rows=False)


def accepts(format: str, custom: bool, na: Missing) -> bool:
    """Whether the library takes a column of this type of Arrow as ids of this kind."""
    return format in _TEXTS if custom else format in _INTEGERS or (na is not None and format in ("f", "g"))


def _stream(given: Any, custom: bool, na: Missing) -> Optional[Stream]:
    """None for what has to be looked at one by one, to say what is wrong with it."""
    name = "custom_ids" if custom else "ids"
    try:
        stream = stream_of(given)
    except ImportError:  # pandas without pyarrow
        return None
    if len(stream.fields) > 1:
        names = ", ".join(field.name for field in stream.fields[:5])
        raise InvalidType(f"{name}: is {kind_of(given)} with the columns {names}; select one of them")
    if not stream.fields or accepts(stream.fields[0].format, custom, na):
        return stream
    if is_column(given) or hasattr(given, "to_pylist"):
        return None
    raise InvalidType(f"{name}: is {kind_of(given)} with ids of another type; {another_type(custom, False)}")


def another_type(custom: bool, of_rows: bool) -> str:
    """What to do about a column that has ids of the other kind, most likely."""
    return hint(0 if custom else "", custom, of_rows)


def of_list(items: Sequence[Any], custom: bool, na: Missing, of_rows: bool) -> Column:
    """Ids that are Python objects. Raises InvalidArgument, with the position, for what is none."""
    return _texts(items, na, of_rows) if custom else _numbers(items, na, of_rows)


# ---- User.com's own ids ----


def _numbers(items: Sequence[Any], na: Missing, of_rows: bool) -> Column:
    if all(map(is_integer, set(map(type, items)))):
        try:
            return _of_memory(memoryview(array("q", items)), b"l")
        except OverflowError:
            pass  # the loop below says where
    present = bytearray(b"\1") * len(items)
    numbers = array("q", bytes(8 * len(items)))
    for at, item in enumerate(items):
        if na == "skip" and is_missing(item):
            present[at] = 0
        else:
            numbers[at] = _one(item, at, na, of_rows)
    return _of_memory(memoryview(numbers), b"l", present)


def is_integer(kind: type) -> bool:
    """int, and numpy's integers. A bool is neither, although it is an int to Python."""
    numpy = sys.modules.get("numpy")
    return kind is int or (numpy is not None and issubclass(kind, numpy.integer))


def _one(item: Any, at: int, na: Missing, of_rows: bool) -> int:
    where = _where("ids", at, of_rows)
    if na is not None and type(item).__name__.startswith("float") and float(item).is_integer():
        if abs(item) < 2**53:
            return int(item)
        raise InvalidArgument(f"{where} is {described(item)}; from 2^53 on floats are not exact")
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


def _where(name: str, at: int, of_rows: bool) -> str:
    return (f"rows: the id of row {at}" if of_rows else f"{name}: the id at position {at}") + " (counted from 0)"


def _memory(ids: Any) -> Any:
    """The memory of a Series of numbers, if that is what it is."""
    return ids.to_numpy() if plain_column(ids) and ids.dtype.kind in "iuf" else ids


def _view(ids: Any, na: Missing) -> Union[tuple[memoryview, bytes], None]:
    """A view of memory that holds numbers one after the other, and what Arrow calls their type."""
    if isinstance(ids, list) or is_text(ids) or hasattr(ids, "filled"):  # a masked array's memory has all entries
        return None
    try:
        view = memoryview(ids)
    except (TypeError, ValueError, BufferError):
        return None
    code = view.format.lstrip("@")
    code = {"l": "q", "L": "Q"}.get(code, code) if view.itemsize == 8 else {"l": "i", "L": "I"}.get(code, code)
    format = _NATIVE.get(code) or (_FLOATS.get(code) if na is not None else None)
    plain = view.ndim == 1 and view.c_contiguous
    return (view, format) if plain and format is not None and type(ids).__module__ != "mmap" else None


def _of_memory(view: memoryview, format: bytes, present: Union[bytes, bytearray] = b"") -> Column:
    valid, missing = bits(present)
    return Column(format, len(view), (address(valid), address(view)), (view, valid), missing)


# ---- the customer's own ids ----


def _texts(items: Sequence[Any], na: Missing, of_rows: bool) -> Column:
    present = bytearray()
    if not set(map(type, items)) <= {str}:
        present = bytearray(not (na == "skip" and is_missing(item)) for item in items)
        items = [_checked(item, at, of_rows) if present[at] else "" for at, item in enumerate(items)]
    joined = "".join(items)
    if "\n" in joined or "\r" in joined:
        for at, item in enumerate(items):
            if item.endswith(("\n", "\r")):
                where = _where("custom_ids", at, of_rows)
                raise InvalidArgument(f"{where}: ends with a line break; use line.strip()")
    if joined.isascii():
        return of_texts(joined.encode(), map(len, items), present)
    try:
        encoded = list(map(str.encode, items))
    except UnicodeEncodeError:
        encoded = [text(_where("custom_ids", at, of_rows), item) for at, item in enumerate(items)]
    return of_texts(b"".join(encoded), map(len, encoded), present)


def of_texts(data: bytes, lengths: Iterable[int], present: Union[bytes, bytearray] = b"") -> Column:
    """Texts one after the other, and how many bytes each has."""
    offsets = array("q", itertools.accumulate(lengths, initial=0))
    valid, missing = bits(present)
    return Column(
        b"U", len(offsets) - 1, (address(valid), address(offsets), address(data)), (data, offsets, valid), missing
    )


def _checked(item: Any, at: int, of_rows: bool) -> str:
    where = _where("custom_ids", at, of_rows)
    if not isinstance(item, str):
        raise InvalidType(f"{where}: is {kind_of(item)}; {hint(item, True, of_rows)}")
    text(where, item)
    return str.__str__(item)  # without what a subclass adds


# ---- addresses ----


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


def address(of: Any) -> Optional[int]:
    """The address of the memory of a view, an array or bytes. It is valid as long as that exists."""
    if of is None:
        return None
    buffer = _Buffer()
    _get_buffer(of, ctypes.byref(buffer), 0)
    try:
        return buffer.buf or 0
    finally:
        _release_buffer(ctypes.byref(buffer))
