"""Python's HTTP clients, each as its manual shows it, with one connection that is kept.

`sample` is the vendor's sample in a loop. Arguments: which of them, the URL of the call, and the ids of each. Talks as
protocol.h says.
"""

import asyncio
import io
import itertools
import json
import sys
import time
from collections.abc import Callable, Iterator

which, url, size = sys.argv[1], sys.argv[2], int(sys.argv[3])
SMALL = [10, 15, 22, 23]
OK = '{"status":"ok"}'
TOKEN = "Token 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
headers = {"authorization": TOKEN, "content-type": "application/json"}
ids = SMALL if size == len(SMALL) else list(range(1_000_000, 2_000_000))


def batches() -> Iterator[list[int]]:
    return itertools.cycle(ids[at : at + size] for at in range(0, len(ids), size))


def body(batch: list[int]) -> str:
    return json.dumps({"ids": batch, "attribute": "plan", "value": "pro"})


def call_of_requests(session: bool) -> Callable[[list[int]], str]:
    import requests

    send = requests.Session().request if session else requests.request
    if size == len(SMALL):  # as the vendor's page has it
        payload = '{\n    "ids": [10, 15, 22, 23],\n    "attribute": "plan",\n    "value": "pro"\n}'
        return lambda batch: send("POST", url, data=payload, headers=headers).text
    return lambda batch: send("POST", url, data=body(batch), headers=headers).text


def call_of_httpx() -> Callable[[list[int]], str]:
    import httpx

    client = httpx.Client()
    return lambda batch: client.put(url, content=body(batch), headers=headers).text


def call_of_pycurl() -> Callable[[list[int]], str]:
    import pycurl

    curl = pycurl.Curl()
    curl.setopt(pycurl.URL, url)
    curl.setopt(pycurl.CUSTOMREQUEST, "PUT")
    curl.setopt(pycurl.HTTPHEADER, [f"{name}: {value}" for name, value in headers.items()])

    def call(batch: list[int]) -> str:
        response = io.BytesIO()
        curl.setopt(pycurl.POSTFIELDS, body(batch))
        curl.setopt(pycurl.WRITEDATA, response)
        curl.perform()
        return response.getvalue().decode()

    return call


def one_after_another(call: Callable[[list[int]], str]) -> None:
    source = batches()
    for line in sys.stdin:
        wall, cpu = time.monotonic_ns(), time.process_time_ns()
        for batch in itertools.islice(source, int(line)):
            assert call(batch) == OK
        print(time.monotonic_ns() - wall, time.process_time_ns() - cpu, flush=True)


async def with_aiohttp() -> None:
    import aiohttp

    source = batches()
    async with aiohttp.ClientSession(headers=headers) as session:
        for line in sys.stdin:
            wall, cpu = time.monotonic_ns(), time.process_time_ns()
            for batch in itertools.islice(source, int(line)):
                async with session.put(url, data=body(batch)) as response:
                    assert await response.text() == OK
            print(time.monotonic_ns() - wall, time.process_time_ns() - cpu, flush=True)


if which == "aiohttp":
    asyncio.run(with_aiohttp())
elif which == "httpx":
    one_after_another(call_of_httpx())
elif which == "pycurl":
    one_after_another(call_of_pycurl())
else:
    one_after_another(call_of_requests(session=which == "session"))
