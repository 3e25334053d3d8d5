"""The values of attributes as JSON text, and texts as the library takes them."""

from __future__ import annotations

import collections
import dataclasses
import enum
import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, SupportsFloat, Union

from ._dates import date_text, numpy_date
from ._errors import InvalidType
from ._exceptions import InvalidArgument
from ._kinds import is_column, is_missing, is_table, kind_of


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


def _encode(value: Any, name: str) -> str:
    if value is None:
        return "null"
    if isinstance(value, Json):
        if not isinstance(value.text, str):
            raise InvalidType(f"{name}: Json takes a str, not {kind_of(value.text)}")
        return value.text
    if isinstance(value, bool):  # before int, which a bool is, too
        return "true" if value else "false"
    # The methods of the base class: an enum, for one, writes itself in another way.
    if isinstance(value, int):
        return int.__repr__(value)
    if isinstance(value, float):
        return _float(float.__repr__(value), name)
    if isinstance(value, Decimal):
        return _finite(Decimal.__str__(value), name)
    if isinstance(value, str):
        return _string(value, name)
    if isinstance(value, date):
        return date_text(value, name)
    if isinstance(value, (list, tuple)):
        return "[" + ",".join([_encode(item, name) for item in value]) + "]"
    if isinstance(value, dict):
        return "{" + ",".join([f"{_key(key, name)}:{_encode(item, name)}" for key, item in value.items()]) + "}"
    if type(value).__module__ == "numpy" and getattr(value, "ndim", None) == 0 and value.dtype.kind in "biufM":
        return _numpy(value, name)
    if is_missing(value):
        raise InvalidType(f"{name}: {value!r} is a missing value; leave the ids out, or give None for null")
    use = "use bool, int, float, Decimal, str, date, datetime, list or dict"
    raise InvalidType(f"{name}: {kind_of(value)} can't be sent; {use}{_instead(value)}")


def _instead(value: Any) -> str:
    """What to write for a value of a type that can't be sent."""
    for fits, code in (
        (isinstance(value, enum.Enum), "value.value"),
        (isinstance(value, (bytes, bytearray)), "value.decode()"),
        (isinstance(value, (set, frozenset)), "sorted(value)"),
        (isinstance(value, timedelta), "value.total_seconds()"),
        (isinstance(value, Mapping), "dict(value)"),
        (dataclasses.is_dataclass(value), "dataclasses.asdict(value)"),
        (hasattr(value, "as_py"), "value.as_py()"),
        (hasattr(value, "to_pylist"), "value.to_pylist()"),
        (is_table(value) or is_column(value), "Client.mass_update_rows with zip(ids, values)"),
        (hasattr(value, "tolist"), "value.tolist()"),
        (hasattr(value, "to_list"), "value.to_list()"),
        (isinstance(value, (uuid.UUID, collections.UserString)), "str(value)"),
        (hasattr(type(value), "__iter__"), "list(value)"),
    ):
        if fits:
            return f", here {code}"
    return ""


def _float(text: str, name: str) -> str:
    """A float as the library's own language writes it, so that it is the same bytes from every language."""
    text = _finite(text, name)
    digits, exponent, power = text.partition("e-")
    if not exponent:
        return text
    if int(power) > 5:
        return f"{digits}e-{int(power)}"
    sign, digits = ("-", digits[1:]) if digits.startswith("-") else ("", digits)
    return f"{sign}0.{'0' * (int(power) - 1)}{digits.replace('.', '')}"


def _finite(text: str, name: str) -> str:
    if text.lower().lstrip("-").startswith(("nan", "snan", "inf")):
        raise InvalidArgument(f"{name}: {text} does not exist in JSON; send a number or leave the ids out")
    return text


def _string(value: str, name: str) -> str:
    utf8(name, value)
    return json.dumps(value, ensure_ascii=False)


def _key(key: object, name: str) -> str:
    if not isinstance(key, str):
        raise InvalidType(f"{name}: a key of the dict is {kind_of(key)}; JSON has only text for keys")
    return _string(key, name)


def _numpy(value: Any, name: str) -> str:
    """A scalar of numpy, without importing numpy."""
    if value.dtype.kind == "f":
        # A float32 knows the short text that stands for it: 0.1, not 0.10000000149011612. A longdouble has more digits
        # than a float.
        return _float(str(value) if value.dtype.itemsize > 8 else float.__repr__(float(str(value))), name)
    if value.dtype.kind == "M":
        return numpy_date(value, name)
    return _encode(value.item(), name)


def utf8(name: str, value: str) -> bytes:
    """A text as UTF-8. Messages never hold the text."""
    try:
        return str.encode(value)
    except UnicodeEncodeError as error:
        problem = f"character {error.start + 1} is half of a surrogate pair, which can't be written in UTF-8"
    # Outside of the handler: the error that was caught holds the text.
    raise InvalidArgument(f"{name}: {problem}")


def text(name: str, value: object) -> bytes:
    """A text for the library: UTF-8 without a NUL, which would end it. Messages never hold the text."""
    if not isinstance(value, str):
        unset = "; is the environment variable set?" if value is None and name in ("subdomain", "token") else ""
        raise InvalidType(f"{name}: is {kind_of(value)}; use a str{unset}")
    encoded = utf8(name, value)
    at = encoded.find(b"\0")
    if at >= 0:
        raise InvalidArgument(f"{name}: has a NUL character after {len(encoded[:at].decode())} others; take it out")
    return encoded
