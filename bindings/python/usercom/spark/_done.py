"""The outcomes of runs that have completed, kept until the whole update has.

The library removes the journal of a completed run. A task that is tried again would then send its completed runs once
more. So their outcomes stay beside the journals, each under the digest of what was sent, until the driver has all.
"""

from __future__ import annotations

import hashlib
import json
import os
import time
import zlib
from typing import Any, NamedTuple, Optional

from ._job import Job


class Outcome(NamedTuple):
    """What became of a run."""

    status: int
    message: str
    requests: int
    states: bytes
    failures: dict[int, tuple[Optional[int], str]]  # the HTTP status and the message of each, by position


def digest(job: Job, table: Any) -> str:
    """Names a run: what is sent, to where."""
    import pyarrow

    # Not the buffers themselves: they depend on how the batches were cut.
    sink = pyarrow.BufferOutputStream()
    with pyarrow.ipc.new_stream(sink, table.schema.remove_metadata()) as writer:
        writer.write_table(table.combine_chunks().replace_schema_metadata(None))
    where = [job.subdomain, job.client_options.get("base_url"), job.client_options.get("method"), job.attribute]
    where += [job.custom, job.na, job.run_options.get("standard_attributes"), job.run_options.get("allow_null")]
    content = hashlib.sha256(json.dumps([str(one) for one in where]).encode())
    content.update(sink.getvalue())
    return content.hexdigest()


def _path(folder: str, name: str) -> str:
    return os.path.join(folder, f"{name}.spark")


def write(folder: str, name: str, outcome: Outcome) -> None:
    """Keeps an outcome. A failure costs only that a task that is tried again sends these ids again."""
    body = json.dumps([time.time(), *outcome[:3], outcome.states.hex(), list(outcome.failures.items())]).encode()
    compressed = zlib.compress(body, 1)
    temporary = _path(folder, f"{name}.{os.getpid()}")
    try:
        with open(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(hashlib.sha256(compressed).digest() + compressed)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, _path(folder, name))
    except OSError:
        forget(folder, f"{name}.{os.getpid()}")


def read(folder: str, name: str, max_age: float) -> Optional[Outcome]:
    """None if there is none, if it is too old, or if a byte of it is not as it was written."""
    try:
        with open(_path(folder, name), "rb") as file:
            content = file.read()
    except OSError:
        return None
    if hashlib.sha256(content[32:]).digest() != content[:32]:
        return None
    at, status, message, requests, states, failures = json.loads(zlib.decompress(content[32:]))
    if not 0 <= time.time() - at <= max_age:
        return None
    return Outcome(status, message, requests, bytes.fromhex(states), {i: (http, why) for i, (http, why) in failures})


def forget(folder: str, name: str) -> None:
    try:
        os.unlink(_path(folder, name))
    except OSError:
        pass
