"""The update as a whole, on the driver."""

from __future__ import annotations

import json
import os
import re
import time
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Optional, Union

from .._client import Client
from .._errors import InvalidType, error_of
from .._exceptions import InvalidArgument
from .._generated import Status
from .._missing import Missing, checked
from . import _frames, _task
from ._job import MAX_VALUES, Job, Token, checked_tasks, per_second, split_options

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

    from .._error_base import Error

_SENT_AS = "their environment, a file, or a property: set USERCOM_TOKEN on the executors, or give token_env, token_file or token_conf"
_REDACTED = "(?i)secret|password|token|access[.]?key"


def mass_update(
    df: DataFrame,
    attributes: Union[str, Sequence[str], Mapping[str, str]],
    *,
    subdomain: str,
    ids: Optional[str] = None,
    custom_ids: Optional[str] = None,
    order_by: Union[str, Sequence[str]] = (),
    na: Missing = None,
    tasks: int = 1,
    token_env: str = "USERCOM_TOKEN",
    token_file: Optional[str] = None,
    token_conf: Optional[str] = None,
    results: Optional[str] = None,
    **options: Any,
) -> DataFrame:
    """Sets attributes of the users in a DataFrame, and returns every row of it with what became of it.

    It sends when it is called, as a write does, and not when the result is looked at; however often that is used,
    nothing is sent again.

    `attributes` is one or several attributes, each with its values in the column of that name, or a mapping from
    attribute to column. `ids` names the column of User.com's ids (default "id"), `custom_ids` the one of your own.

    Each id is sent once. If it has several rows, `order_by` names the columns by which the last of them is known, the
    highest; without it, rows of one id must have one value. Rows with another value than the last are not attempted.

    `na` says what becomes of null (and NaN) in ids and values: refused by default, not sent with "skip"; with the
    option allow_null, a missing value is sent as null.

    `tasks` is how many tasks send at once; they share the rate limit. More than one sends no faster.

    The token is never given here. The executors read it in their environment variable `token_env`, in the file
    `token_file`, or in the property `token_conf` of Spark's configuration.

    The result has three more columns: usercom_state (confirmed, rejected, unknown or not_attempted),
    usercom_http_status and usercom_message. With several attributes these are those of the worst, and the map
    usercom_attributes has all. `results` is a folder, of any file system that Spark writes to, in which the states are
    kept as Parquet; without it, they are lost with the executors that hold them.

    `options` are those of `ClientOptions` and `RunOptions`, by name. Limits of a run hold for each task. A
    `journal_dir` must be shared by the executors.

    Raises InvalidArgument before anything is sent, and another Error for an update that stopped early; its `result`
    is the DataFrame.
    """
    try:
        from pyspark.sql import DataFrame as ClassicFrame
    except ImportError as error:
        problem = "usercom.spark needs PySpark 3.5 or newer with pandas and pyarrow: pip install 'usercom[spark]'"
        raise ImportError(problem, name="pyspark") from error
    if not isinstance(df, ClassicFrame) and not hasattr(df, "mapInArrow"):
        raise InvalidType(f"df: is a {type(df).__name__}; use a DataFrame of Spark")
    if df.isStreaming:
        raise InvalidType("df: is a stream; call mass_update for each batch, in foreachBatch")
    if ids is not None and custom_ids is not None:
        raise InvalidType("ids, custom_ids: give one of them")
    if "token" in options:
        raise InvalidType(
            f"token: is not an argument, because Spark would keep it; the executors read it in {_SENT_AS}"
        )
    for name in ("verify", "verify_strict", "progress", "cancel", "log"):
        if options.pop(name, None):
            raise InvalidType(f"{name}: can't be used with Spark")
    spark = df.sparkSession
    columns = _columns(attributes)
    client_options, run_options = split_options(options)
    rate = per_second(client_options.get("rate_limit"))
    _settle_tasks(spark, client_options, tasks, rate)
    token = Token(token_env, token_file, token_conf)
    _check_token(spark, token)
    _check_options(subdomain, columns, client_options, run_options)

    journals = run_options.get("journal_dir")
    if journals is not None and not os.path.isabs(os.fspath(journals)):
        raise InvalidArgument(f"journal_dir: {journals} is relative; use an absolute path that all executors see")

    custom = custom_ids is not None
    id_name = custom_ids if custom_ids is not None else "id" if ids is None else ids
    id_column = _frames.id_column(df, "custom_ids" if custom else "ids", id_name, custom)
    order = [order_by] if isinstance(order_by, str) else list(order_by)
    for name in order:
        _frames.type_of(df, "order_by", name)
    values = {attribute: _frames.value_column(df, attribute, name, na) for attribute, name in columns.items()}

    deadline = run_options.get("deadline")
    seconds = deadline.total_seconds() if isinstance(deadline, timedelta) else deadline
    ends_at = None if seconds is None else time.time() + float(seconds)
    outcomes: dict[str, _frames.Outcomes] = {}
    stopped: Optional[Error] = None
    update = _Update(spark, results)
    prepared: dict[str, tuple[Job, DataFrame]] = {}
    requests: dict[str, int] = {}
    try:
        # All of them are checked before the first is sent.
        for attribute, value in values.items():
            job = Job(subdomain, attribute, custom, checked(na), token, tasks, client_options, run_options, ends_at)
            allow_null = bool(run_options.get("allow_null"))
            rows = _frames.rows_to_send(df, id_column, value, order, na, allow_null, tasks).persist()
            prepared[attribute] = job, rows
            requests[attribute] = update.check(job, rows, columns[attribute], bool(order))
        for attribute, (job, rows) in prepared.items():
            of_ids, reason = None, ""
            if run_options.get("dry_run"):
                takes = f", at least {requests[attribute] / rate:,.0f} s at this rate limit" if rate else ""
                reason = f"dry run, nothing was sent: {requests[attribute]:,} requests{takes}"
            elif stopped is not None:
                reason = f"the update of another attribute stopped early: {stopped}"
            else:
                of_ids, stopped = update.sent(job, rows)
            outcomes[attribute] = _frames.Outcomes(id_column, values[attribute], of_ids, reason)
    finally:
        for _, rows in prepared.values():
            rows.unpersist()
    result = _frames.with_states(df, outcomes)
    if stopped is not None:
        stopped.result = result
        raise stopped
    return result


