"""What becomes of missing values, and how a column says which they are."""

from __future__ import annotations

from typing import Literal, Optional, Union

from ._exceptions import InvalidArgument

Missing = Optional[Literal["error", "skip"]]


def checked(na: Missing) -> Missing:
    if na is not None and na not in ("error", "skip"):
        raise InvalidArgument('na: use "error" or "skip", or None')
    return na


def bits(present: Union[bytes, bytearray]) -> tuple[Optional[bytes], int]:
    """For a byte of 1 or 0 for each entry: the bits that say the same, and how many are 0. None if none is."""
    missing = present.count(0)
    if not missing:
        return None, 0
    # The first entry is the lowest bit, so the number is written from its end.
    number = int(bytes(present[::-1]).translate(_DIGITS), 2)
    return number.to_bytes((len(present) + 7) // 8, "little"), missing


_DIGITS = bytes([ord("0"), ord("1")]) + bytes(254)
