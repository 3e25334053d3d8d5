"""What runs on the executors: checks rows, sends them, and gives a state for each.

Rows come and go as record batches of Arrow; `context` is Spark's TaskContext.
"""

from __future__ import annotations

import json
import re
import sys
import time
from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Any, Optional

from .._call import Progress
from .._client import Client
from .._error_base import Error
from .._generated import IdState, Status
from .._report import Report
from . import _done
from ._done import Outcome
from ._job import Job
from ._runs import Distinct, runs

# What a check says of the rows of a task.
CHECKED = (
    "rows bigint, distinct bigint, requests bigint, status int, message string, conflicts bigint, conflict string, "
    "first string, last string"
)

_STATES = [state.name.lower() for state in sorted(IdState)]
_MAX_AGE = 12 * 3600.0  # of a journal; a test compares it with usercom.json
_OUT_ROWS = 10_000
# Spark ends the Python process of a task that it has given up within 4 s: it looks every 2 s, and waits for 2 s more.
_UNTIL_AN_EARLIER_ATTEMPT_HAS_ENDED = 6.0
_UNTIL_AN_EARLIER_RUN_HAS_ENDED = 60.0
_REPORT_EVERY = 60.0


def check(job: Job, batches: Iterable[Any], context: Any) -> Iterator[Any]:
    """Checks the rows of a task with a dry run, and that the token can be read. Gives one row."""
    import pyarrow
    import pyarrow.compute

    rows = requests = conflicts = 0
    conflict = None
    distinct = Distinct()
    status, message = Status.OK, ""
    try:
        with job.client(context.getLocalProperty) as client:
            for table in runs(batches, job.batch_size):
                rows += table.num_rows
                distinct.add(table.column(1))
                found = table.filter(pyarrow.compute.fill_null(table.column(2), False)).column(0).drop_null()
                if len(found):
                    conflicts += len(found)
                    conflict = conflict or str(found[0].as_py())
                    continue
                options = {**job.run_options, "dry_run": True, "journal_dir": None, "preflight": None}
                try:
                    report = _rows(client, job, table, options)
                except Error as error:
                    status, message = error.status, _with_the_id(str(error), table)
                    break
                requests += report.requests
    except Error as error:
        status, message = error.status, str(error)
    for _ in batches:  # Spark waits for a task that leaves rows behind
        pass
    answer = [
        rows, distinct.count, requests, int(status), message, conflicts,
        conflict, distinct.first, distinct.last,
    ]  # fmt: skip
    types = [pyarrow.int64()] * 3 + [pyarrow.int32(), pyarrow.string(), pyarrow.int64()] + [pyarrow.string()] * 3
    names = [part.split()[0] for part in CHECKED.split(", ")]
    yield pyarrow.record_batch([pyarrow.array([one], kind) for one, kind in zip(answer, types)], names)


def send(job: Job, batches: Iterable[Any], context: Any) -> Iterator[Any]:
    """Sends the rows of a task. Gives the state of each, and at the end a row without an id, which says how it went."""
    if job.first_attempts_end is not None and context.taskAttemptId() >= job.first_attempts_end:
        # Both together would exceed the rate limit.
        time.sleep(_UNTIL_AN_EARLIER_ATTEMPT_HAS_ENDED)
    runner = _Runner(job)
    schema = None
    with job.client(context.getLocalProperty) as client:
        for table in runs(batches, job.batch_size):
            schema = table.schema
            yield from _outcome_rows(table, runner.run(client, table))
    if schema is not None:
        yield _summary_row(schema, runner)


def number(batches: Iterable[Any], context: Any) -> Iterator[Any]:
    """Gives the number of the task."""
    import pyarrow

    for _ in batches:
        pass
    yield pyarrow.record_batch({"task": [context.taskAttemptId()]})


def forget(folder: str, batches: Iterable[Any]) -> Iterator[Any]:
    """Removes the outcomes that tasks have kept. The rows are their names, and come back."""
    for batch in batches:
        for name in batch.column(0).to_pylist():
            _done.forget(folder, name)
        yield batch


