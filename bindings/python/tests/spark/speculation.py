"""speculation.py URL FOLDER: two updates on a cluster of two hosts that copies every task after a second.

Spark starts no copy on the host of the task, and in `local-cluster` all executors have one host. So here are a master and
two workers, on two addresses of this machine. Prints how many ids the sandbox at URL received of 100,000: with the barrier
that the update puts around its tasks, and without it.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import Any

import pyspark
from pyspark.sql import SparkSession

import usercom.spark
from usercom.spark import _mass_update

OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def start(name: str, folder: Path, *arguments: str) -> tuple[subprocess.Popen[bytes], Path]:
    log = folder / f"{name}.log"
    command = [f"{Path(pyspark.__file__).parent}/bin/spark-class", f"org.apache.spark.deploy.{name.partition('-')[0]}"]
    environment = {**os.environ, "SPARK_DAEMON_MEMORY": "256m", "SPARK_DAEMON_JAVA_OPTS": "-XX:TieredStopAtLevel=1"}
    with log.open("wb") as file:
        return subprocess.Popen([*command, *arguments], stdout=file, stderr=file, env=environment), log


def said(log: Path, words: str) -> str:
    limit = time.monotonic() + 300
    while time.monotonic() < limit:
        found = re.search(words, log.read_text(errors="replace"))
        if found:
            return found.group()
        time.sleep(0.2)
    raise SystemExit(f"{log} does not say {words}: {log.read_text(errors='replace')[-2000:]}")


def ids_sent(url: str) -> int:
    import json

    with OPENER.open(f"{url}/_sandbox/requests", timeout=120) as response:
        return sum(one["ids"] for one in json.loads(response.read())["requests"] if one["status"] == 200)


def main(url: str, folder: Path) -> None:
    processes = []
    try:
        process, log = start("master.Master", folder, "--host", "127.0.0.1", "--port", "0", "--webui-port", "0")
        processes.append(process)
        master = said(log, r"spark://127\.0\.0\.1:\d+")
        for host in ("127.0.0.1", "127.0.0.2"):
            arguments = [
                "--host",
                host,
                "--webui-port",
                "0",
                "--cores",
                "1",
                "--memory",
                "700m",
                "--work-dir",
                str(folder),
                master,
            ]
            process, log = start(f"worker.Worker-{host}", folder, *arguments)
            processes.append(process)
            said(log, "Successfully registered")
        settings: dict[str, Any] = {
            "spark.driver.memory": "512m", "spark.executor.memory": "512m", "spark.ui.enabled": "false",
            "spark.sql.shuffle.partitions": 1, "spark.sql.adaptive.enabled": "false", "spark.locality.wait": "0",
            "spark.executorEnv.PYTHONPATH": os.environ["PYTHONPATH"],
            "spark.executorEnv.USERCOM_LIBRARY": os.environ["USERCOM_LIBRARY"],
            "spark.speculation": "true", "spark.speculation.task.duration.threshold": "1s", "spark.speculation.interval": "200ms",
        }  # fmt: skip
        (folder / "spark.conf").write_text(f"spark.executorEnv.USERCOM_TOKEN {os.environ['USERCOM_TOKEN']}\n")
        os.environ["PYSPARK_SUBMIT_ARGS"] = f"--properties-file {folder}/spark.conf pyspark-shell"
        builder = SparkSession.builder.master(master)
        for name, value in settings.items():
            builder = builder.config(name, str(value))
        spark = builder.getOrCreate()
        spark.sparkContext.setLogLevel("ERROR")
        for barrier in (True, False):
            real = _mass_update._has
            if not barrier:  # as with dynamic allocation, but without the check that would refuse it
                _mass_update._has = lambda spark, name: name == "spark.dynamicAllocation.enabled"
            before = ids_sent(url)
            rows = spark.range(1, 100_001).selectExpr("id", "1 AS v")
            result = usercom.spark.mass_update(rows, "v", subdomain="acme", base_url=url, rate_limit=5)
            assert result.filter("usercom_state = 'confirmed'").count() == 100_000
            _mass_update._has = real
            print("with" if barrier else "without", "a barrier:", ids_sent(url) - before, flush=True)
        spark.stop()
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            process.wait()


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
