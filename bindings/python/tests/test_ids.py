"""Whom to update: every kind of id, what is not copied, and what is invalid."""

from __future__ import annotations

import ctypes
from array import array
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from conftest import Sandbox

import usercom
from usercom import _ids

KINDS: list[Any] = [
    [3, 1, 2],
    (3, 1, 2),
    iter([3, 1, 2]),
    range(1, 4),
    {1: "a", 2: "b", 3: "c"}.keys(),
    {1, 2, 3},
    array("q", [3, 1, 2]),
    array("H", [3, 1, 2]),
    memoryview(array("q", [3, 1, 2])),
    np.array([3, 1, 2]),
    np.array([3, 1, 2], dtype="u4"),
    np.array([3, 1, 2], dtype="u8"),
    np.array([3, 1, 2], dtype=">i8"),
    np.array([3, 0, 1, 0, 2])[::2],
    np.array([3, 1, 2], dtype=object),
    [np.int64(3), np.int16(1), 2],
    np.frombuffer(b"x" + np.array([3, 1, 2]).tobytes(), dtype="i8", offset=1),
    pa.array([3, 1, 2]),
    pa.array([9, 3, 1, 2, 9])[1:4],
    pa.array([3, 1, 2], type=pa.int32()),
    pa.chunked_array([[3], [1, 2]]),
    pa.table({"id": [3, 1, 2]})["id"],
]


@pytest.mark.parametrize("ids", KINDS, ids=lambda ids: type(ids).__name__)
def test_kinds(sandbox: Sandbox, client: usercom.Client, ids: Any) -> None:
    assert client.mass_update(ids, "v", 1).confirmed == 3
    assert sandbox.ledger("v") == {1: "1", 2: "1", 3: "1"}


def test_nothing_to_do(sandbox: Sandbox, client: usercom.Client) -> None:
    for none in ([], np.array([], dtype="i8"), pa.array([], type=pa.int64()), array("q")):
        report = client.mass_update(none, "v", 1)
        assert (report.status, report.total, report.states) == (usercom.Status.OK, 0, b"")
    assert client.mass_update_custom_ids([], "v", 1).total == 0
    assert client.mass_update_rows({}, "v").total == 0
    assert sandbox.requests() == []


def first(ids: Any) -> Any:
    return _ids.taken(ids, False, None).first  # type: ignore[union-attr]


def test_not_copied() -> None:
    big = np.arange(1, 1_000_001)
    assert first(big) == big.ctypes.data
    big.flags.writeable = False
    assert first(big) == big.ctypes.data
    assert first(big[10:20]) == big.ctypes.data + 80
    small = big[:10].astype("u2")
    assert first(small) == small.ctypes.data
    numbers = array("q", [1, 2, 3])
    assert first(numbers) == numbers.buffer_info()[0]
    copied: Any = _ids.taken([7, 8], False, None)
    assert list((ctypes.c_int64 * 2).from_address(copied.first)) == [7, 8]


INVALID: list[tuple[Any, type[Exception], str]] = [
    ([1, 0], ValueError, "ids: .*position 1.* is 0"),
    ([-5], ValueError, "ids: .*position 0.* is -5"),
    (np.array([1, -1]), ValueError, "position 1.* is -1"),
    ([1, 2.0], TypeError, "ids: the id at position 1 .* is 2.0, a float; use int"),
    ([1, True], TypeError, "position 1 .* is True, a bool"),
    ([np.bool_(True)], TypeError, "position 0 .*True"),
    (np.array([True]), TypeError, "position 0 .*True"),
    (np.array([1.0, 2.0]), TypeError, "position 0 .*1.0"),
    ([1, "2"], TypeError, "position 1 .* is '2', a str; .* go to Client.mass_update_custom_ids"),
    ([1, None], TypeError, "position 1 .* is None"),
    (pa.array([1, 2, None]), TypeError, "position 2 .* is null"),
    ([1, 2**63], ValueError, "position 1 .* 64 bits"),
    (np.array([2**64 - 1], dtype="u8"), ValueError, "position 0 .* 64 bits"),
    (np.array([[1, 2], [3, 4]]), TypeError, "position 0"),
    ("123", TypeError, "ids: is a str; use a list"),
    (b"123", TypeError, "ids: is a bytes; use a list"),
    (5, TypeError, "ids: is a int; use a list"),
    (None, TypeError, "ids: is a NoneType"),
]


@pytest.mark.parametrize("ids, kind, words", INVALID, ids=range(len(INVALID)))
def test_invalid(sandbox: Sandbox, client: usercom.Client, ids: Any, kind: type[Exception], words: str) -> None:
    with pytest.raises(kind, match=words) as invalid:
        client.mass_update(ids, "v", 1)
    assert isinstance(invalid.value, usercom.InvalidArgument)
    assert sandbox.requests() == []


