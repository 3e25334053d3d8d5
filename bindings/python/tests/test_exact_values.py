"""Numbers, moments and texts of every origin: sent exactly, or refused with what to do."""

from __future__ import annotations

import collections
import enum
import uuid
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal
from fractions import Fraction
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from conftest import Sandbox

import usercom
from usercom import _options, _values


class Level(enum.IntEnum):
    HIGH = 2


class Plan(str, enum.Enum):
    PRO = "pro"


class Price(Decimal, enum.Enum):
    LOW = "0.10"


class Rate(float, enum.Enum):
    LOW = 0.5


class Color(enum.Enum):
    RED = "red"


class Rights(enum.IntFlag):
    READ = 1
    WRITE = 2


class Text(str):
    def __str__(self) -> str:
        return "something else"


class Number(int):
    def __repr__(self) -> str:
        return "something else"


class Always(timezone.__base__):  # type: ignore[misc,name-defined]
    """A zone whose offset has seconds and microseconds."""

    def utcoffset(self, dt: Any) -> timedelta:
        return timedelta(hours=-1, seconds=-1, microseconds=-1)


WARSAW, KATHMANDU = ZoneInfo("Europe/Warsaw"), ZoneInfo("Asia/Kathmandu")

EXACT: list[tuple[Any, str]] = [
    (True, "true"),
    (1, "1"),
    (1.0, "1.0"),
    (Number(7), "7"),
    (2**63, "9223372036854775808"),
    (-(2**64) - 1, "-18446744073709551617"),
    (Level.HIGH, "2"),
    (Rights.READ | Rights.WRITE, "3"),
    (Rate.LOW, "0.5"),
    (Price.LOW, "0.10"),
    *[
        (kind(100), "100")
        for kind in (np.int8, np.int16, np.int32, np.int64, np.uint8, np.uint16, np.uint32, np.uint64)
    ],
    (np.int8(-128), "-128"),
    (np.uint64(2**64 - 1), "18446744073709551615"),
    (np.bool_(False), "false"),
    (np.float16(0.1), "0.1"),
    (np.float32(0.1), "0.1"),
    (np.float32(16777216), "16777216.0"),
    (np.float64(0.1), "0.1"),
    (np.longdouble("0.1"), "0.1"),
    (np.array(5), "5"),
    (0.1 + 0.2, "0.30000000000000004"),
    (-0.0, "-0.0"),
    (np.float32(-0.0), "-0.0"),
    (Decimal("-0"), "-0"),
    (Decimal("0.10"), "0.10"),
    (Decimal("1E-10"), "1E-10"),
    (date(1, 1, 1), '"0001-01-01"'),
    (pd.Timestamp("2026-11-23T10:00", tz="UTC"), '"2026-11-23T10:00:00Z"'),
    (pd.Timestamp("2026-11-23T10:00", tz="Europe/Warsaw"), '"2026-11-23T09:00:00Z"'),
    (pd.Timestamp("2026-11-23T10:00:00.123456789", tz="UTC"), '"2026-11-23T10:00:00.123456789Z"'),
    (pd.Timestamp("2026-11-23T10:00:00.000000001", tz="UTC"), '"2026-11-23T10:00:00.000000001Z"'),
    (pd.Timestamp("2026-11-23T10:00:00.250", tz="UTC"), '"2026-11-23T10:00:00.250Z"'),
    (pd.Timestamp("2026-11-23", tz="UTC").date(), '"2026-11-23"'),
    (datetime(2026, 11, 23, 10, tzinfo=KATHMANDU), '"2026-11-23T04:15:00Z"'),
    (datetime(1900, 1, 1, tzinfo=WARSAW), '"1899-12-31T22:36:00Z"'),
    (datetime(2026, 10, 25, 2, 30, tzinfo=WARSAW), '"2026-10-25T00:30:00Z"'),
    (datetime(2026, 10, 25, 2, 30, tzinfo=WARSAW, fold=1), '"2026-10-25T01:30:00Z"'),
    (datetime(2026, 11, 23, tzinfo=Always()), '"2026-11-23T01:00:01.000001Z"'),
    (datetime(9999, 12, 31, 23, 59, 59, 999999, tzinfo=timezone.utc), '"9999-12-31T23:59:59.999999Z"'),
    (np.datetime64("2026-11-23", "D"), '"2026-11-23"'),
    (Plan.PRO, '"pro"'),
    (Text("pro"), '"pro"'),
    (np.str_("pro"), '"pro"'),
    ("\U0001f600", '"😀"'),
    ({Plan.PRO: Text("x")}, '{"pro":"x"}'),
    ([Level.HIGH, np.float32(0.1), date(2026, 11, 23)], '[2,0.1,"2026-11-23"]'),
    (collections.OrderedDict(a=1), '{"a":1}'),
]


@pytest.mark.parametrize("value, text", EXACT, ids=repr)
def test_row_93_exact(sandbox: Sandbox, client: usercom.Client, value: Any, text: str) -> None:
    assert client.mass_update([1], "v", value).confirmed == 1
    assert sandbox.ledger("v") == {1: text}
    assert client.mass_update_rows([(1, value)], "w").confirmed == 1
    assert sandbox.ledger("w") == {1: text}


