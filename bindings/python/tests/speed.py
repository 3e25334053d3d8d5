"""What a million ids cost in Python, against a sandbox: `make bench` runs it with the library that is released.

The service's part is not Python's, so what counts is the processor time of the process, and its memory. Each form of
ids or rows has a process of its own. The figures also go into the folder that USERCOM_BENCH names.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, Callable

MILLION = 1_000_000
# The most seconds of the processor, and MB of memory with the ids, where there is a goal.
CASES = {
    "list": (None, None),
    "numpy int64": (None, None),
    "custom ids of a list": (1.2, 150),
    "rows from zip": (1.2, None),
    "rows from a DataFrame": (0.7, None),
    "rows from an Arrow table": (0.7, None),
}


def job(case: str, client: Any) -> Callable[[], Any]:
    ids = range(1, MILLION + 1)
    scores = [f"score {number % 100}" for number in ids] if case.startswith("rows") else []
    if case == "list":
        numbers = list(ids)
        return lambda: client.mass_update(numbers, "plan", "pro")
    if case == "numpy int64":
        import numpy

        array = numpy.arange(1, MILLION + 1, dtype=numpy.int64)
        return lambda: client.mass_update(array, "plan", "pro")
    if case == "custom ids of a list":
        texts = [f"u-{number}" for number in ids]
        return lambda: client.mass_update_custom_ids(texts, "plan", "pro")
    if case == "rows from zip":
        numbers = list(ids)
        return lambda: client.mass_update_rows(zip(numbers, scores), "score")
    if case == "rows from a DataFrame":
        import pandas

        frame = pandas.DataFrame({"id": list(ids), "score": scores})
        return lambda: client.mass_update_rows(frame, "score")
    import pyarrow

    table = pyarrow.table({"id": list(ids), "score": scores})
    return lambda: client.mass_update_rows(table, "score")


def measure(case: str, url: str, token: str) -> None:
    import usercom

    with usercom.Client("acme", token, base_url=url, rate_limit=0) as client:
        run = job(case, client)
        wall = processor = memory = float("inf")
        for _ in range(3):
            start, used = time.perf_counter(), time.process_time()
            report = run()
            assert report.confirmed == MILLION, report
            wall, processor = min(wall, time.perf_counter() - start), min(processor, time.process_time() - used)
            memory = min(memory, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000)  # the most of the first run
            del report
    print(wall, processor, memory)


def main() -> bool:
    """Whether a goal is missed."""
    from conftest import TOKEN, Sandbox

    sandbox = Sandbox()
    missed = False
    figures = []
    try:
        for case, (seconds, megabytes) in CASES.items():
            said = subprocess.run(
                [sys.executable, __file__, case, sandbox.url, TOKEN], check=True, stdout=subprocess.PIPE, text=True
            ).stdout
            wall, processor, memory = map(float, said.split())
            figures.append({"name": case, "wall_s": wall, "cpu_s": processor, "peak_mb": memory})
            over = processor > (seconds or processor) or memory > (megabytes or memory)
            missed = missed or over
            goal = " and ".join(f"{number} {unit}" for number, unit in ((seconds, "s"), (megabytes, "MB")) if number)
            print(
                f"Python, 1,000,000 {case + ':':<26} {wall:.2f} s, of them {processor:.2f} s of Python's processor time,"
                f" {memory:.0f} MB{goal and f'; goal: {goal}'}{'  MISSED' if over else ''}"
            )
    finally:
        sandbox.stop()
    if "USERCOM_BENCH" in os.environ:
        Path(os.environ["USERCOM_BENCH"], "python.json").write_text(json.dumps(figures))
    return missed


if __name__ == "__main__":
    if sys.argv[1:]:
        measure(*sys.argv[1:])
    else:
        sys.exit(main())
