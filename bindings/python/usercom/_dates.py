"""Dates and moments as JSON text: of the standard library, of pandas, and of numpy."""

from __future__ import annotations

from datetime import date, datetime, timezone
from typing import Any

from ._errors import InvalidType
from ._exceptions import InvalidArgument
from ._kinds import is_missing


def date_text(value: date, name: str) -> str:
    """A date as YYYY-MM-DD, a datetime as RFC 3339 in UTC. Raises InvalidArgument for one without a time zone."""
    if isinstance(value, datetime):  # before date, which a datetime is, too
        return f'"{_moment(value, name)}"'
    return f'"{date.isoformat(value)}"'


def numpy_date(value: Any, name: str) -> str:
    """A datetime64 that is a day. Others have no time zone, or are a whole month or year."""
    plain = value.item()
    if plain is None:
        raise InvalidArgument(f"{name}: NaT is a missing value; leave the ids out")
    if value.dtype.str[1:] == "M8[D]" and type(plain) is date:
        return date_text(plain, name)
    if isinstance(plain, date) and not isinstance(plain, datetime):
        use = f"use a date, or text such as {str(value)!r}"
        raise InvalidType(f"{name}: numpy's {value.dtype} {value} is no day; {use}")
    raise InvalidType(
        f"{name}: numpy's {value.dtype} can't be sent, because it has no time zone; "
        'use an aware datetime, with pandas: Timestamp(value, tz="UTC")'
    )


def _moment(value: datetime, name: str) -> str:
    if is_missing(value):  # pandas' NaT is a datetime
        raise InvalidArgument(f"{name}: {value} is no moment; leave the ids out")
    if value.utcoffset() is None:
        raise InvalidArgument(
            f"{name}: the {type(value).__name__} {value} has no time zone; say which it is with "
            "value.replace(tzinfo=timezone.utc) or, for local time, value.astimezone()"
        )
    try:
        utc = value.astimezone(timezone.utc).replace(tzinfo=None)
    except (OverflowError, ValueError):
        utc = None
    if utc is None or not 1 <= utc.year <= 9999:
        raise InvalidArgument(f"{name}: {value} is outside the years 1 to 9999 in UTC")
    unit = "seconds" if utc.microsecond == 0 else "microseconds" if utc.microsecond % 1000 else "milliseconds"
    nanosecond = getattr(utc, "nanosecond", 0)  # pandas has them
    if nanosecond:
        return f"{datetime.isoformat(utc, timespec='microseconds')}{nanosecond:03}Z"
    return datetime.isoformat(utc, timespec=unit) + "Z"