def _columns(attributes: Any) -> dict[str, str]:
    if isinstance(attributes, str):
        return {attributes: attributes}
    columns = dict(attributes) if isinstance(attributes, Mapping) else {name: name for name in attributes}
    if not columns:
        raise InvalidType("attributes: is empty; give the name of an attribute, or of several")
    return columns


def _settle_tasks(spark: SparkSession, client_options: dict[str, Any], tasks: int, rate: float) -> None:
    """Divides the rate among the tasks. Raises InvalidArgument where Spark would not keep to that."""
    checked_tasks(tasks, rate)
    if tasks > 1 and rate:
        client_options["rate_limit"] = rate / tasks
    if not _has(spark, "spark.dynamicAllocation.enabled") or not _has(spark, "spark.speculation"):
        return
    # Barrier tasks have no speculative copies, but they can't be had with dynamic allocation. Without it, a stage of one
    # task has none, unless a threshold is set.
    if tasks > 1 or spark.conf.get("spark.speculation.task.duration.threshold", None):
        raise InvalidArgument(
            "tasks: with spark.speculation and dynamic allocation, Spark would run copies of a task that sends; set "
            "spark.speculation or spark.dynamicAllocation.enabled to false"
            + ("" if tasks == 1 else ", or tasks to 1")
            + ("" if tasks > 1 else ", or leave out spark.speculation.task.duration.threshold")
        )


def _has(spark: SparkSession, name: str) -> bool:
    return str(spark.conf.get(name, "false")).lower() == "true"


def _check_token(spark: SparkSession, token: Token) -> None:
    """A property is safe only where Spark redacts it: in the configuration that the application began with."""
    if not isinstance(token.variable, str) or not token.variable:
        raise InvalidType("token_env: use the name of an environment variable")
    if token.conf is None:
        return
    if not re.search(str(spark.conf.get("spark.redaction.regex", _REDACTED)), token.conf):
        raise InvalidArgument(
            f"token_conf: Spark would show {token.conf}; its name must match spark.redaction.regex, such as spark.usercom.token"
        )
    if not spark.sparkContext.getConf().contains(token.conf):
        raise InvalidArgument(
            f"token_conf: {token.conf} is not in the configuration that the application began with; what is set later, "
            "with spark.conf.set, is not redacted in the event log"
        )


def _check_options(
    subdomain: str, columns: Mapping[str, str], client_options: Mapping[str, Any], run_options: Mapping[str, Any]
) -> None:
    """What is wrong with an argument is said at once, and not by a task. Files of the executors are not looked for."""
    files = ("ca_file", "rate_limit_dir")
    options = {name: value for name, value in client_options.items() if name not in files}
    with Client(subdomain, "-" * 64, **options) as client:
        for attribute, name in columns.items():
            if not isinstance(name, str):
                raise InvalidType(f"attributes: {attribute} has a {type(name).__name__}; use the name of a column")
            no_files = {**run_options, "dry_run": True, "journal_dir": None, "preflight": None}
            client.mass_update_rows([(1, "")], attribute, **no_files)


