"""usercom.spark on a real Spark with two executors.

Run by `make test-spark`; not collected by the other tests, because it needs Java and PySpark.
"""

from __future__ import annotations

import collections
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Callable

import pyspark
import pytest
from conftest import OPENER, TOKEN, Sandbox
from pyspark.sql import DataFrame, SparkSession

import usercom
import usercom.spark

PACKAGE = Path(__file__).parents[2]
IN_CONF = "spark.usercom.token"
Start = Callable[..., Sandbox]


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("spark")


@pytest.fixture(scope="session")
def spark(folder: Path) -> Iterator[SparkSession]:
    (folder / "events").mkdir()
    os.environ.update(PYSPARK_PYTHON=sys.executable, SPARK_LOCAL_IP="127.0.0.1")
    os.environ.pop("USERCOM_TOKEN", None)
    short = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"  # for processes that live for minutes
    settings = {
        "spark.driver.extraJavaOptions": short, "spark.executor.extraJavaOptions": short,
        "spark.driver.memory": "768m", "spark.executor.memory": "512m", "spark.sql.shuffle.partitions": 2,
        "spark.default.parallelism": 2, "spark.ui.port": 0, "spark.ui.showConsoleProgress": "false",
        "spark.eventLog.enabled": "true", "spark.eventLog.dir": f"file://{folder}/events", "spark.eventLog.compress": "false",
        "spark.executorEnv.PYTHONPATH": str(PACKAGE), "spark.executorEnv.USERCOM_LIBRARY": os.environ["USERCOM_LIBRARY"],
        # Fewer jobs for each of many small tables; the large one has it on.
        "spark.sql.adaptive.enabled": "false", "spark.sql.session.timeZone": "Europe/Warsaw",
    }  # fmt: skip
    # Not among the settings, which PySpark puts on the command line of Java.
    (folder / "spark.conf").write_text(f"spark.executorEnv.USERCOM_TOKEN {TOKEN}\n{IN_CONF} {TOKEN}\n")
    os.environ["PYSPARK_SUBMIT_ARGS"] = f"--properties-file {folder}/spark.conf pyspark-shell"
    builder = SparkSession.builder.master("local-cluster[2,1,1024]")
    for name, value in settings.items():
        builder = builder.config(name, str(value))
    session = builder.getOrCreate()
    session.sparkContext.setLogLevel("OFF")
    logs = logs_of(session)
    yield session
    session.stop()
    shutil.rmtree(logs, ignore_errors=True)


def logs_of(spark: SparkSession) -> Path:
    """Where the workers of a local cluster keep what the executors write: beside Spark."""
    return Path(pyspark.__file__).parent / "work" / spark.sparkContext.applicationId


@pytest.fixture
def update(sandbox: Sandbox) -> Callable[..., DataFrame]:
    def update(df: DataFrame, attributes: Any = "v", **options: Any) -> DataFrame:
        options = {"subdomain": "acme", "base_url": sandbox.url, "rate_limit": 0, **options}
        return usercom.spark.mass_update(df, attributes, **options)

    return update


def numbers(spark: SparkSession, count: int, values: int = 5) -> DataFrame:
    return spark.range(1, count + 1).selectExpr("id", f"id % {values} AS v")


def states(df: DataFrame) -> dict[str, int]:
    return {row[0]: row[1] for row in df.groupBy("usercom_state").count().collect()}


def sent_ids(sandbox: Sandbox) -> int:
    """How many ids arrived in updates that were applied, each counted as often as it did."""
    return sum(request["ids"] for request in sandbox.requests() if request["status"] == 200)


def until(condition: Callable[[], Any], what: str, seconds: float = 300) -> Any:
    limit = time.monotonic() + seconds
    while time.monotonic() < limit:
        found = condition()
        if found:
            return found
        time.sleep(0.1)
    raise AssertionError(f"after {seconds} s still not: {what}")