# What serde_json writes for the same floats: the same bytes go out from every language.
FLOATS = {
    1e15: "1000000000000000.0", 1e16: "1e+16", 1e21: "1e+21", 1e308: "1e+308", 1.2345678901234568e17: "1.2345678901234568e+17",
    1e-4: "0.0001", 1e-5: "0.00001", 1.5e-5: "0.000015", -1.25e-5: "-0.0000125", 1e-6: "1e-6", -2.5e-9: "-2.5e-9",
    1e-10: "1e-10", 5e-324: "5e-324", 2.0: "2.0", 1234567.0: "1234567.0", 9007199254740993.0: "9007199254740992.0",
}  # fmt: skip


@pytest.mark.parametrize("value, text", FLOATS.items())
def test_row_93_floats_as_the_other_languages_write_them(value: float, text: str) -> None:
    assert _values.to_json(value) == text and float(text) == value
    assert _values.to_json(np.float64(value)) == text
    if 1e-37 < abs(value) < 1e38:
        single = np.float32(value)
        written = _values.to_json(single)
        assert np.float32(written) == single and written == _values.to_json(float(written))


@dataclass
class User:
    id: int


REFUSED: list[tuple[Any, type[Exception], str]] = [
    (np.float16("inf"), ValueError, "inf does not exist in JSON; send a number or leave the ids out"),
    (np.longdouble("nan"), ValueError, "nan does not exist"),
    ({"a": [1, float("nan")]}, ValueError, "nan does not exist"),
    (pd.NA, TypeError, "<NA> is a missing value; leave the ids out, or give None for null"),
    (np.ma.masked, TypeError, "masked is a missing value; leave the ids out"),
    (pa.scalar(None), TypeError, "missing value; leave the ids out"),
    (pd.NaT, ValueError, "NaT is no moment; leave the ids out"),
    (np.datetime64("NaT"), ValueError, "NaT is a missing value; leave the ids out"),
    (np.datetime64("NaT", "D"), ValueError, "NaT is a missing value"),
    (datetime(2026, 11, 23), ValueError, "the datetime 2026-11-23 00:00:00 has no time zone; .*replace.*astimezone"),
    (
        pd.Timestamp("2026-11-23"),
        ValueError,
        "the Timestamp 2026-11-23 00:00:00 has no time zone; .*replace.*astimezone",
    ),
    ([datetime(2026, 11, 23)], ValueError, "has no time zone"),
    (
        np.datetime64("2026-11-23T10:00", "s"),
        TypeError,
        r"datetime64\[s\] can't be sent, because it has no time zone; .*tz=\"UTC\"",
    ),
    (np.datetime64("2026-11", "M"), TypeError, r"datetime64\[M\] 2026-11 is no day; use a date, or text"),
    (np.datetime64("2026", "Y"), TypeError, "is no day"),
    (np.datetime64("2026-11-23", "W"), TypeError, "is no day"),
    (np.datetime64("20000-01-01", "D"), TypeError, "can't be sent"),
    (np.timedelta64(5, "s"), TypeError, "a timedelta64 can't be sent"),
    (pd.Timedelta(5, "s"), TypeError, r"a Timedelta can't be sent; .*here value.total_seconds\(\)"),
    (pd.Period("2026-11"), TypeError, "a Period can't be sent"),
    (time(10, 0), TypeError, "a time can't be sent"),
    (datetime(9999, 12, 31, 23, tzinfo=timezone(timedelta(hours=-2))), ValueError, "years 1 to 9999"),
    ("\ud83d", ValueError, "character 1 is half of a surrogate pair"),
    (Text("ab\udc00"), ValueError, "character 3 is half of a surrogate pair"),
    ({"k\ud800": 1}, ValueError, "character 2 is half of a surrogate pair"),
    (Color.RED, TypeError, "a Color can't be sent; use bool, .*, here value.value$"),
    ({Color.RED: 1}, TypeError, "a key of the dict is a Color"),
    (b"pro", TypeError, r"a bytes can't be sent; .*, here value.decode\(\)$"),
    ({1, 2}, TypeError, r"a set can't be sent; .*, here sorted\(value\)$"),
    (timedelta(1), TypeError, r"here value.total_seconds\(\)$"),
    (MappingProxyType({}), TypeError, r"here dict\(value\)$"),
    (User(1), TypeError, r"here dataclasses.asdict\(value\)$"),
    (uuid.UUID(int=1), TypeError, r"here str\(value\)$"),
    (Fraction(1, 3), TypeError, "a Fraction can't be sent"),
    (range(3), TypeError, r"here list\(value\)$"),
    ((n for n in (1, 2)), TypeError, r"here list\(value\)$"),
    (np.array([1, 2]), TypeError, r"a ndarray can't be sent; .*here value.tolist\(\)$"),
    (np.array(["a"]), TypeError, "value.tolist"),
    (pd.Series([1, 2]), TypeError, "a Series can't be sent; .*here Client.mass_update_rows with zip"),
    (pl.Series([1, 2]), TypeError, "a Series can't be sent; .*here Client.mass_update_rows with zip"),
    (pd.DataFrame({"a": [1]}), TypeError, "a DataFrame can't be sent; .*here Client.mass_update_rows with zip"),
    (pa.array([1, 2]), TypeError, r"here value.to_pylist\(\)$"),
    (pa.scalar(5), TypeError, r"a Int64Scalar can't be sent; .*here value.as_py\(\)$"),
    (1j, TypeError, "a complex can't be sent"),
    (np.complex128(1), TypeError, "a complex128 can't be sent"),
    (object, TypeError, "a type can't be sent"),
]


