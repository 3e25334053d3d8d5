"""What the executors must know to send. It is pickled into the plan, so the token is never in it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Optional

from .._client import Client
from .._exceptions import InvalidArgument
from .._generated import CLIENT_OPTIONS
from .._missing import Missing
from .._options import count
from .._options import rate as parsed

# Those of the library, for a number to divide and to cut at. A test compares them with usercom.json.
RATE_LIMIT = 5.0
BATCH_SIZE = 1_000
MAX_VALUES = 50_000


@dataclass(frozen=True)
class Token:
    """Where the executors find the token."""

    variable: str
    file: Optional[str] = None
    conf: Optional[str] = None

    def read(self, local_property: Any) -> str:
        """Raises InvalidArgument if there is none. `local_property` is the function of the task for its properties."""
        if self.file is not None:
            try:
                with open(self.file, encoding="utf-8") as file:
                    return file.read().strip()
            except (OSError, UnicodeDecodeError) as error:
                problem = (
                    f"can't be read on the executor: {error.strerror if isinstance(error, OSError) else error.reason}"
                )
            raise InvalidArgument(f"token_file: {self.file} {problem}")
        if self.conf is not None:
            token = local_property(self.conf)
            if not token:
                raise InvalidArgument(
                    f"token_conf: the tasks do not see {self.conf}; set token_env or token_file instead"
                )
            return str(token)
        token = os.environ.get(self.variable)
        if not token:
            raise InvalidArgument(
                f"token_env: the environment of the executors has no {self.variable}; set "
                f"spark.executorEnv.{self.variable} or what your platform has for it, or give token_file or token_conf"
            )
        return token.strip()


@dataclass(frozen=True)
class Job:
    """One attribute of many users."""

    subdomain: str
    attribute: str
    custom: bool  # whether the ids are the caller's own
    na: Missing
    token: Token
    tasks: int
    client_options: Mapping[str, Any]
    run_options: Mapping[str, Any]
    ends_at: Optional[float] = None  # when the deadline passes, in seconds since 1970
    first_attempts_end: Optional[int] = None  # tasks with this number or a higher one may be a retry

    def client(self, local_property: Any) -> Client:
        return Client(self.subdomain, self.token.read(local_property), **self.client_options)

    @property
    def batch_size(self) -> int:
        return int(self.client_options.get("batch_size") or BATCH_SIZE)


def split_options(options: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The options of a client and those of a run. A name of neither is left to the run, which refuses it."""
    client = {name: value for name, value in options.items() if name in CLIENT_OPTIONS}
    run = {name: value for name, value in options.items() if name not in CLIENT_OPTIONS}
    return client, run


def per_second(rate: Any) -> float:
    """A rate limit as requests per second; 0 is no limit."""
    if rate is None:
        return RATE_LIMIT
    parts = parsed("rate_limit", rate)
    return parts["requests"] / parts["per_ms"] * 1000


def checked_tasks(tasks: Any, rate: float) -> int:
    """The number of tasks that send at once, at most what the rate is worth: a request a second for each."""
    number = count("tasks", tasks)
    most = max(1, int(rate)) if rate else 1_000
    if not 1 <= number <= most:
        worth = f"a rate limit of {rate:g} requests per second is worth no more" if rate else "more help nobody"
        raise InvalidArgument(f"tasks: is {number}; use 1 to {most}: {worth}")
    return number