class Updating:
    """An update on a thread of its own."""

    def __init__(self, call: Callable[[], DataFrame]) -> None:
        self._result: list[DataFrame] = []
        self._error: list[BaseException] = []

        def run() -> None:
            try:
                self._result.append(call())
            except BaseException as error:
                self._error.append(error)

        self._thread = pyspark.InheritableThread(target=run)
        self._thread.start()

    def result(self, seconds: float) -> DataFrame:
        self._thread.join(seconds)
        assert not self._thread.is_alive(), "it still runs"
        if self._error:
            raise self._error[0]
        return self._result[0]


def rest(spark: SparkSession, path: str) -> Any:
    url = f"{spark.sparkContext.uiWebUrl}/api/v1/applications/{spark.sparkContext.applicationId}/{path}"
    url = re.sub(r"//[^:/]+:", "//127.0.0.1:", url)
    with OPENER.open(urllib.request.Request(url), timeout=60) as response:
        return json.loads(response.read())


# ---- what is sent, and what comes back ----------------------------------------------------------------------------


def test_a_million_rows(spark: SparkSession, sandbox: Sandbox, update: Callable[..., DataFrame]) -> None:
    spark.conf.set("spark.sql.adaptive.enabled", "true")
    begun = time.monotonic()
    result = update(numbers(spark, 1_000_000), tasks=2)
    took = time.monotonic() - begun
    requests = sandbox.requests()
    assert len(requests) <= 1_005 + 2 and sent_ids(sandbox) == 1_000_000
    assert states(result) == {"confirmed": 1_000_000}
    assert result.columns == ["id", "v", "usercom_state", "usercom_http_status", "usercom_message"]
    assert result.filter("usercom_message IS NOT NULL OR usercom_http_status IS NOT NULL").count() == 0
    assert len(sandbox.requests()) == len(requests), "looking at the result sends nothing"
    spark.conf.set("spark.sql.adaptive.enabled", "false")
    held = collections.Counter(sandbox.ledger("v").values())
    assert held == {str(value): 200_000 for value in range(5)}
    print(f"PySpark {pyspark.__version__}: 1,000,000 rows in {took:.1f} s, {len(requests)} requests")


# The type in SQL, a value, and the JSON that is sent.
VALUES = [
    ("boolean", "true", "true"), ("tinyint", "-1", "-1"), ("smallint", "300", "300"), ("int", "-70000", "-70000"),
    ("bigint", "9223372036854775807", "9223372036854775807"), ("float", "0.1", "0.1"), ("double", "2", "2.0"),
    ("double", "1e-7", "1e-7"), ("decimal(10,2)", "0.10", "0.10"), ("decimal(38,18)", "1", "1.000000000000000000"),
    ("string", "'007'", '"007"'), ("string", "'zażółć 😀'", '"zażółć 😀"'), ("date", "date'2026-11-23'", '"2026-11-23"'),
    ("timestamp", "timestamp'2026-11-23 10:00:00'", '"2026-11-23T09:00:00Z"'),
    ("timestamp", "timestamp'2026-07-01 10:00:00.25Z'", '"2026-07-01T10:00:00.250Z"'),
    ("array<string>", "array('S', 'M')", '["S","M"]'), ("array<string>", "array()", "[]"), ("array<int>", "array(1, 2)", "[1,2]"),
    ("array<float>", "array(0.1, 2)", "[0.1,2.0]"),
    ("struct<a: int, b: array<date>>", "named_struct('a', 1, 'b', array(date'2026-11-23'))", '{"a":1,"b":["2026-11-23"]}'),
]  # fmt: skip


def test_every_type(spark: SparkSession, sandbox: Sandbox, update: Callable[..., DataFrame]) -> None:
    columns = [f"CAST({value} AS {kind}) AS v{k}" for k, (kind, value, _) in enumerate(VALUES)]
    df = spark.range(7, 8).selectExpr("id", *columns)
    result = update(df, [f"v{k}" for k in range(len(VALUES))])
    assert states(result) == {"confirmed": 1}
    for k, (kind, value, json_text) in enumerate(VALUES):
        assert sandbox.ledger(f"v{k}") == {7: json_text}, f"{kind} {value}"
    of_each = result.select("usercom_attributes").first()[0]
    assert len(of_each) == len(VALUES) and of_each["v3"]["state"] == "confirmed"


