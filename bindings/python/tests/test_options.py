"""Options: what they do, how they are converted, and what is invalid."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from conftest import ROOT, TOKEN, Sandbox

import usercom
from usercom import _generated


def test_options_arrive(sandbox: Sandbox) -> None:
    client = sandbox.client(
        method="POST", api_version=2, batch_size=np.int64(2), request_timeout=1.5, workers=1, max_attempts=1,
        rate_limit=(1000, 1), proxy="",
    )  # fmt: skip
    client.mass_update([1, 2, 3], "first_name", "Ada", standard_attributes=True, stall_timeout=5, deadline=9.5,
                       max_requests=7)  # fmt: skip
    requests = sandbox.requests()
    assert [request["ids"] for request in requests] == [2, 1]
    assert {request["method"] for request in requests} == {"POST"}
    assert "version=2" in requests[0]["headers"]["accept"]
    assert requests[0]["path"].endswith("/mass_update_standard_attributes/")


@pytest.mark.parametrize("rate", [20, 20.0, (20, 1), (2, 0.1)], ids=repr)
def test_the_rate_limit(sandbox: Sandbox, rate: Any) -> None:
    message = sandbox.client(rate_limit=rate, batch_size=1).mass_update(range(1, 42), "v", 1, dry_run=True).message
    assert "at least 2.0 s" in message


INVALID_OPTIONS: list[tuple[dict[str, Any], type[Exception], str]] = [
    ({"subdomain": "acme.user.com"}, ValueError, 'subdomain: .*"acme"'),
    ({"subdomain": ""}, ValueError, "subdomain: is empty"),
    ({"subdomain": None}, TypeError, "subdomain: is a NoneType; use a str"),
    ({"token": None}, TypeError, "token: is a NoneType; use a str; is the environment variable set\\?"),
    ({"subdomain": "ac\0me"}, ValueError, "subdomain: has a NUL character after 2 others"),
    ({"token": "short"}, ValueError, "token: has 5 characters"),
    ({"token": TOKEN + "\n"}, ValueError, "token: character 65"),
    ({"token": TOKEN[:32] + "\0" + TOKEN[32:]}, ValueError, "token: has a NUL"),
    ({"token": TOKEN[:-1] + "\ud800"}, ValueError, "token: character 64 .*surrogate"),
    ({"token": TOKEN.encode()}, TypeError, "token: is a bytes"),
    ({"base_url": "http://example.com"}, ValueError, "base_url: "),
    ({"base_url": "http://127.0.0.1\0.evil.example"}, ValueError, "base_url: has a NUL"),
    ({"method": "PATCH"}, ValueError, "method: "),
    ({"method": 1}, TypeError, "method: is a int"),
    ({"api_version": -1}, ValueError, "api_version: is -1"),
    ({"request_timeout": 0}, ValueError, "request_timeout: is 0 seconds"),
    ({"request_timeout": -1}, ValueError, "request_timeout: is -1"),
    ({"request_timeout": float("nan")}, ValueError, "request_timeout: is nan"),
    ({"request_timeout": 3601}, ValueError, "request_timeout: is outside"),
    ({"request_timeout": "5"}, TypeError, "request_timeout: is a str; use a number"),
    ({"batch_size": 0}, ValueError, "batch_size: is outside"),
    ({"batch_size": 2**32 + 1}, ValueError, "batch_size: is outside 1 to 10,000 ids"),
    ({"batch_size": 1.5}, TypeError, "batch_size: is a float; use a whole number"),
    ({"workers": 33}, ValueError, "workers: is outside"),
    ({"workers": 2**32 + 1}, ValueError, "workers: "),
    ({"rate_limit": 1001}, ValueError, "rate_limit: is outside"),
    ({"rate_limit": 0.0001}, ValueError, "rate_limit: is outside"),
    ({"rate_limit": -1}, ValueError, "rate_limit: is -1"),
    ({"rate_limit": (1, 0)}, ValueError, "rate_limit: is 0 seconds"),
    ({"rate_limit": (1, 2, 3)}, TypeError, "rate_limit: use a pair"),
    ({"rate_limit": "5"}, TypeError, "rate_limit: is a str"),
    ({"max_attempts": 21}, ValueError, "max_attempts: is outside"),
    ({"proxy": "ftp://127.0.0.1"}, ValueError, "proxy: "),
    ({"ca_file": "/nowhere/ca.pem"}, ValueError, "ca_file: "),
    ({"ca_file": Path("a\0b")}, ValueError, "ca_file: has a NUL"),
    ({"ca_file": 5}, TypeError, "ca_file: is a int"),
    ({"log": "file"}, TypeError, "log: can't be called"),
    ({"batch_size": -1}, ValueError, "batch_size: is -1"),
    ({"batch_size": 2**64}, ValueError, "batch_size: is 18446744073709551616"),
    ({"batch_size": np.True_}, TypeError, "batch_size: is a bool"),
    ({"request_timeout": timedelta(hours=2)}, ValueError, "^request_timeout: is outside 1 ms to 1 h$"),
    ({"request_timeout": timedelta(seconds=-1)}, ValueError, "request_timeout: is -1"),
    ({"request_timeout": float("inf")}, ValueError, "request_timeout: is inf"),
    ({"request_timeout": np.timedelta64(5, "s")}, TypeError, "request_timeout: is a timedelta64; use a number"),
    ({"request_timeout": 10**400}, ValueError, "request_timeout: is a int that does not fit"),
    ({"rate_limit": (1.5, 1)}, TypeError, "rate_limit: is a float; use a whole number"),
    ({"rate_limit": (2**32, 1)}, ValueError, "rate_limit: is 4294967296"),
    ({"ca_file": "\ud800"}, ValueError, "ca_file: character 1 can't be written"),
    ({"batchsize": 5}, TypeError, "^batchsize: is not an option of a client; did you mean batch_size\\?$"),
    ({"stall_timeout": 5}, TypeError, "^stall_timeout: is not an option of a client; "),
    ({"x": None}, TypeError, "^x: is not an option of a client; the options are base_url, method, "),
]


@pytest.mark.parametrize("options, kind, words", INVALID_OPTIONS, ids=lambda value: str(value)[:40].replace(TOKEN, "…"))
def test_invalid_options(options: dict[str, Any], kind: type[Exception], words: str) -> None:
    with pytest.raises(kind, match=words) as invalid:
        usercom.Client(**{"subdomain": "acme", "token": TOKEN, **options})
    assert isinstance(invalid.value, usercom.InvalidArgument)


INVALID_RUN_OPTIONS: list[tuple[dict[str, Any], type[Exception], str]] = [
    ({"attribute": ""}, ValueError, "attribute: has 0 characters"),
    ({"attribute": "x" * 256}, ValueError, "attribute: has 256 characters"),
    ({"attribute": "a\0b"}, ValueError, "attribute: has a NUL"),
    ({"attribute": "\ud800"}, ValueError, "attribute: .*surrogate"),
    ({"attribute": 5}, TypeError, "attribute: is a int"),
    ({"attribute": "plan", "standard_attributes": True}, ValueError, "attribute: .*not a standard attribute"),
    ({"deadline": 0}, ValueError, "deadline: is 0 seconds"),
    ({"deadline": -1}, ValueError, "deadline: is -1"),
    ({"deadline": float("inf")}, ValueError, "deadline: is inf"),
    ({"stall_timeout": 0.5}, ValueError, "stall_timeout: is outside 1 s to 24 h"),
    ({"max_requests": 0}, ValueError, "max_requests: "),
    ({"max_requests": -1}, ValueError, "max_requests: is -1"),
    ({"journal_dir": ""}, ValueError, "^journal_dir: is empty"),
    ({"dry_run": "no"}, TypeError, "^dry_run: is a str; use True or False$"),
    ({"dry_run": 1}, TypeError, "^dry_run: is a int; use True or False$"),
    ({"patience": 5}, TypeError, "^patience: is not an option of a run"),
    ({"stalltimeout": 5}, TypeError, "did you mean stall_timeout\\?$"),
    ({"batch_size": 5}, TypeError, "^batch_size: is not an option of a run"),
]


@pytest.mark.parametrize("options, kind, words", INVALID_RUN_OPTIONS, ids=range(len(INVALID_RUN_OPTIONS)))
def test_invalid_run_options(
    sandbox: Sandbox, client: usercom.Client, options: dict[str, Any], kind: type[Exception], words: str
) -> None:
    with pytest.raises(kind, match=words):
        client.mass_update(**{"ids": [1], "attribute": "v", "value": 1, **options})
    assert sandbox.requests() == []


def test_times_may_be_timedeltas_and_numbers_of_numpy(sandbox: Sandbox) -> None:
    client = sandbox.client(request_timeout=timedelta(seconds=2), batch_size=np.uint8(1), rate_limit=np.float64(5))
    report = client.mass_update([1, 2], "v", 1, deadline=timedelta(hours=1), dry_run=np.True_)
    assert (report.status, report.requests) == (usercom.Status.DRY_RUN, 2)
    limited = sandbox.client(rate_limit=(20, timedelta(seconds=1)), batch_size=1)
    assert "at least 2.0 s" in limited.mass_update(range(1, 42), "v", 1, dry_run=True).message


def test_none_is_the_default(sandbox: Sandbox) -> None:
    defaults = {**dict.fromkeys(_generated.CLIENT_OPTIONS), "base_url": sandbox.url}
    report = usercom.Client("acme", TOKEN, **defaults).mass_update([1], "v", 1, **dict.fromkeys(_generated.RUN_OPTIONS))
    assert report.confirmed == 1 and sandbox.requests()[0]["method"] == "PUT"


@pytest.mark.parametrize("name", [b"jour\xffnal", "jour\u0142nal".encode()], ids=repr)
def test_a_path_may_have_any_bytes(client: usercom.Client, tmp_path: Path, name: bytes) -> None:
    paths: list[Any] = [os.fsencode(tmp_path) + b"/1" + name, os.fsdecode(os.fsencode(tmp_path) + b"/2" + name)]
    for path in [*paths, tmp_path / os.fsdecode(b"3" + name)]:
        assert client.mass_update([1], "v", 1, journal_dir=path).confirmed == 1
        assert os.path.isdir(path)


def test_the_types_are_those_of_the_tables() -> None:
    assert list(usercom.ClientOptions.__annotations__) == list(_generated.CLIENT_OPTIONS)
    assert list(usercom.RunOptions.__annotations__) == list(_generated.RUN_OPTIONS)
    header = (ROOT / "include/usercom.h").read_text()
    for prefix, table in [("uc_options", _generated.CLIENT_OPTIONS), ("uc_run_options", _generated.RUN_OPTIONS)]:
        for c_name, _ in table.values():
            assert f"int {prefix}_set_{c_name}(" in header
