"""Every kind of value, to the byte, in what the service received."""

from __future__ import annotations

import enum
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from conftest import Sandbox

import usercom

Level = enum.IntEnum("Level", "LOW HIGH")
EAST = timezone(timedelta(hours=2))


class Plan(str, enum.Enum):
    PRO = "pro"


ON_THE_WIRE = [
    (True, "true"),
    (False, "false"),
    (0, "0"),
    (-7, "-7"),
    (9007199254740993, "9007199254740993"),
    (10**30, "1000000000000000000000000000000"),
    (Level.HIGH, "2"),
    (0.1, "0.1"),
    (1.0, "1.0"),
    (-2.5e-9, "-2.5e-9"),
    (Decimal("0.10"), "0.10"),
    (Decimal("1E+3"), "1E+3"),
    (Decimal("123456789012345678901234567890.12"), "123456789012345678901234567890.12"),
    ("", '""'),
    ("pro", '"pro"'),
    ("007", '"007"'),
    ("true", '"true"'),
    (Plan.PRO, '"pro"'),
    ('"\\/\n\t', r'"\"\\/\n\t"'),
    ("a\0b", '"a\\u0000b"'),
    ("zażółć 👩‍💻", '"zażółć 👩‍💻"'),
    (date(2026, 11, 23), '"2026-11-23"'),
    (date(987, 1, 2), '"0987-01-02"'),
    (datetime(2026, 11, 23, 10, 0, tzinfo=timezone.utc), '"2026-11-23T10:00:00Z"'),
    (datetime(2026, 11, 24, 1, 30, tzinfo=EAST), '"2026-11-23T23:30:00Z"'),
    (datetime(2026, 11, 23, 10, 0, 0, 250000, tzinfo=timezone.utc), '"2026-11-23T10:00:00.250Z"'),
    (datetime(2026, 11, 23, 10, 0, 0, 1, tzinfo=timezone.utc), '"2026-11-23T10:00:00.000001Z"'),
    ([], "[]"),
    (["a", "b"], '["a","b"]'),
    (("a", 1, None), '["a",1,null]'),
    ({"k": [1, {"x": Decimal("0.10")}]}, '{"k":[1,{"x":0.10}]}'),
    (usercom.Json('{"a": 1e3,  "b": 0.10}'), '{"a": 1e3,  "b": 0.10}'),
    (np.int64(5), "5"),
    (np.uint64(2**63), "9223372036854775808"),
    (np.bool_(True), "true"),
    (np.float64(0.1), "0.1"),
    (np.float32(0.1), "0.1"),
    (np.str_("pro"), '"pro"'),
    (np.datetime64("2026-11-23"), '"2026-11-23"'),
]


@pytest.mark.parametrize("value, text", ON_THE_WIRE, ids=repr)
def test_on_the_wire(sandbox: Sandbox, client: usercom.Client, value: Any, text: str) -> None:
    assert client.mass_update([1], "v", value).status == usercom.Status.OK
    assert sandbox.requests()[0]["attribute"] == "v"
    assert sandbox.ledger("v") == {1: text}


def test_null_only_when_allowed(sandbox: Sandbox, client: usercom.Client) -> None:
    with pytest.raises(usercom.InvalidArgument, match="allow_null"):
        client.mass_update([1], "v", None)
    assert sandbox.requests() == []
    assert client.mass_update([1], "v", None, allow_null=True).confirmed == 1
    assert sandbox.ledger("v") == {1: "null"}


circle: list[Any] = []
circle.append(circle)

INVALID = [
    (float("nan"), ValueError, "nan does not exist in JSON"),
    (float("-inf"), ValueError, "-inf does not exist"),
    ([1.0, float("inf")], ValueError, "inf does not exist"),
    (Decimal("NaN"), ValueError, "NaN does not exist"),
    (Decimal("sNaN"), ValueError, "sNaN does not exist"),
    (Decimal("-Infinity"), ValueError, "-Infinity does not exist"),
    (np.float32("nan"), ValueError, "nan does not exist"),
    (usercom.Json("NaN"), ValueError, "do not exist in JSON"),
    (usercom.Json("pro"), ValueError, "quotes"),
    (usercom.Json("1 2"), ValueError, "not one JSON value"),
    (usercom.Json(""), ValueError, "is empty"),
    (usercom.Json('"a\0b"'), ValueError, "NUL character after 2 others"),
    (usercom.Json(b"1"), TypeError, "Json takes a str"),  # type: ignore[arg-type]
    ("a\ud800", ValueError, "surrogate"),
    ({"\udfff": 1}, ValueError, "surrogate"),
    ("x" * 70_000, ValueError, "65536"),
    (10**5000, ValueError, "digits"),
    (datetime(2026, 11, 23), ValueError, "no time zone.*replace.tzinfo=timezone.utc.*astimezone"),
    (datetime(1, 1, 1, tzinfo=EAST), ValueError, "years 1 to 9999"),
    (np.datetime64("2026-11-23T10:00"), TypeError, "time zone"),
    (np.datetime64(1, "ns"), TypeError, "time zone"),
    (np.array([1]), TypeError, "tolist"),
    (b"pro", TypeError, "a bytes can't be sent; use bool, int"),
    ({1, 2}, TypeError, "a set can't be sent"),
    (timedelta(1), TypeError, "a timedelta can't be sent"),
    (1j, TypeError, "a complex can't be sent"),
    ({1: 2}, TypeError, "key of the dict is a int"),
    (circle, ValueError, "holds itself"),
]


@pytest.mark.parametrize("value, kind, words", INVALID, ids=range(len(INVALID)))
def test_invalid(sandbox: Sandbox, client: usercom.Client, value: Any, kind: type[Exception], words: str) -> None:
    with pytest.raises(kind, match=f"value: .*{words}") as invalid:
        client.mass_update([1], "v", value)
    assert isinstance(invalid.value, usercom.InvalidArgument)
    assert invalid.value.status == usercom.Status.INVALID_ARGUMENT
    assert sandbox.requests() == []