REFUSED = [
    ("id, CAST('a' AS binary) AS v", {}, "the column v is binary, .*base64"),
    ("id, map('a', 1) AS v", {}, "the column v is map<string,int>, .*struct"),
    ("id, timestamp_ntz'2026-11-23 10:00:00' AS v", {}, "the column v is timestamp_ntz, .*no time zone"),
    ("id, INTERVAL '1' DAY AS v", {}, "the column v is interval day, which can't be sent"),
    ("id, array(CAST('a' AS binary)) AS v", {}, "the column v is array<binary>, with binary inside"),
    ("id + 0.5D AS id, 1 AS v", {}, "ids: the column id is double; ids are integers"),
    ("id, 1 AS v", {"custom_ids": "id"}, "custom_ids: the column id is bigint; your own ids are strings"),
    ("id, 1 AS w", {}, "no column v; its columns are id, w"),
    ("id, 1 AS v", {"ids": "user"}, "ids: the DataFrame has no column user"),
    ("id, 1 AS v", {"order_by": "at"}, "order_by: the DataFrame has no column at"),
    ("id, CAST(NULL AS int) AS v", {}, "the column v: the value of the row with the id 1: is null"),
    ("IF(id > 1, id, NULL) AS id, 1 AS v", {}, "the id of .*null"),
    ("id - 1 AS id, 1 AS v", {}, "the id of .* is 0"),
    ("id, CAST('NaN' AS double) AS v", {}, "the row with the id 1.*NaN"),
    ("id, CAST('Infinity' AS double) AS v", {}, "inf"),
    ("id, repeat('x', 70000) AS v", {}, "the row with the id 1: .*70002 bytes"),
    ("id % 2 + 1 AS id, id AS v", {}, "2 ids have different values in the column v and no order_by.*such as [12]"),
    ("id % 2 + 1 AS id, id AS v", {"order_by": "id"}, "2 ids have different values .*at their last place in the order"),
    ("IF(id > 2, 1, id) AS id, IF(id > 2, NULL, 1) AS v", {"allow_null": True}, "1 ids have different values"),
    ("id, 1 AS v", {"tasks": 6, "rate_limit": None}, "tasks: is 6; use 1 to 5: a rate limit of 5 requests"),
    ("id, 1 AS v", {"tasks": 0}, "tasks: is 0"),
    ("id, 1 AS v", {"token": TOKEN}, "token: is not an argument"),
    ("id, 1 AS v", {"token_env": "NOT_SET"}, "token_env: the environment of the executors has no NOT_SET"),
    ("id, 1 AS v", {"token_file": "/nowhere"}, "token_file: /nowhere can't be read on the executor"),
    ("id, 1 AS v", {"token_conf": "spark.usercom.key"}, "Spark would show spark.usercom.key"),
    ("id, 1 AS v", {"token_conf": "spark.my.token"}, "not in the configuration that the application began with"),
    ("id, 1 AS v", {"na": "drop"}, "na: "),
    ("id, 1 AS v", {"journal_dir": "journals"}, "journal_dir: journals is relative"),
    ("id, 1 AS v", {"batch": 5}, "batch: is not an option"),
    ("id, 1 AS v", {"batch_size": 0}, "batch_size: "),
    ("id, 1 AS v", {"verify": 5}, "verify: can't be used with Spark"),
    ("id, 1 AS v", {"subdomain": "https://acme.user.com"}, "subdomain: "),
]  # fmt: skip


@pytest.mark.parametrize("columns, options, words", REFUSED)
def test_refused(
    spark: SparkSession, sandbox: Sandbox, update: Callable[..., DataFrame], columns: str, options: Any, words: str
) -> None:
    df = spark.range(1, 5).selectExpr(*re.split(r", (?![^()]*\))", columns))
    with pytest.raises(usercom.InvalidArgument, match=words) as refused:
        update(df, **options)
    assert TOKEN not in str(refused.value) and "\n" not in str(refused.value)
    assert sandbox.requests() == []


def test_too_many_values(spark: SparkSession, sandbox: Sandbox, update: Callable[..., DataFrame]) -> None:
    with pytest.raises(usercom.InvalidArgument, match="the column v has 50001 distinct values, .*: round the values"):
        update(spark.range(1, 100_003).selectExpr("id", "int((id + 1) / 2) AS v"), tasks=2)
    assert sandbox.requests() == []