class _Runner:
    """The runs of a task, one after the other. When one has stopped early, the others are not attempted."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self.status, self.message = Status.OK, ""
        self.requests = self.rejected = 0
        self.kept: list[str] = []

    def run(self, client: Client, table: Any) -> Outcome:
        if not self.status.completed:
            return Outcome(self.status, self.message, 0, bytes(table.num_rows), {})
        folder = self.job.run_options.get("journal_dir")
        name = _done.digest(self.job, table) if folder is not None else ""
        outcome = _done.read(folder, name, self._max_age()) if folder is not None else None
        if outcome is None or len(outcome.states) != table.num_rows:
            outcome = self._sent(client, table)
        status = Status(outcome.status)
        # Only of a run whose journal the library has removed.
        if folder is not None and status.completed and not {0, 3} & set(outcome.states):
            _done.write(folder, name, outcome)
            self.kept.append(name)
        self.requests += outcome.requests
        self.rejected += outcome.states.count(IdState.REJECTED)
        if status > self.status:
            self.status, self.message = status, outcome.message
        return outcome

    def _max_age(self) -> float:
        age = self.job.run_options.get("journal_max_age")
        return _MAX_AGE if age is None else age.total_seconds() if isinstance(age, timedelta) else float(age)

    def _sent(self, client: Client, table: Any) -> Outcome:
        limit = self.job.run_options.get("max_requests")
        if limit and self.requests >= int(limit):
            message = f"the task has sent {self.requests:,} requests, the most it may"
            return Outcome(Status.REQUEST_LIMIT, message, 0, bytes(table.num_rows), {})
        if self.job.ends_at is not None and time.time() >= self.job.ends_at:
            return Outcome(Status.DEADLINE, "the deadline has passed", 0, bytes(table.num_rows), {})
        until = time.monotonic() + _UNTIL_AN_EARLIER_RUN_HAS_ENDED
        while True:
            report: Optional[Report]
            try:
                report = _rows(client, self.job, table, self._options(), _Said(table.num_rows))
            except Error as error:
                if error.status == Status.BUSY and time.monotonic() < until:
                    time.sleep(1)  # an earlier attempt of this task, which Spark is ending
                    continue
                report = error.report
                if report is None or report.total != table.num_rows:  # nothing was sent
                    return Outcome(error.status, _with_the_id(str(error), table), 0, bytes(table.num_rows), {})
                return _outcome(report, str(error))
            return _outcome(report, report.message)

    def _options(self) -> dict[str, Any]:
        """What is left of limits that hold for the whole task."""
        options = dict(self.job.run_options)
        if self.job.ends_at is not None:
            options["deadline"] = max(0.001, self.job.ends_at - time.time())
        for limit, used in (("max_requests", self.requests), ("max_rejected", self.rejected)):
            if options.get(limit):
                options[limit] = max(1, int(options[limit]) - used)
        return options


class _Said:
    """Says once a minute in the executor's log how far a run is."""

    def __init__(self, rows: int) -> None:
        self._next = time.monotonic() + _REPORT_EVERY
        self._rows = rows

    def __call__(self, progress: Progress) -> None:
        if time.monotonic() >= self._next:
            self._next += _REPORT_EVERY
            done = f"{progress.done:,} of {progress.total:,} ids, {progress.rejected:,} rejected"
            print(f"usercom: {done}, about {progress.time_left:.0f} s left", file=sys.stderr, flush=True)


def _rows(client: Client, job: Job, table: Any, options: dict[str, Any], progress: Any = None) -> Report:
    rows = table.select([0, 1])
    method = client.mass_update_rows_custom_ids if job.custom else client.mass_update_rows
    plain = _converter(rows.schema.field(1).type)
    if plain is not None:  # what the library does not read from Arrow
        rows = zip(rows.column(0).to_pylist(), map(plain, rows.column(1).to_pylist()))
    return method(rows, job.attribute, na=job.na, progress=progress, **options)


def _converter(kind: Any) -> Any:
    """What makes of a list or a structure of Arrow's what Python's JSON has; None for other types."""
    import pyarrow

    if pyarrow.types.is_list(kind) or pyarrow.types.is_large_list(kind):
        item = _converter(kind.value_type) or _float32(kind.value_type)
        return (lambda value: value) if item is None else lambda value: value and [item(one) for one in value]
    if pyarrow.types.is_struct(kind):
        fields = [kind.field(k) for k in range(kind.num_fields)]
        of_field = {field.name: _converter(field.type) or _float32(field.type) for field in fields}
        return lambda value: (
            value and {name: one if of_field[name] is None else of_field[name](one) for name, one in value.items()}
        )
    return None


def _float32(kind: Any) -> Any:
    """Inside of lists, Python has only longer floats: the short text of a short one is lost."""
    import pyarrow

    if not pyarrow.types.is_float32(kind):
        return None
    import numpy

    return lambda value: value if value is None else numpy.float32(value)


def _with_the_id(message: str, table: Any) -> str:
    """A message about a row of a run, which nobody else can count."""

    def id_of(found: re.Match[str]) -> str:
        at = int(found.group(1))
        return f"the row with the id {table.column(0)[at].as_py()}" if at < table.num_rows else found.group()

    return re.sub(r"row (\d+) \(counted from 0\)", id_of, message)


def _outcome(report: Report, message: str) -> Outcome:
    failures = {failure.index: (failure.http_status, failure.message) for failure in report.failures}
    return Outcome(report.status, message, report.requests, report.states, failures)


def _outcome_rows(table: Any, outcome: Outcome) -> Iterator[Any]:
    import pyarrow

    rows = table.num_rows
    codes = pyarrow.Array.from_buffers(pyarrow.uint8(), rows, [None, pyarrow.py_buffer(outcome.states)])
    states = pyarrow.DictionaryArray.from_arrays(codes, pyarrow.array(_STATES)).cast(pyarrow.string())
    https: list[Optional[int]] = [None] * rows
    messages: list[Optional[str]] = [
        outcome.message if state == IdState.NOT_ATTEMPTED else None for state in outcome.states
    ]
    for at, (http, message) in outcome.failures.items():
        https[at], messages[at] = http, message
    columns = [table.column(0), table.column(1), states]
    columns += [pyarrow.array(https, pyarrow.int32()), pyarrow.array(messages, pyarrow.string())]
    yield from pyarrow.table(columns, OUTCOME).to_batches(max_chunksize=_OUT_ROWS)


# The columns of an outcome. No column of a caller is called so.
OUTCOME = [f"_usercom_{name}" for name in ("id", "value", "state", "http_status", "message")]


def _summary_row(schema: Any, runner: _Runner) -> Any:
    import pyarrow

    summary = {
        "status": int(runner.status), "message": runner.message, "requests": runner.requests, "kept": runner.kept,
    }  # fmt: skip
    columns = [pyarrow.nulls(1, schema.field(k).type) for k in (0, 1)]
    columns += [pyarrow.nulls(1, pyarrow.string()), pyarrow.nulls(1, pyarrow.int32())]
    return pyarrow.record_batch([*columns, pyarrow.array([json.dumps(summary)])], OUTCOME)
