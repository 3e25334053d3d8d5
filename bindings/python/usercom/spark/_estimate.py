"""What an update of this size takes, by arithmetic alone."""

from __future__ import annotations

import math
from typing import NamedTuple

from ._job import BATCH_SIZE
from ._runs import MAX_ROWS


class Estimate(NamedTuple):
    """What an update takes at most, if nothing fails."""

    requests: int
    hours: float
    driver_bytes: int  # more than without the update: a line for each run
    worker_bytes: int  # of the Python process of each task that sends
    sorted_bytes: int  # what the executors of these tasks sort and keep, in memory or on disk
    rows_per_task: int


# Measured, in bytes per row of a run: Arrow's columns, the library's table of it, states, and the columns of the outcome.
_PER_ROW = 130
_WORKER = 120 * 2**20
# The name of a run and its part of the summary.
_PER_RUN = 200


def estimate(rows: int, values: int, rate_limit: float = 5, *, tasks: int = 1, value_bytes: int = 8) -> Estimate:
    """What `rows` rows with `values` distinct values take at `rate_limit` requests per second.

    Each value costs one request for each 1,000 ids and begun 1,000; a border between two tasks may cost another.
    """
    if rows < 1 or values < 1 or tasks < 1 or rate_limit <= 0 or value_bytes < 0:
        raise ValueError("rows, values, tasks and rate_limit must be above 0, value_bytes not below")
    values = min(values, rows)
    requests = (rows - values) // BATCH_SIZE + values + tasks - 1
    per_task = math.ceil(rows / tasks)
    worker = _WORKER + min(per_task, MAX_ROWS) * (_PER_ROW + 2 * value_bytes)
    sorted_bytes = rows * (16 + value_bytes)
    driver = tasks * math.ceil(per_task / MAX_ROWS) * _PER_RUN
    return Estimate(requests, requests / rate_limit / 3600, driver, worker, sorted_bytes, per_task)