def test_every_row_has_a_state(spark: SparkSession, sandbox: Sandbox, update: Callable[..., DataFrame]) -> None:
    rows = [
        (1, "old", 1), (1, "new", 2), (1, "new", 0), (2, "a", 1), (2, "a", 1), (None, "b", 1), (3, None, 2), (3, "c", 1),
        (4, None, 1), (5, "e", None), (5, "f", -5),
    ]  # fmt: skip
    df = spark.createDataFrame(rows, "id bigint, v string, at int")
    result = update(df, order_by="at", na="skip")
    found = collections.Counter((row.id, row.v, row.usercom_state, row.usercom_message) for row in result.collect())
    other = "another row has the last value of this id"
    assert found == collections.Counter([
        (1, "old", "not_attempted", other), (1, "new", "confirmed", None), (1, "new", "confirmed", None),
        (2, "a", "confirmed", None), (2, "a", "confirmed", None), (None, "b", "not_attempted", "has no id"),
        (3, None, "not_attempted", other), (3, "c", "confirmed", None), (4, None, "not_attempted", "has no value"),
        (5, "e", "not_attempted", other), (5, "f", "confirmed", None),
    ])  # fmt: skip
    assert sandbox.ledger("v") == {1: '"new"', 2: '"a"', 3: '"c"', 5: '"f"'}
    again = update(result, order_by="at", na="skip", dry_run=True)
    assert states(again) == {"not_attempted": 11} and len(sandbox.requests()) == 4
    assert again.first().usercom_message == "dry run, nothing was sent: 4 requests"
    sandbox.reset()
    nulls = update(df.filter("id <> 5"), order_by="at", na="skip", allow_null=True)
    assert sandbox.ledger("v") == {1: '"new"', 2: '"a"', 3: "null", 4: "null"}
    assert nulls.filter("id = 3 AND v IS NULL").first().usercom_state == "confirmed"


def test_own_ids_and_several_attributes(
    spark: SparkSession, start: Start, update: Callable[..., DataFrame], tmp_path: Path
) -> None:
    (tmp_path / "shop.csv").write_text("id,custom_id\n1,007\n2,b.c\n")
    shop = start("--users", str(tmp_path / "shop.csv"), "--unknown-ids", "reject", "--unknown-attributes", "reject",
                 "--attribute", "plan:fixed:free|pro", "--attribute", "score:integer", "--check-types")  # fmt: skip
    df = spark.createDataFrame(
        [("007", "pro", 5), ("b.c", "free", 7), ("x", "free", 7)], "`my id` string, plan string, `a.b` int"
    )
    result = update(df, {"plan": "plan", "score": "a.b"}, custom_ids="my id", base_url=shop.url)
    assert shop.ledger("plan") == {1: '"pro"', 2: '"free"'} and shop.ledger("score") == {1: "5", 2: "7"}
    bad = result.filter("`my id` = 'x'").first()
    assert bad.usercom_state == "rejected" and bad.usercom_http_status == 400
    assert bad.usercom_message.startswith("plan: ") and "; score: " in bad.usercom_message
    assert states(result) == {"confirmed": 2, "rejected": 1}


def test_an_empty_table(spark: SparkSession, sandbox: Sandbox, update: Callable[..., DataFrame]) -> None:
    assert update(numbers(spark, 0)).count() == 0 and sandbox.requests() == []


@pytest.mark.skipif(pyspark.__version__ < "4", reason="Spark 4 has collations")
def test_strings_that_only_spark_takes_as_equal(
    spark: SparkSession, sandbox: Sandbox, update: Callable[..., DataFrame]
) -> None:
    df = spark.sql(
        "SELECT CAST(id AS bigint) AS id, collate(v, 'UTF8_LCASE') AS v FROM VALUES (1, 'a'), (2, 'A') AS t(id, v)"
    )
    assert states(update(df)) == {"confirmed": 2}
    assert sandbox.ledger("v") == {1: '"a"', 2: '"A"'}


