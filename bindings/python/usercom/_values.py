"""The values of attributes as JSON text, and texts as the library takes them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime, timezone
from decimal import Decimal
from typing import Any, SupportsFloat, Union

from ._errors import InvalidType
from ._exceptions import InvalidArgument


@dataclass(frozen=True)
class Json:
    """A value that is JSON text already. It is sent as written, to the byte: `Json("1e3")`, `Json("0.10")`."""

    text: str


# SupportsFloat is there for int, float, Decimal and the scalars of numpy.
Value = Union[None, bool, str, SupportsFloat, date, Json, "list[Any]", "tuple[Any, ...]", "dict[str, Any]"]


def to_json(value: object, name: str = "value") -> str:
    """The JSON text of a value. Raises InvalidArgument, starting with `name`, for what has none."""
    try:
        return _encode(value, name)
    except RecursionError:
        problem = "is nested too deeply, or holds itself"
    except ValueError as error:
        if isinstance(error, InvalidArgument):
            raise
        problem = str(error)  # an int of more digits than Python writes out
    raise InvalidArgument(f"{name}: {problem}")


def _encode(value: object, name: str) -> str:
    if value is None:
        return "null"
    if isinstance(value, Json):
        if not isinstance(value.text, str):
            raise InvalidType(f"{name}: Json takes a str, not {kind_of(value.text)}")
        return value.text
    if isinstance(value, bool):  # before int, which a bool is, too
        return "true" if value else "false"
    if isinstance(value, int):
        return int.__repr__(value)
    if isinstance(value, float):
        return _number(float.__repr__(value), value, name)
    if isinstance(value, Decimal):
        return _number(str(value), value, name)
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, datetime):  # before date, which a datetime is, too
        return f'"{_moment(value, name)}"'
    if isinstance(value, date):
        return f'"{value.isoformat()}"'
    if isinstance(value, (list, tuple)):
        return "[" + ",".join([_encode(item, name) for item in value]) + "]"
    if isinstance(value, dict):
        return "{" + ",".join([f"{_key(key, name)}:{_encode(item, name)}" for key, item in value.items()]) + "}"
    if type(value).__module__ == "numpy":
        return _numpy(value, name)
    raise InvalidType(
        f"{name}: {kind_of(value)} can't be sent; use bool, int, float, Decimal, str, date, datetime, list or dict"
    )


def kind_of(value: object) -> str:
    """The type of a value, for messages."""
    return f"a {type(value).__name__}"


def _number(text: str, value: SupportsFloat, name: str) -> str:
    # A signalling NaN can't even be made a float.
    if text.lower().lstrip("-").startswith(("nan", "snan", "inf")):
        raise InvalidArgument(f"{name}: {text} does not exist in JSON; send a number or leave the ids out")
    return text


def _moment(value: datetime, name: str) -> str:
    if value != value:
        raise InvalidArgument(f"{name}: {value} is no moment; leave the ids out")
    if value.utcoffset() is None:
        raise InvalidArgument(
            f"{name}: the datetime {value} has no time zone; say which it is with "
            "value.replace(tzinfo=timezone.utc) or, for local time, value.astimezone()"
        )
    try:
        utc = value.astimezone(timezone.utc)
    except OverflowError:
        raise InvalidArgument(f"{name}: {value} is outside the years 1 to 9999 in UTC") from None
    unit = "seconds" if utc.microsecond == 0 else "microseconds" if utc.microsecond % 1000 else "milliseconds"
    return datetime.isoformat(utc.replace(tzinfo=None), timespec=unit) + "Z"


def _key(key: object, name: str) -> str:
    if not isinstance(key, str):
        raise InvalidType(f"{name}: a key of the dict is {kind_of(key)}; JSON has only text for keys")
    return json.dumps(key, ensure_ascii=False)


def _numpy(value: Any, name: str) -> str:
    """A scalar of numpy, without importing numpy."""
    if getattr(value, "ndim", None) != 0:
        raise InvalidType(f"{name}: a numpy array can't be sent; use .tolist() if a list is meant")
    if value.dtype.kind == "f":
        # A float32 knows the short text that stands for it: 0.1, not 0.10000000149011612.
        return _number(str(value), value, name)
    plain = value.item()
    if value.dtype.kind in "biu" or (value.dtype.kind == "M" and type(plain) is date):
        return _encode(plain, name)
    raise InvalidType(
        f"{name}: numpy's {value.dtype} can't be sent; a moment needs a time zone: use an aware datetime"
    )


def text(name: str, value: object) -> bytes:
    """A text for the library: UTF-8 without a NUL, which would end it. Messages never hold the text."""
    if not isinstance(value, str):
        raise InvalidType(f"{name}: is {kind_of(value)}; use a str")
    try:
        encoded, problem = value.encode(), ""
    except UnicodeEncodeError as error:
        problem = f"character {error.start + 1} is half of a surrogate pair, which can't be written in UTF-8"
    else:
        at = encoded.find(b"\0")
        if at >= 0:
            problem = f"has a NUL character after {len(encoded[:at].decode())} others; take it out"
    if problem:  # outside of the handler: the error that was caught holds the text
        raise InvalidArgument(f"{name}: {problem}")
    return encoded
