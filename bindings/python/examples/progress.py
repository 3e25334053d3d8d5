"""Progress, a deadline, and a log, for a run of many ids. Ctrl-C stops it cleanly within 6 seconds."""

import logging
import os

import usercom

logging.basicConfig(level=logging.INFO)


def show(p: usercom.Progress) -> None:  # returning False would stop the run
    print(f"{p.done} of {p.total}, waiting {p.waiting:.1f} s")


with usercom.Client(
    "acme",
    os.environ["USERCOM_TOKEN"],
    base_url=os.environ.get("USERCOM_BASE_URL"),
    rate_limit=8,  # requests per second
    log=logging.getLogger("usercom").log,
) as client:
    report = client.mass_update(range(1, 5001), "score", 50, progress=show, deadline=600)
    report.raise_for_failures()
