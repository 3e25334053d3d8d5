"""Python's HTTP clients, each as its manual shows it, with one connection that is kept; and usercom.

`sample` is the vendor's sample in a loop, `usercom-frame` is usercom with a DataFrame. Arguments: which of them, the URL
of the call, for usercom the base URL, and the work of a call. Talks as protocol.h says.
"""

import io
import itertools
import json
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator

which, url, kind, n, size = *sys.argv[1:4], int(sys.argv[4]), int(sys.argv[5])
SMALL = [10, 15, 22, 23]
OK = '{"status":"ok"}'
TOKEN = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
headers = {"authorization": f"Token {TOKEN}", "content-type": "application/json"}
ids = SMALL if n == len(SMALL) else list(range(1_000_000, 1_000_000 + n))
custom_ids = [f"u-{number}" for number in ids] if kind == "custom" else []
plans = [f"plan {number % 100}" for number in ids] if kind == "rows" else []


def bodies() -> Iterator[str]:
    """Of the requests of a call."""
    if which in ("sample", "session") and n == len(SMALL):  # as the vendor's page has it
        yield '{\n    "ids": [10, 15, 22, 23],\n    "attribute": "plan",\n    "value": "pro"\n}'
        return
    groups: dict[str, list] = defaultdict(list)
    if kind == "rows":
        for number, plan in zip(ids, plans):
            groups[plan].append(number)
    else:
        groups["pro"] = custom_ids or ids
    for value, members in groups.items():
        for at in range(0, len(members), size):
            yield json.dumps({"ids": members[at : at + size], "attribute": "plan", "value": value})


def send_with_requests() -> Callable[[str], str]:
    import requests

    send = requests.Session().request if which == "session" else requests.request
    return lambda body: send("POST", url, data=body, headers=headers).text


def send_with_httpx() -> Callable[[str], str]:
    import httpx

    client = httpx.Client()
    return lambda body: client.put(url, content=body, headers=headers).text


def send_with_pycurl() -> Callable[[str], str]:
    import os

    import pycurl

    curl = pycurl.Curl()
    curl.setopt(pycurl.URL, url)
    curl.setopt(pycurl.CUSTOMREQUEST, "PUT")
    curl.setopt(pycurl.HTTPHEADER, [f"{name}: {value}" for name, value in headers.items()])
    if "SSL_CERT_FILE" in os.environ:  # as the program curl does
        curl.setopt(pycurl.CAINFO, os.environ["SSL_CERT_FILE"])

    def send(body: str) -> str:
        response = io.BytesIO()
        curl.setopt(pycurl.POSTFIELDS, body)
        curl.setopt(pycurl.WRITEDATA, response)
        curl.perform()
        return response.getvalue().decode()

    return send


def call_usercom() -> Callable[[], None]:
    import usercom

    client = usercom.Client("acme", TOKEN, base_url=url, rate_limit=0, batch_size=size)
    if which == "usercom-frame":
        import pandas

        frame = pandas.DataFrame({"id": ids, "plan": plans})

    def call() -> None:
        if kind == "rows":
            report = client.mass_update_rows(frame if which == "usercom-frame" else zip(ids, plans), "plan")
        elif kind == "custom":
            report = client.mass_update_custom_ids(custom_ids, "plan", "pro")
        else:
            report = client.mass_update(ids, "plan", "pro")
        assert report.confirmed == n

    return call


def orders() -> Iterator[None]:
    """One for each call that is to be made."""
    for line in sys.stdin:
        wall, cpu = time.monotonic_ns(), time.process_time_ns()
        yield from itertools.repeat(None, int(line))
        print(time.monotonic_ns() - wall, time.process_time_ns() - cpu, flush=True)


async def with_aiohttp() -> None:
    import aiohttp

    async with aiohttp.ClientSession(headers=headers) as session:
        for _ in orders():
            for body in bodies():
                async with session.put(url, data=body) as response:
                    assert await response.text() == OK


if which == "aiohttp":
    import asyncio

    asyncio.run(with_aiohttp())
elif which.startswith("usercom"):
    call = call_usercom()
    for _ in orders():
        call()
else:
    send = {"httpx": send_with_httpx, "pycurl": send_with_pycurl}.get(which, send_with_requests)()
    for _ in orders():
        for body in bodies():
            assert send(body) == OK