# ---- what goes wrong ------------------------------------------------------------------------------------------------


def test_a_poisonous_id(spark: SparkSession, start: Start, update: Callable[..., DataFrame]) -> None:
    users = [id for id in range(1, 5001) if id not in (17, 3333)]
    shop = start("--unknown-ids", "404", users=users)
    result = update(numbers(spark, 5000), base_url=shop.url, tasks=2)
    assert states(result) == {"confirmed": 4998, "rejected": 2}
    rejected = {row.id: row.usercom_http_status for row in result.filter("usercom_state = 'rejected'").collect()}
    assert rejected == {17: 404, 3333: 404} and set(shop.ledger("v")) == set(users)


def test_a_storm_of_429(spark: SparkSession, start: Start, update: Callable[..., DataFrame]) -> None:
    shop = start("--rate", "8")
    result = update(numbers(spark, 60_000), base_url=shop.url, tasks=2)
    requests = collections.Counter(request["status"] for request in shop.requests())
    assert states(result) == {"confirmed": 60_000} and requests[429] > 0
    assert len(shop.ledger("v")) == 60_000
    print(f"PySpark {pyspark.__version__}: a storm of 429: {dict(requests)}")


def test_a_wrong_token(spark: SparkSession, start: Start, update: Callable[..., DataFrame], tmp_path: Path) -> None:
    (tmp_path / "token").write_text("w" * 64 + "\n")
    shop = start()
    with pytest.raises(usercom.Unauthorized) as stopped:
        update(
            spark.range(1, 3001).selectExpr("id", "1 AS v", "2 AS w"),
            ["v", "w"],
            base_url=shop.url,
            token_file=str(tmp_path / "token"),
        )
    result = stopped.value.result
    assert states(result) == {"not_attempted": 3000} and len(shop.requests()) == 1
    row = result.first()
    assert "401" in row.usercom_message and "stopped early" in row.usercom_attributes["w"]["message"]


def test_a_service_that_fails(spark: SparkSession, start: Start, update: Callable[..., DataFrame]) -> None:
    """What nobody knows is unknown."""
    shop = start("--unknown-ids", "500", users=[1])
    with pytest.raises(usercom.Error) as stopped:
        update(spark.range(2, 502).selectExpr("id", "1 AS v"), base_url=shop.url, max_requests=5)
    assert "confirmed" not in states(stopped.value.result) and shop.ledger("v") == {}


def executor_that_sends(spark: SparkSession) -> int:
    """The process of the executor that has a task."""
    busy = until(
        lambda: [one["id"] for one in rest(spark, "executors") if one["activeTasks"] and one["id"] != "driver"],
        "a task runs",
        60,
    )
    of_app = spark.sparkContext.applicationId
    for process in Path("/proc").glob("[0-9]*"):
        try:
            arguments = (process / "cmdline").read_bytes().decode(errors="replace").split("\0")
        except OSError:
            continue
        if (
            "--executor-id" in arguments
            and of_app in arguments
            and arguments[arguments.index("--executor-id") + 1] == busy[0]
        ):
            return int(process.name)
    raise AssertionError(f"no process is executor {busy[0]}")


@pytest.mark.parametrize("kept", [False, True], ids=["without a journal", "with a journal"])
def test_an_executor_is_killed(
    spark: SparkSession, start: Start, update: Callable[..., DataFrame], tmp_path: Path, kept: bool
) -> None:
    shop = start("--latency", "100")
    options: dict[str, Any] = {"base_url": shop.url, "rate_limit": 3, "workers": 4}
    if kept:
        options["journal_dir"] = str(tmp_path / "journals")
    rest(spark, "executors")  # the first one takes seconds
    updating = Updating(lambda: update(numbers(spark, 60_000), **options))
    until(lambda: len(shop.requests()) >= 10, "10 requests are sent")
    os.kill(executor_that_sends(spark), signal.SIGKILL)
    at_death = sent_ids(shop)
    result = updating.result(600)
    ids = sent_ids(shop)
    assert states(result) == {"confirmed": 60_000}
    assert len(shop.ledger("v")) == 60_000
    # With a journal only what was in flight; without one, what the dead one had sent.
    assert ids <= 60_000 + (4_000 + 1_000 if kept else at_death + 5_000)
    assert not kept or list((tmp_path / "journals").iterdir()) == []
    print(
        f"PySpark {pyspark.__version__}: executor killed {'with' if kept else 'without'} a journal: {ids - 60_000:,} ids sent again of {at_death:,}"
    )