class _Update:
    """Runs the jobs of Spark for one call."""

    def __init__(self, spark: SparkSession, results: Optional[str]) -> None:
        self._spark = spark
        self._results = results
        self._barrier = not _has(spark, "spark.dynamicAllocation.enabled")

    def check(self, job: Job, rows: DataFrame, name: str, ordered: bool) -> int:
        """How many requests the rows take. Raises InvalidArgument if they can't be sent. Computes and keeps them."""

        def check(batches: Iterable[Any]) -> Iterator[Any]:
            from pyspark import TaskContext

            return _task.check(job, batches, TaskContext.get())

        found = rows.mapInArrow(check, _task.CHECKED).collect()
        conflicts = sum(one["conflicts"] for one in found)
        if conflicts:
            example = next(one["conflict"] for one in found if one["conflict"] is not None)
            which = "at their last place in the order" if ordered else "and no order_by says which is the last"
            raise InvalidArgument(
                f"attributes: {conflicts} ids have different values in the column {name} {which}, such as {example}; "
                "give order_by a column that tells their rows apart, or remove rows"
            )
        for one in found:
            if Status(one["status"]) not in (Status.OK, Status.DRY_RUN):
                raise error_of(one["status"], one["message"].replace("rows:", f"attributes: the column {name}:", 1))
        borders = [{one["first"], one["last"]} for one in found if one["rows"]]
        shared = sum(map(len, borders)) - len(set().union(*borders))  # values that two tasks have
        distinct = sum(one["distinct"] for one in found) - shared
        requests: int = sum(one["requests"] for one in found)
        if distinct > MAX_VALUES:
            raise InvalidArgument(
                f"attributes: the column {name} has {distinct} distinct values, more than {MAX_VALUES}; each costs a "
                f"request, {requests} in all: round the values"
            )
        return requests

    def sent(self, job: Job, rows: DataFrame) -> tuple[DataFrame, Optional[Error]]:
        """Sends the rows. The outcomes are stored: they can be read again, and are never computed again."""

        # The numbers of tasks go up by one: with a higher one than this, a task is not the first attempt.
        first_attempts_end = self._last_task() + job.tasks + 1

        def send(batches: Iterable[Any]) -> Iterator[Any]:
            from pyspark import TaskContext

            return _task.send(replace(job, first_attempts_end=first_attempts_end), batches, TaskContext.get())

        sending = rows.mapInArrow(send, _frames.outcome_schema(rows), barrier=self._barrier)
        # A barrier stage is tried again only if a shuffle follows: of its last stage, Spark can't take back results.
        sending = sending.repartition(_task.OUTCOME[0])
        if self._results is None:
            of_ids = sending.localCheckpoint(eager=True)
        else:
            path = f"{self._results.rstrip('/')}/usercom-{uuid.uuid4().hex}"
            sending.write.parquet(path)
            of_ids = self._spark.read.parquet(path)
        state, message = _task.OUTCOME[2], _task.OUTCOME[4]
        ends = [json.loads(row[0]) for row in of_ids.filter(f"{state} IS NULL").select(message).collect()]
        self._forget(job, [name for one in ends for name in one["kept"]])
        worst = max(ends, key=lambda one: int(one["status"]), default=None)
        if worst is None or Status(worst["status"]).completed:
            return of_ids, None
        return of_ids, error_of(worst["status"], worst["message"])

    def _last_task(self) -> int:
        """The number of the task that began last; higher if another job is running, too."""

        def number(batches: Iterable[Any]) -> Iterator[Any]:
            from pyspark import TaskContext

            return _task.number(batches, TaskContext.get())

        return int(self._spark.range(0, 1, 1, 1).mapInArrow(number, "task bigint").collect()[0][0])

    def _forget(self, job: Job, kept: list[str]) -> None:
        """Removes what completed runs have left beside the journals."""
        folder = job.run_options.get("journal_dir")
        if folder is None or not kept:
            return

        def forget(batches: Iterable[Any]) -> Iterator[Any]:
            return _task.forget(str(folder), batches)

        names = self._spark.createDataFrame([(name,) for name in kept], "name string").repartition(1)
        names.mapInArrow(forget, "name string").collect()
