"""Check, users, and what is read back after a run."""

from __future__ import annotations

import os
import pickle
import signal
import threading
import time
from pathlib import Path
from typing import Any, Callable

import pytest
from conftest import Sandbox

import usercom
from usercom import IdState, Status

Start = Callable[..., Sandbox]


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    rows = "".join(f"{id},u-{id},{id}@shop.example,{id * 2}\n" for id in range(1, 251))
    (tmp_path / "shop.csv").write_text("id,custom_id,email,visits\n" + rows)
    return tmp_path / "shop.csv"


def test_a_check_that_passes(start: Start) -> None:
    check = start("--attribute", "score:integer").client().check("score", 12)
    assert check and check.passed and check.status is Status.OK
    assert [line.about for line in check.lines] == [
        "name", "connection", "tls", "clock", "token", "scope", "attribute", "type",
    ]  # fmt: skip
    assert "ok       type: integer; the value fits" in str(check)
    assert check._repr_html_().startswith("<table>") and "integer; the value fits" in check._repr_html_()
    assert pickle.loads(pickle.dumps(check)) == check
    check.raise_for_failures()


def test_a_check_without_an_attribute(start: Start) -> None:
    sandbox = start()
    assert [line.about for line in sandbox.client().check().lines][-1] == "scope"
    assert all(request["method"] == "GET" for request in sandbox.requests())


def test_a_check_that_fails(start: Start) -> None:
    sandbox = start("--attribute", "score:integer")
    check = sandbox.client().check("score", 1, "many")
    assert not check and [line.about for line in check.lines if line.finding == "failed"] == ["type"]
    with pytest.raises(usercom.Error, match="type: .*many") as failed:
        check.raise_for_failures()
    assert failed.value.status == check.status and failed.value.report is None
    with usercom.Client("acme", "x" * 64, base_url=sandbox.url) as other:
        assert other.check().status is Status.UNAUTHORIZED


def test_invalid_arguments_of_a_check(client: usercom.Client) -> None:
    with pytest.raises(usercom.InvalidType, match="attribute: is a int; use a str"):
        client.check(7)  # type: ignore[arg-type]
    with pytest.raises(usercom.InvalidArgument, match=r"values\[1\]: "):
        client.check("score", 1, float("nan"))
    with pytest.raises(usercom.InvalidArgument, match="attribute: is missing"):
        client.check(None, 1)
    assert [line.about for line in client.check("").lines if line.finding == "failed"] == ["attribute"]
    client.close()
    with pytest.raises(usercom.InvalidArgument, match="client: is closed"):
        client.check()
    with pytest.raises(usercom.InvalidArgument, match="client: is closed"):
        client.users()


@pytest.mark.parametrize("page", [100, 7, 1])
def test_all_users_come_once(start: Start, shop: Path, page: int) -> None:
    sandbox = start("--users", str(shop), "--page-size", str(page))
    users = sandbox.client().users(["visits"])
    assert sandbox.requests() == []  # nothing is sent before the first one
    every = list(users)
    assert [user.id for user in every] == list(range(1, 251)) and users.cursor is None
    assert every[6] == usercom.User(7, "u-7", "7@shop.example", {"visits": every[6].attributes["visits"]})
    assert str(every[6].attributes["visits"]) == "14"
    assert list(users) == []


@pytest.mark.parametrize("page", [100, 7])
@pytest.mark.parametrize("taken", [0, 1, 7, 99, 100, 101, 250])
def test_a_reading_is_continued(start: Start, shop: Path, page: int, taken: int) -> None:
    """Nobody is left out; at most the users of one page come again."""
    client = start("--users", str(shop), "--page-size", str(page)).client()
    users = client.users()
    first = [next(users).id for _ in range(taken)]
    assert users.cursor is not None
    rest = [user.id for user in client.users(cursor=users.cursor)]
    assert sorted({*first, *rest}) == list(range(1, 251)) and len(first) + len(rest) <= 250 + page


