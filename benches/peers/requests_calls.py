"""Python with requests: `session` keeps its connection, `sample` is the vendor's sample in a loop.

Arguments: which of them, and the URL of the call. Talks as protocol.h says.
"""

import sys
import time

import requests

which, url = sys.argv[1:]
send = requests.Session().request if which == "session" else requests.request
headers = {
    "authorization": "Token 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
    "content-type": "application/json",
}
payload = '{\n    "ids": [10, 15, 22, 23],\n    "attribute": "plan",\n    "value": "pro"\n}'

for line in sys.stdin:
    wall, cpu = time.monotonic_ns(), time.process_time_ns()
    for _ in range(int(line)):
        response = send("POST", url, data=payload, headers=headers)
        assert response.text == '{"status":"ok"}'
    print(time.monotonic_ns() - wall, time.process_time_ns() - cpu, flush=True)
