"""Reports and exceptions."""

from __future__ import annotations

import multiprocessing
import os
import socket
import threading
import traceback
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Callable

import numpy as np
import pytest
from conftest import TOKEN, Sandbox

import usercom
from usercom import IdState, Status

Start = Callable[..., Sandbox]


def test_the_one_shot(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("USERCOM_BASE_URL", sandbox.url)
    report = usercom.mass_update("acme", TOKEN, [10, 15, 22, 23], "plan", "pro")
    assert (report.status, report.confirmed) == (Status.OK, 4)
    assert sandbox.ledger("plan") == dict.fromkeys([10, 15, 22, 23], '"pro"')
    request = sandbox.requests()[0]
    assert (request["method"], request["path"]) == ("PUT", "/api/public/users/mass_update_custom_attributes/")


def test_the_one_shot_raises_for_a_part(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    sandbox = start("--unknown-ids", "reject", users=range(1, 11))
    monkeypatch.setenv("USERCOM_BASE_URL", sandbox.url)
    with pytest.raises(usercom.PartialUpdate) as partial:
        usercom.mass_update("acme", TOKEN, [1, 2, 99, 3], "plan", "pro")
    assert partial.value.status == Status.PARTIAL
    assert partial.value.report is not None
    assert [failure.id for failure in partial.value.report.failures] == [99]
    assert sandbox.ledger("plan").keys() == {1, 2, 3}


def test_a_report_in_detail(start: Start) -> None:
    sandbox = start("--unknown-ids", "reject", users=range(1, 1001))
    ids = np.array([5, 2001, 6, 2002, 7, 2001])
    report = sandbox.client().mass_update(ids, "plan", "pro")
    ids[:] = 1  # the report keeps what was sent
    assert report.status is Status.PARTIAL
    assert (report.total, report.confirmed, report.rejected) == (6, 3, 3)
    assert (report.unknown, report.not_attempted) == (0, 0)
    assert report.states == bytes([1, 2, 1, 2, 1, 2])
    assert np.flatnonzero(np.frombuffer(report.states, "u1") == IdState.REJECTED).tolist() == [1, 3, 5]
    assert report.state(1) is IdState.REJECTED and report.state(0) is IdState.CONFIRMED
    with pytest.raises(IndexError):
        report.state(6)
    failures = report.failures
    assert len(failures) == 3
    assert [(f.index, f.id, f.state, f.http_status) for f in failures] == [
        (1, 2001, IdState.REJECTED, 400), (3, 2002, IdState.REJECTED, 400), (5, 2001, IdState.REJECTED, 400),
    ]  # fmt: skip
    assert "2001" in failures[0].message and failures[-1] == failures[2] and failures[1:] == list(failures)[1:]
    with pytest.raises(IndexError):
        failures[3]
    assert report.requests == len(sandbox.requests()) and report.retries < report.requests
    assert '"rejected":3' in report.json() and isinstance(report.notes, list)
    assert repr(report) == ("<usercom.Report PARTIAL: 6 ids, 3 confirmed, 3 rejected, 0 unknown, 0 not attempted>")
    assert str(report).startswith("partial: ") and "id 2001 at position 1: rejected (http 400)" in str(report)
    with pytest.raises(usercom.PartialUpdate):
        report.raise_for_failures()


def test_all_failures_are_there(start: Start) -> None:
    sandbox = start("--unknown-ids", "reject", users=range(1, 10_001))
    ids = list(range(1, 9_001)) + list(range(20_001, 21_101))
    report = sandbox.client().mass_update(ids, "v", 1, max_requests=10_000)
    assert [failure.id for failure in report.failures] == ids[9_000:]
    assert "and 1090 more" in str(report)


def test_custom_ids_in_failures(start: Start) -> None:
    sandbox = start("--unknown-ids", "reject", users=range(1, 11))
    report = sandbox.client().mass_update_custom_ids(["1", "nobody", "3"], "v", 1)
    assert [failure.id for failure in report.failures] == ["nobody"]


def test_dry_run(sandbox: Sandbox, client: usercom.Client) -> None:
    report = client.mass_update(range(1, 2502), "v", 1, dry_run=True)
    assert (report.status, report.requests, report.not_attempted) == (Status.DRY_RUN, 3, 2501)
    report.raise_for_failures()
    assert sandbox.requests() == []


def test_unauthorized(sandbox: Sandbox) -> None:
    client = usercom.Client("acme", "x" * 64, base_url=sandbox.url)
    with pytest.raises(usercom.Unauthorized) as stopped:
        client.mass_update([1, 2], "v", 1)
    assert stopped.value.status is Status.UNAUTHORIZED
    assert stopped.value.report is not None and stopped.value.report.not_attempted == 2
    assert str(stopped.value) == stopped.value.report.message
    with pytest.raises(usercom.Unauthorized):
        stopped.value.report.raise_for_failures()


def test_rejected(start: Start) -> None:
    sandbox = start("--unknown-attributes", "reject")
    with pytest.raises(usercom.Rejected):
        sandbox.client().mass_update([1, 2, 3], "typo", 1)
    assert len(sandbox.requests()) <= 4


def test_row_98_the_words_of_the_service_are_in_the_exception(start: Start) -> None:
    words = "Object with name=typo does not exist"
    with pytest.raises(usercom.Rejected, match=words) as rejected:
        start("--unknown-attributes", "reject").client().mass_update([7, 8], "typo", 1)
    report = rejected.value.report
    assert report is not None and words in str(report) and words in report.failures[0].message
    assert str(rejected.value).count(words) == 1
    sandbox = start("--unknown-ids", "reject", users=range(1, 11))
    report = sandbox.client().mass_update([1, 99, 3], "v", 1)
    with pytest.raises(usercom.PartialUpdate) as partial:
        report.raise_for_failures()
    assert str(partial.value).count(report.failures[0].message) == 1
    with pytest.raises(usercom.WrongEndpoint, match="set method POST"):  # what to do
        start("--methods", "post").client().mass_update([1], "v", 1)


def test_wrong_endpoint(start: Start) -> None:
    sandbox = start("--methods", "post")
    with pytest.raises(usercom.WrongEndpoint, match="POST"):
        sandbox.client().mass_update([1], "v", 1)


def test_request_limit(start: Start) -> None:
    with pytest.raises(usercom.RequestLimit) as stopped:
        start().client(batch_size=1).mass_update([1, 2, 3, 4], "v", 1, max_requests=2)
    assert stopped.value.report is not None and stopped.value.report.confirmed == 2


def test_transport() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}"
        with pytest.raises(usercom.TransportError) as stopped:
            usercom.Client("acme", TOKEN, base_url=url).mass_update([1], "v", 1, stall_timeout=1)
    assert stopped.value.report is not None and stopped.value.report.not_attempted == 1


def test_rate_limited(start: Start) -> None:
    sandbox = start("--rate", "1")
    sandbox.client().mass_update([1], "v", 1)  # the second's one request
    with pytest.raises(usercom.DeadlineExceeded) as stopped:
        sandbox.client().mass_update([1, 2], "v", 1, deadline=0.2)
    assert stopped.value.report is not None and stopped.value.report.not_attempted == 2


def test_every_status_has_its_exception() -> None:
    from usercom import _errors

    kinds = {status: type(_errors.error_of(status, "words")) for status in Status}
    assert kinds.pop(Status.OK) is usercom.Error and kinds.pop(Status.DRY_RUN) is usercom.Error
    assert len(set(kinds.values())) == len(kinds) and usercom.Error not in kinds.values()
    assert kinds[Status.TLS] is usercom.TlsError
    later = _errors.error_of(77, "words")
    assert type(later) is usercom.Error and later.status == 77 and later.status.name == "STATUS_77"


def test_a_closed_client(sandbox: Sandbox) -> None:
    with sandbox.client() as client:
        assert client.mass_update([1], "v", 1).confirmed == 1
    assert repr(client) == "<usercom.Client 'acme', closed>"
    client.close()
    with pytest.raises(usercom.InvalidArgument, match="client: is closed"):
        client.mass_update([1], "v", 1)


def test_closing_leaves_a_run_of_another_thread_alone(start: Start) -> None:
    client = start("--latency", "100").client(batch_size=1, workers=1)
    with ThreadPoolExecutor() as pool:
        running = threading.Event()
        run = pool.submit(client.mass_update, [1, 2, 3, 4, 5], "v", 1, progress=lambda _: running.set())
        assert running.wait(5)
        client.close()
        assert run.result(10).confirmed == 5


def test_threads_share_a_client(sandbox: Sandbox, client: usercom.Client) -> None:
    def update(k: int) -> usercom.Report:
        return client.mass_update(range(k * 1000 + 1, k * 1000 + 501), f"v{k % 3}", k)

    with ThreadPoolExecutor(8) as pool:
        reports = list(pool.map(update, range(40)))
    assert all(report.confirmed == 500 for report in reports)
    held = {**sandbox.ledger("v0"), **sandbox.ledger("v1"), **sandbox.ledger("v2")}
    assert held == {k * 1000 + i: str(k) for k in range(40) for i in range(1, 501)}


def test_no_thread_stays(client: usercom.Client) -> None:
    client.mass_update([1], "v", 1)
    assert [thread.name for thread in threading.enumerate() if thread.name == "usercom"] == []


@pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")
def test_forked(sandbox: Sandbox) -> None:
    client = sandbox.client()
    client.mass_update([1], "v", 1)
    context = multiprocessing.get_context("fork")
    said = context.SimpleQueue()

    def child() -> None:
        try:
            client.mass_update([2], "v", 1)
            said.put("nothing")
        except usercom.Forked as error:
            said.put(f"{error.status.name} {sandbox.client().mass_update([3], 'v', 1).confirmed}")
        os._exit(0)

    process = context.Process(target=child)
    process.start()
    process.join(10)
    assert said.get() == "FORKED 1"


def test_the_token_is_in_no_text(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    texts: list[str] = []
    bad = "secret" + TOKEN[6:]
    attempts: list[Callable[[], Any]] = [
        lambda: sandbox.client(log=lambda level, line: texts.append(line)).mass_update([1], "v", 1),
        lambda: usercom.Client("acme", bad, base_url=sandbox.url).mass_update([1], "v", 1),
        lambda: usercom.Client("acme", TOKEN + "\0"),
        lambda: usercom.Client("acme", TOKEN + "\ud800"),
        lambda: usercom.Client("acme", TOKEN + "x"),
        lambda: usercom.Client("acme.user.com", TOKEN),
        lambda: usercom.mass_update("acme", TOKEN + " ", [1], "v", 1),
    ]
    for attempt in attempts:
        try:
            report = attempt()
            texts += [str(report), repr(report), report.json()]
        except usercom.Error as error:
            seen: Any = error
            while seen is not None:
                texts += [str(seen), repr(seen), repr(vars(seen)), *traceback.format_exception_only(type(seen), seen)]
                seen = seen.__cause__ or seen.__context__
            texts += [] if error.report is None else [error.report.json(), str(error.report)]
    texts += [repr(sandbox.client()), str(vars(sandbox.client()))]
    assert len(texts) > 20 and any("401" in text for text in texts)
    for text in texts:
        assert TOKEN not in text and bad not in text and TOKEN[:20] not in text, text


def test_a_journal_resumes_a_cancelled_run(start: Callable[..., Sandbox], tmp_path: Path) -> None:
    sandbox = start("--latency", "100")
    client = sandbox.client(batch_size=10, workers=1)
    journal = tmp_path / "journal"

    def update(progress: Any = None) -> usercom.Report:
        return client.mass_update(range(1, 101), "plan", "pro", journal_dir=journal, progress=progress)

    with pytest.raises(usercom.Cancelled) as stopped:
        update(lambda p: p.confirmed < 30)
    assert stopped.value.report is not None and 30 <= stopped.value.report.confirmed < 100
    assert len(list(journal.iterdir())) == 1
    before = len(sandbox.requests())
    report = update()
    assert report.status == usercom.Status.OK and report.confirmed == 100
    assert len(sandbox.requests()) - before < 8, "sends again what was confirmed"
    assert not list(journal.iterdir())
    with pytest.raises(ValueError, match="journal_max_age"):
        client.mass_update([1], "plan", "pro", journal_dir=journal, journal_max_age=0.5)
