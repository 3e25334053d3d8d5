"""Sets any option by its name. What Python has for its kind becomes what the library takes."""

from __future__ import annotations

import difflib
import json
import math
import operator
import os
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Callable, SupportsFloat

from ._errors import InvalidType, error_of
from ._exceptions import InvalidArgument
from ._generated import Status
from ._kinds import is_bool, kind_of
from ._library import lib, text_of
from ._values import text


def set_options(
    prefix: str, handle: int, known: Mapping[str, tuple[str, str]], whose: str, options: Mapping[str, object]
) -> None:
    """Sets options through the functions whose names start with `prefix`. None is the default.

    Raises InvalidType for a name that is not in `known`, which has the C name and the kind of each option.
    """
    for name, value in options.items():
        if name not in known:
            similar = difflib.get_close_matches(name, known, n=1)
            hint = f"; did you mean {similar[0]}?" if similar else f"; the options are {', '.join(known)}"
            raise InvalidType(f"{name}: is not an option of {whose}{hint}")
        if value is None:
            continue
        c_name, kind = known[name]
        if kind == "path":  # a path may be any bytes, which JSON can't hold
            status = getattr(lib, f"{prefix}_set_{c_name}")(handle, path(name, value))
        else:
            json_value = json.dumps(_CONVERSIONS[kind](name, value)).encode()
            status = getattr(lib, f"{prefix}_set")(handle, c_name.encode(), json_value)
        if status != Status.OK:
            message = text_of(lib.uc_last_error())
            raise error_of(status, name + message[len(c_name) :] if message.startswith(f"{c_name}:") else message)


def path(name: str, value: Any) -> bytes:
    try:
        encoded = os.fsencode(value)
    except TypeError:
        raise InvalidType(f"{name}: is {kind_of(value)}; use a path") from None
    except UnicodeEncodeError as error:
        problem = f"character {error.start + 1} can't be written in the encoding of file names"
        raise InvalidArgument(f"{name}: {problem}") from None
    if b"\0" in encoded:
        raise InvalidArgument(f"{name}: has a NUL character; take it out")
    return encoded


def flag(name: str, value: Any) -> bool:
    if not is_bool(value):
        raise InvalidType(f"{name}: is {kind_of(value)}; use True or False")
    return bool(value)


def count(name: str, value: Any, bits: int = 64) -> int:
    """A whole number. The library knows the bounds of the option."""
    try:
        if is_bool(value):  # an index to Python
            raise TypeError
        number = operator.index(value)
    except TypeError:
        raise InvalidType(f"{name}: is {kind_of(value)}; use a whole number") from None
    if not 0 <= number < 2**bits:
        raise InvalidArgument(f"{name}: is {number}; use a number from 0 to {2**bits - 1}")
    return number


def real(name: str, value: object) -> float:
    """A finite number from 0 on."""
    try:
        if is_bool(value) or not isinstance(value, SupportsFloat):  # float itself would read a str
            raise TypeError
        number = float(value)
    except TypeError:
        raise InvalidType(f"{name}: is {kind_of(value)}; use a number") from None
    except (ValueError, OverflowError):
        raise InvalidArgument(f"{name}: is {kind_of(value)} that does not fit; use a smaller number") from None
    if not 0 <= number < math.inf:
        raise InvalidArgument(f"{name}: is {number}; use a number that is not negative")
    return number


# In milliseconds this fits into 64 bits, with a digit to spare for the rounding of floats.
_MAX_SECONDS = 10**15


def milliseconds(name: str, value: object) -> int:
    """A time as whole milliseconds, rounded up: a short time never becomes 0."""
    number = real(name, value.total_seconds() if isinstance(value, timedelta) else value)
    if number == 0:
        raise InvalidArgument(f"{name}: is 0 seconds; use more, or None for the default")
    if number > _MAX_SECONDS:
        raise InvalidArgument(f"{name}: is {number:g} seconds; use at most {_MAX_SECONDS}")
    return count(name, math.ceil(number * 1000))


def rate(name: str, value: Any) -> dict[str, int]:
    """Requests, and the milliseconds in which they may be sent."""
    if isinstance(value, tuple):
        if len(value) != 2:
            raise InvalidType(f"{name}: use a pair of requests and seconds, or requests per second")
        return {"requests": count(name, value[0], 32), "per_ms": milliseconds(name, value[1])}
    per_second = real(name, value)
    # Requests are spaced evenly, so 1,000 s say the same as 1 s, with three more digits.
    # The library names the bounds, of what is beyond 32 bits, too.
    requests = max(round(min(per_second * 1000, 2**32 - 1)), int(per_second > 0))
    return {"requests": requests, "per_ms": 1_000_000}


_CONVERSIONS: dict[str, Callable[[str, Any], object]] = {
    "text": lambda name, value: text(name, value).decode(),
    "flag": flag,
    "count": count,
    "time": milliseconds,
    "rate": rate,
}