def test_what_an_iterator_raises_stays_what_it_is(client: usercom.Client) -> None:
    with pytest.raises(ZeroDivisionError):
        client.mass_update((1 // n for n in (1, 0)), "v", 1)


def test_custom_ids(sandbox: Sandbox, client: usercom.Client) -> None:
    report = client.mass_update_custom_ids(iter(["u-1", "zażółć", 'quo"te']), "v", "x")
    assert report.confirmed == 3
    assert "/users-by-id/" in sandbox.requests()[0]["path"]
    assert len(sandbox.ledger("v")) == 3


INVALID_CUSTOM_IDS: list[tuple[Any, type[Exception], str]] = [
    (["a", ""], ValueError, "custom_ids: .*position 1.*0 bytes"),
    (["a" * 1025], ValueError, "position 0.*1025 bytes"),
    (["a\0b"], ValueError, "position 0 .*NUL character after 1 others"),
    (["a", "\ud800"], ValueError, "position 1 .*surrogate"),
    (["a", 5], TypeError, "position 1 .*is a int; use a str"),
    ("abc", TypeError, "custom_ids: is a str; use a list"),
]


@pytest.mark.parametrize("ids, kind, words", INVALID_CUSTOM_IDS, ids=range(len(INVALID_CUSTOM_IDS)))
def test_invalid_custom_ids(
    sandbox: Sandbox, client: usercom.Client, ids: Any, kind: type[Exception], words: str
) -> None:
    with pytest.raises(kind, match=words):
        client.mass_update_custom_ids(ids, "v", 1)
    assert sandbox.requests() == []


def test_rows(sandbox: Sandbox, client: usercom.Client) -> None:
    rows = [(1, 10), (2, 20), (np.int64(3), np.int32(10)), (4, 20), (1, 30)]
    report = client.mass_update_rows(rows, "score")
    assert sandbox.ledger("score") == {1: "30", 2: "20", 3: "10", 4: "20"}
    assert report.requests == 3
    assert [report.state(at).name for at in (0, 4)] == ["NOT_ATTEMPTED", "CONFIRMED"]
    assert "superseded" in report.notes[0]


def test_rows_of_a_mapping_and_of_custom_ids(sandbox: Sandbox, client: usercom.Client) -> None:
    assert client.mass_update_rows({1: "a", 2: True, 3: 1}, "v").confirmed == 3
    assert sandbox.ledger("v") == {1: '"a"', 2: "true", 3: "1"}
    assert client.mass_update_rows_custom_ids({"u-1": 1, "u-2": 2}, "w").confirmed == 2
    assert sorted(sandbox.ledger("w").values()) == ["1", "2"]
    assert client.mass_update_rows(zip(np.arange(1, 4), np.array([1.5, 2.5, 1.5])), "x").requests == 2


INVALID_ROWS: list[tuple[Any, type[Exception], str]] = [
    ([(1, 10), (2, float("nan"))], ValueError, "^rows: the value of row 1 .*nan does not exist"),
    ([(1, 10), 2], TypeError, "^rows: row 1 .*not a pair"),
    ([(1, 10), (2, 3, 4)], TypeError, "^rows: row 1 .*not a pair"),
    ([(1, 10), ("b", 2)], TypeError, "^rows: the id of row 1 "),
    (
        [("1", 10), ("2", 2)],
        TypeError,
        "^rows: the id of row 0 .* is '1', a str; .* go to Client.mass_update_rows_custom_ids",
    ),
    ([(1, 10), (2, None)], ValueError, "^rows: the value of row 1 .*: null is not allowed .*allow_null"),
    (((id, id) for id in range(1, 50_002)), ValueError, "^rows: .*round the values"),
]


@pytest.mark.parametrize("rows, kind, words", INVALID_ROWS, ids=range(len(INVALID_ROWS)))
def test_invalid_rows(sandbox: Sandbox, client: usercom.Client, rows: Any, kind: type[Exception], words: str) -> None:
    with pytest.raises(kind, match=words):
        client.mass_update_rows(rows, "v")
    assert sandbox.requests() == []


def test_invalid_rows_of_custom_ids(sandbox: Sandbox, client: usercom.Client) -> None:
    with pytest.raises(TypeError, match="^rows: the id of row 1 .*is a int; .* go to Client.mass_update_rows$"):
        client.mass_update_rows_custom_ids([("a", 10), (2, 2)], "v")
    assert sandbox.requests() == []