def test_cancelling_the_job_stops_the_sending(
    spark: SparkSession, start: Start, update: Callable[..., DataFrame]
) -> None:
    shop = start()
    updating = Updating(lambda: update(numbers(spark, 500_000), base_url=shop.url, rate_limit=10))
    until(lambda: len(shop.requests()) >= 10, "10 requests are sent")
    spark.sparkContext.cancelAllJobs()
    cancelled = last = time.monotonic()
    count = len(shop.requests())
    while time.monotonic() < last + 5:  # in which 50 would come
        time.sleep(0.1)
        if len(shop.requests()) > count:
            count, last = len(shop.requests()), time.monotonic()
        assert time.monotonic() < cancelled + 60, "still sending"
    with pytest.raises(Exception, match="cancelled"):
        updating.result(60)
    assert count < 500
    print(f"PySpark {pyspark.__version__}: the last request came {last - cancelled:.1f} s after the cancel")


def test_speculation(start: Start, tmp_path: Path) -> None:
    """Without the barrier, this Spark runs a copy of the task: the test can fail."""
    environment = {**os.environ, "PYTHONPATH": str(PACKAGE), "USERCOM_TOKEN": TOKEN, "PYSPARK_PYTHON": sys.executable}
    done = subprocess.run(
        [sys.executable, str(Path(__file__).parent / "speculation.py"), start().url, str(tmp_path)],
        capture_output=True, text=True, env=environment, timeout=900,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-4000:]
    found = dict(re.findall(r"^(with|without) a barrier: (\d+)$", done.stdout, flags=re.MULTILINE))
    assert int(found["with"]) == 100_000 and int(found["without"]) > 100_000
    print(f"PySpark {pyspark.__version__}: of 100,000 ids arrived with speculation: {found}")


def test_the_rate_is_divided(spark: SparkSession, start: Start, update: Callable[..., DataFrame]) -> None:
    shop = start()
    seen: list[tuple[float, int]] = []
    over = threading.Event()

    def watch() -> None:
        while not over.wait(0.05):
            seen.append((time.monotonic(), len(shop.requests())))

    thread = threading.Thread(target=watch)
    thread.start()
    update(numbers(spark, 60_000), base_url=shop.url, rate_limit=8, tasks=2)
    over.set()
    thread.join()
    sending = [(at, count) for at, count in seen if count]
    took = sending[-1][0] - sending[0][0]
    first = sending[0][1]
    last = next(at for at, count in sending if count == sending[-1][1])
    assert sending[-1][1] - first <= 8 * (last - sending[0][0]) * 1.1 + 3, took


def test_results_survive(
    spark: SparkSession, sandbox: Sandbox, update: Callable[..., DataFrame], tmp_path: Path
) -> None:
    result = update(numbers(spark, 3000), results=f"file://{tmp_path}/states", tasks=2)
    assert states(result) == {"confirmed": 3000}
    (kept,) = (tmp_path / "states").iterdir()
    assert spark.read.parquet(f"file://{kept}").filter("_usercom_state = 'confirmed'").count() == 3000
    assert sent_ids(sandbox) == 3000


# ---- the token --------------------------------------------------------------------------------------------------------