@pytest.mark.parametrize("value, kind, words", REFUSED, ids=range(len(REFUSED)))
def test_row_93_refused(
    sandbox: Sandbox, client: usercom.Client, value: Any, kind: type[Exception], words: str
) -> None:
    with pytest.raises(kind, match=f"^value: .*{words}") as invalid:
        client.mass_update([1], "v", value)
    assert isinstance(invalid.value, usercom.InvalidArgument) and "\n" not in str(invalid.value)
    if not hasattr(value, "__next__"):
        with pytest.raises(kind, match=f"^rows: the value of row 1 .*: .*{words}"):
            client.mass_update_rows([(1, 1), (2, value)], "v")
    assert sandbox.requests() == []


def test_row_93_a_bool_is_another_value_than_a_number(sandbox: Sandbox, client: usercom.Client) -> None:
    client.mass_update_rows([(1, True), (2, 1), (3, 1.0), (4, np.True_), (5, "1"), (6, np.int8(1))], "v")
    assert sandbox.ledger("v") == {1: "true", 2: "1", 3: "1.0", 4: "true", 5: '"1"', 6: "1"}


def test_row_69_digits_in_text_stay_text(sandbox: Sandbox, client: usercom.Client) -> None:
    client.mass_update_rows([(1, "90210"), (2, "02134"), (3, "00012345678901234567890123")], "zip")
    assert sandbox.ledger("zip") == {1: '"90210"', 2: '"02134"', 3: '"00012345678901234567890123"'}
    for text in ("000123", "1e3", " 5", "５"):
        with pytest.raises(usercom.InvalidType, match="a str; use int"):
            client.mass_update([text], "v", 1)  # type: ignore[list-item]


NUMBERS: list[tuple[str, Any, str]] = [
    ("rate_limit", 1e-30, "outside 0.1 to 1,000"),
    ("rate_limit", 1e308, "outside 0.1 to 1,000"),
    ("rate_limit", Decimal("1e400"), "does not fit|is inf"),
    ("rate_limit", 2**64, "outside 0.1 to 1,000"),
    ("rate_limit", True, "is a bool; use a number"),
    ("rate_limit", np.True_, "is a bool; use a number"),
    ("rate_limit", (True, 1), "is a bool; use a whole number"),
    ("rate_limit", (1, True), "is a bool; use a number"),
    ("rate_limit", (5, 1e-9), "outside"),
    ("rate_limit", (5, 1e300), r"is 1e\+300 seconds; use at most 1000000000000000"),
    ("request_timeout", 1e306, r"is 1e\+306 seconds; use at most"),
    ("request_timeout", 1e10, "outside 1 ms to 1 h"),
    ("request_timeout", True, "is a bool; use a number"),
    ("request_timeout", timedelta.max, "outside 1 ms to 1 h"),
    ("request_timeout", Decimal("sNaN"), "does not fit|nan"),
    ("batch_size", True, "is a bool; use a whole number"),
    ("workers", np.bool_(True), "is a bool; use a whole number"),
    ("workers", -1, "is -1; use a number from 0"),
    ("api_version", 2**32, "bounds|outside|from 0 to"),
]


@pytest.mark.parametrize("name, value, words", NUMBERS, ids=repr)
def test_row_74_numbers_in_options(sandbox: Sandbox, name: str, value: Any, words: str) -> None:
    with pytest.raises(usercom.InvalidArgument, match=f"^{name}: .*({words})"):
        sandbox.client(**{name: value})


@pytest.mark.parametrize(
    "seconds", [-5, -0.001, timedelta(seconds=-5), Decimal("-5"), True, 1e300, 1e16, "5"], ids=repr
)
def test_row_74_a_deadline_that_is_none_sends_nothing(sandbox: Sandbox, client: usercom.Client, seconds: Any) -> None:
    with pytest.raises(usercom.InvalidArgument, match="^deadline: is "):
        client.mass_update([1], "v", 1, deadline=seconds)
    assert sandbox.requests() == []


def test_row_74_a_long_deadline_is_one(sandbox: Sandbox, client: usercom.Client) -> None:
    assert client.mass_update([1], "v", 1, deadline=10**15, stall_timeout=timedelta(hours=24)).confirmed == 1
    assert _options.milliseconds("deadline", 1e-300) == 1
