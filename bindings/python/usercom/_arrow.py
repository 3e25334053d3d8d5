"""Columns as streams of the Arrow C data interface: those that others give, and Python's own as one.

https://arrow.apache.org/docs/format/CDataInterface/PyCapsuleInterface.html. No package for Arrow is imported.
"""

from __future__ import annotations

import ctypes
import struct
from collections.abc import Sequence
from ctypes import POINTER, c_char_p, c_int, c_int64, c_void_p
from typing import Any, NamedTuple, Optional


class _Schema(ctypes.Structure):
    _fields_ = [
        ("format", c_char_p), ("name", c_char_p), ("metadata", c_char_p), ("flags", c_int64), ("n_children", c_int64),
        ("children", c_void_p), ("dictionary", c_void_p), ("release", c_void_p), ("private_data", c_void_p),
    ]  # fmt: skip


class _Array(ctypes.Structure):
    _fields_ = [
        ("length", c_int64), ("null_count", c_int64), ("offset", c_int64), ("n_buffers", c_int64),
        ("n_children", c_int64), ("buffers", c_void_p), ("children", c_void_p), ("dictionary", c_void_p),
        ("release", c_void_p), ("private_data", c_void_p),
    ]  # fmt: skip


class _Stream(ctypes.Structure):
    _fields_ = [
        ("get_schema", c_void_p), ("get_next", c_void_p), ("get_last_error", c_void_p), ("release", c_void_p),
        ("private_data", c_void_p),
    ]  # fmt: skip


_GIVE = ctypes.CFUNCTYPE(c_int, c_void_p, c_void_p)
_RELEASE = ctypes.CFUNCTYPE(None, c_void_p)


def _address(of: Any) -> int:
    return ctypes.cast(of, c_void_p).value or 0


def _release(kind: Any) -> Any:
    """A function for C that releases a structure of this kind, which is all: the memory is Python's."""

    def release(structure: int) -> None:
        kind.from_address(structure).release = None

    return _RELEASE(release)


_release_schema, _release_array, _release_stream = map(_release, (_Schema, _Array, _Stream))


class Column(NamedTuple):
    """A column in the memory of Python objects."""

    format: bytes
    length: int
    buffers: Sequence[Optional[int]]  # addresses; the first is that of the bits that say what is not missing
    keeps: Any  # what owns the memory
    missing: int = 0
    dictionary: Optional[Column] = None
    metadata: Optional[bytes] = None

    @property
    def first(self) -> Optional[int]:
        return self.buffers[1]


class Field(NamedTuple):
    """What the schema says of a column."""

    name: str
    format: str  # of the dictionary's values if there is one


class Stream:
    """A stream for the library, which moves it out of here and releases it."""

    def __init__(self, address: int, fields: list[Field], keeps: Any) -> None:
        self.address = address
        self.fields = fields
        self._keeps = keeps


def stream_of_columns(columns: Sequence[Column]) -> Stream:
    """A stream of one batch. One column is the batch itself."""
    keeps: list[Any] = [columns]
    if len(columns) == 1:
        schema, array = _exported(columns[0], keeps)
    else:
        schemas, arrays = zip(*[_exported(column, keeps) for column in columns])
        parts = [
            (POINTER(kind) * len(columns))(*map(ctypes.pointer, parts))
            for kind, parts in ((_Schema, schemas), (_Array, arrays))
        ]
        none = (c_void_p * 1)()
        keeps += [schemas, arrays, parts, none]
        schema = _Schema(b"+s", b"", None, 0, len(columns), _address(parts[0]), None, _address(_release_schema))
        array = _Array(
            columns[0].length, 0, 0, 1, len(columns), _address(none), _address(parts[1]), None, _address(_release_array)
        )
    return _stream(schema, array, [], keeps)


def _exported(column: Column, keeps: list[Any]) -> tuple[_Schema, _Array]:
    buffers = (c_void_p * len(column.buffers))(*column.buffers)
    schema = _Schema(column.format, b"", column.metadata, 2, 0, None, None, _address(_release_schema))
    array = _Array(
        column.length, column.missing, 0, len(buffers), 0, _address(buffers), None, None, _address(_release_array)
    )
    if column.dictionary is not None:
        of_values, values = _exported(column.dictionary, keeps)
        schema.dictionary, array.dictionary = ctypes.addressof(of_values), ctypes.addressof(values)
        keeps += [of_values, values]
    keeps += [buffers, schema, array]
    return schema, array


def _stream(schema: _Schema, array: _Array, fields: list[Field], keeps: Any) -> Stream:
    """A stream that gives this schema and this array, each once, by moving them."""

    def move(source: Any, target: int) -> int:
        ctypes.memmove(target, ctypes.addressof(source), ctypes.sizeof(source))
        source.release = None
        return 0

    get_schema = _GIVE(lambda _stream, out: move(schema, out))
    get_next = _GIVE(lambda _stream, out: move(array, out))  # the second time, a released one: the end
    stream = _Stream(_address(get_schema), _address(get_next), None, _address(_release_stream))
    return Stream(ctypes.addressof(stream), fields, (stream, get_schema, get_next, keeps))


# The name of an extension type says that the texts are JSON.
def _metadata(**pairs: str) -> bytes:
    texts = [text.encode() for pair in pairs.items() for text in pair]
    return struct.pack("=i", len(pairs)) + b"".join(struct.pack("=i", len(text)) + text for text in texts)


JSON = _metadata(**{"ARROW:extension:name": "arrow.json", "ARROW:extension:metadata": ""})

_pointer_of = ctypes.pythonapi.PyCapsule_GetPointer
_pointer_of.restype, _pointer_of.argtypes = c_void_p, [ctypes.py_object, c_char_p]


def has_stream(given: Any) -> bool:
    """Whether it can give its columns as a stream of Arrow, at least by its type."""
    return hasattr(type(given), "__arrow_c_stream__") or hasattr(type(given), "__arrow_c_array__")


def stream_of(given: Any) -> Stream:
    """The stream of what has one. Raises what the producer raises."""
    if hasattr(type(given), "__arrow_c_stream__"):
        capsule = given.__arrow_c_stream__()
        address = _pointer_of(capsule, b"arrow_array_stream")
        stream, schema = _Stream.from_address(address), _Schema()
        if _GIVE(stream.get_schema)(address, ctypes.addressof(schema)) != 0:
            return Stream(address, [], capsule)  # the library asks again, and says what is wrong
        try:
            return Stream(address, _fields(schema), capsule)
        finally:
            if schema.release:
                _RELEASE(schema.release)(ctypes.addressof(schema))
    of_schema, of_array = capsules = given.__arrow_c_array__()
    schema = _Schema.from_address(_pointer_of(of_schema, b"arrow_schema"))
    array = _Array.from_address(_pointer_of(of_array, b"arrow_array"))
    return _stream(schema, array, _fields(schema), capsules)


def _fields(schema: _Schema) -> list[Field]:
    if schema.format != b"+s":
        return [_field(schema)]
    children = (c_void_p * schema.n_children).from_address(schema.children) if schema.n_children else ()
    return [_field(_Schema.from_address(child)) for child in children if child]


def _field(schema: _Schema) -> Field:
    of_values = _Schema.from_address(schema.dictionary) if schema.dictionary else schema
    return Field((schema.name or b"").decode(errors="replace"), (of_values.format or b"").decode(errors="replace"))
