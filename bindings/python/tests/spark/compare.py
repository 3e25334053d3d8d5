"""compare.py duckdb|pandas|spark FOLDER: what it costs to join and group 10 million rows on this machine.

`compare.py make FOLDER` makes the tables first. Prints seconds and CPU seconds.
"""

from __future__ import annotations

import os
import resource
import sys
import time
from pathlib import Path
from typing import Any

VISITS, USERS = 10_000_000, 1_000_000
QUERY = """
    SELECT user_id, LEAST(SUM(points) DIV 40, 4) AS score
    FROM visits JOIN users ON visits.visitor = users.visitor GROUP BY user_id
"""


def make(folder: Path) -> None:
    import numpy
    import pyarrow
    import pyarrow.parquet

    rng = numpy.random.default_rng(1)
    visitors = pyarrow.array([f"v{k:09}" for k in range(USERS)])
    at = rng.integers(0, USERS, VISITS)
    visits = {"visitor": visitors.take(pyarrow.array(at)), "points": rng.integers(0, 20, VISITS)}
    for name, columns in {"visits": visits, "users": {"visitor": visitors, "user_id": range(1, USERS + 1)}}.items():
        (folder / name).mkdir(parents=True)
        pyarrow.parquet.write_table(pyarrow.table(columns), folder / name / "part.parquet")


def duckdb(folder: Path) -> int:
    import duckdb

    for name in ("visits", "users"):
        duckdb.sql(f"CREATE VIEW {name} AS SELECT * FROM '{folder}/{name}/*.parquet'")
    return len(duckdb.sql(QUERY.replace(" DIV ", " // ")).to_arrow_table())


def pandas(folder: Path) -> int:
    import pandas

    joined = pandas.read_parquet(folder / "visits").merge(pandas.read_parquet(folder / "users"), on="visitor")
    points = joined.groupby("user_id")["points"].sum()
    return len((points // 40).clip(upper=4))


def spark(folder: Path) -> int:
    from pyspark.sql import SparkSession

    session = SparkSession.builder.master("local[2]").config("spark.driver.memory", "2g").getOrCreate()
    global begun
    said("spark, its start", begun)
    begun = time.monotonic()
    for name in ("visits", "users"):
        session.read.parquet(str(folder / name)).createOrReplaceTempView(name)
    session.sql(QUERY).write.mode("overwrite").parquet(str(folder / "scores"))
    rows = session.read.parquet(str(folder / "scores")).count()
    said("spark, after its start", begun)
    global of_java
    fields = Path(f"/proc/{session.sparkContext._gateway.proc.pid}/stat").read_text().rpartition(")")[2].split()
    of_java = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    session.stop()
    return rows


of_java = 0.0


def cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime + of_java


def said(name: str, since: float) -> None:
    print(f"{name}: {time.monotonic() - since:.1f} s, load {os.getloadavg()[0]:.0f}", flush=True)


begun = time.monotonic()
if __name__ == "__main__":
    which, folder = sys.argv[1], Path(sys.argv[2])
    start = begun
    rows: Any = globals()[which](folder)
    if which != "make":
        assert 0.9 * USERS < rows <= USERS
        said(which, start)
        print(f"{which}: {cpu():.1f} s of CPU", flush=True)