def test_a_reading_that_fails_names_where_it_stopped(start: Start, shop: Path) -> None:
    sandbox = start("--users", str(shop))
    users = sandbox.client().users()
    first = [next(users).id for _ in range(100)]
    sandbox.stop()
    with pytest.raises(usercom.Error):
        threading.Timer(0.3, users.close).start()  # not the whole backoff
        next(users)
    cursor = users.cursor
    assert cursor
    again = start("--users", str(shop))
    assert first + [user.id for user in again.client().users(cursor=cursor)] == list(range(1, 251))


def test_ctrl_c_and_close_stop_a_reading(start: Start) -> None:
    sandbox = start("--latency", "60000")
    begun = time.monotonic()
    timer = threading.Timer(0.3, lambda: os.kill(os.getpid(), signal.SIGINT))
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        next(sandbox.client().users())
    timer.join()
    users = sandbox.client().users()
    threading.Timer(0.3, users.close).start()
    with pytest.raises(usercom.Cancelled):
        next(users)
    assert time.monotonic() - begun < 50


def test_one_reading_belongs_to_one_thread(start: Start) -> None:
    sandbox = start("--latency", "60000")
    users = sandbox.client().users()
    stopped: list[BaseException] = []

    def read() -> None:
        try:
            next(users)
        except usercom.Error as error:
            stopped.append(error)

    thread = threading.Thread(target=read)
    thread.start()
    while users._idle:
        time.sleep(0.01)
    with pytest.raises(usercom.InvalidArgument, match="users: another thread reads them"):
        next(users)
    users.close()
    thread.join(60)
    assert isinstance(stopped[0], usercom.Cancelled)


def test_invalid_arguments_of_users(client: usercom.Client) -> None:
    with pytest.raises(usercom.InvalidType, match="attributes: is a str; use a list"):
        client.users("plan")
    with pytest.raises(usercom.InvalidType, match=r"attributes\[1\]: is a int"):
        client.users(["plan", 1])  # type: ignore[list-item]
    with pytest.raises(usercom.InvalidArgument, match="cursor"):
        client.users(cursor="no cursor")
    with pytest.raises(TypeError, match="can't be pickled"):
        pickle.dumps(client.users())


def test_a_forked_child_can_t_read(start: Start, shop: Path) -> None:
    users = start("--users", str(shop)).client().users()
    next(users)
    child = os.fork()
    if child == 0:
        code = 1
        try:
            for _ in users:
                pass
        except usercom.Forked:
            code = 7
        finally:
            os._exit(code)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7


def test_values_that_are_read_back(start: Start) -> None:
    sandbox = start("--attribute", "score:integer", users=range(1, 11))
    report = sandbox.client().mass_update(range(1, 11), "score", 5, verify=3)
    assert (report.verified, report.mismatched, report.mismatches) == (3, 0, [])
    assert "read back 3: 3 as sent" in str(report)


def test_values_that_differ(start: Start) -> None:
    sandbox = start("--attribute", "score:integer", "--ignore-bad-values", users=[10, 15])
    options: Any = {"verify": 2, "deadline": 1}  # what differs is read again, within the deadline
    report = sandbox.client().mass_update([10, 15], "score", "many", **options)
    assert (report.verified, report.mismatched, report.confirmed) == (0, 2, 2)
    first = report.mismatches[0]
    assert first == usercom.Mismatched(0, 10, '"many"', "null") and len(report.mismatches) == 2
    assert pickle.loads(pickle.dumps(report)).mismatches == report.mismatches
    custom = sandbox.client().mass_update_custom_ids(["10"], "score", "many", **options)
    assert [one.id for one in custom.mismatches] in (["10"], [])  # an id that can't be found is a note
    strict = sandbox.client().mass_update([10], "score", "many", verify_strict=True, **options)
    assert strict.status is Status.MISMATCH and strict.state(0) is IdState.CONFIRMED
    with pytest.raises(usercom.Mismatch):
        strict.raise_for_failures()