def test_the_token_is_nowhere(
    spark: SparkSession,
    sandbox: Sandbox,
    update: Callable[..., DataFrame],
    tmp_path: Path,
    folder: Path,
    capfd: pytest.CaptureFixture[str],
) -> None:
    (tmp_path / "token").write_text(TOKEN)
    for source in ({}, {"token_conf": IN_CONF}, {"token_file": str(tmp_path / "token")}):
        result = update(numbers(spark, 1000), **source)
        assert states(result) == {"confirmed": 1000}
        result.explain(True)
        result.explain("formatted")
    said = capfd.readouterr().out
    assert "Physical Plan" in said and TOKEN not in said
    for path, words in {
        "environment": f"{IN_CONF}|spark.executorEnv.USERCOM_TOKEN", "jobs": "mass_update|localCheckpoint|collect",
        "stages?details=true": "collect", "executors": "executorLogs",
        "sql?details=true&planDescription=true&length=1000": "MapInArrow",
    }.items():  # fmt: skip
        shown = json.dumps(rest(spark, path))
        assert re.search(words, shown), f"{path} does not show {words}: {shown[:2000]}"
        assert TOKEN not in shown, path

    def logged() -> str:
        files = (path for path in (folder / "events").rglob("*") if path.is_file() and path.suffix != ".crc")
        return "".join(path.read_text() for path in files)

    events = until(lambda: (log := logged()).count("SparkListenerJobEnd") > 10 and log, "the event log has it")
    assert IN_CONF in events and "MapInArrow" in events and TOKEN not in events
    workers = "".join(path.read_text(errors="replace") for path in logs_of(spark).rglob("std*"))
    assert workers and TOKEN not in workers
    mine = descendants(os.getpid())
    assert any("CoarseGrainedExecutorBackend" in line for line in mine)
    assert not [line for line in mine if TOKEN in line]


def descendants(of: int) -> list[str]:
    """The command lines of the processes that this one has started, and that these have."""
    children: dict[int, list[int]] = collections.defaultdict(list)
    lines: dict[int, str] = {}
    for process in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((process / "stat").read_text().rpartition(")")[2].split()[1])
            lines[int(process.name)] = (process / "cmdline").read_text(errors="replace")
        except OSError:
            continue
        children[parent].append(int(process.name))
    found, waiting = [], [of]
    while waiting:
        below = children[waiting.pop()]
        waiting += below
        found += [lines[one] for one in below]
    return found


# ---- the examples -------------------------------------------------------------------------------------------------


@pytest.fixture
def scores(tmp_path: Path) -> Path:
    import pandas

    (tmp_path / "scores").mkdir()
    at = pandas.to_datetime(["2026-11-01", "2026-11-02", "2026-11-01", "2026-11-01", "2026-11-03"], utc=True)
    frame = pandas.DataFrame({"user_id": [10, 10, 15, 99, 22], "score": [5, 7, 5, 5, 9], "at": at.as_unit("us")})
    frame.to_parquet(tmp_path / "scores/part.parquet", index=False)
    return tmp_path


def run(name: str, folder: Path, sandbox: Sandbox, *options: str) -> None:
    environment = {
        **os.environ, "PYTHONPATH": str(PACKAGE), "USERCOM_TOKEN": TOKEN, "USERCOM_BASE_URL": sandbox.url,
        "RAY_USAGE_STATS_ENABLED": "0", "PYSPARK_PYTHON": sys.executable,
        "PYSPARK_SUBMIT_ARGS": f"--master local[1] --driver-memory 512m --conf spark.ui.enabled=false --conf spark.sql.shuffle.partitions=2 --conf spark.shop.base_url={sandbox.url} pyspark-shell",
    }  # fmt: skip
    done = subprocess.run(
        [sys.executable, str(PACKAGE / "examples/cluster" / name)], capture_output=True, text=True, cwd=folder,
        env=environment, timeout=600,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-4000:]
    assert TOKEN not in done.stdout + done.stderr


@pytest.mark.parametrize("name", ["with_spark.py", "with_dask.py", "with_ray.py"])
def test_the_examples(name: str, start: Start, scores: Path) -> None:
    if name != "with_spark.py":
        pytest.importorskip(name[5:-3], reason="only in the environment of Spark 4")
    shop = start("--unknown-ids", "reject", users=[10, 15, 22])
    run(name, scores, shop)
    assert shop.ledger("score") == {10: "7", 15: "5", 22: "9"}
    import pandas

    failed = scores / "failed"
    frame = pandas.read_parquet(failed) if failed.is_dir() else pandas.read_csv(scores / "failed.csv")
    assert list(frame["user_id"]) == [99] or sorted(frame["user_id"]) == [10, 99]
