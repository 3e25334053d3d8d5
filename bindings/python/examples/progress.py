"""A progress bar, and the library's log in Python's."""

import logging
import os

import usercom

logging.basicConfig(level=logging.INFO)

with usercom.Client(
    "acme",
    os.environ["USERCOM_TOKEN"],
    base_url=os.environ.get("USERCOM_BASE_URL"),
    rate_limit=8,  # requests per second
    log=logging.getLogger("usercom").log,
) as client:
    client.mass_update(range(1, 5001), "score", 50, progress=True)  # a bar, drawn by tqdm


def show(p: usercom.Progress) -> None:  # returning False would stop the run
    print(f"{p.done} of {p.total}, {p.rejected} rejected, waiting {p.waiting:.1f} s")


with usercom.Client("acme", os.environ["USERCOM_TOKEN"], base_url=os.environ.get("USERCOM_BASE_URL")) as client:
    report = client.mass_update(range(1, 2001), "score", 51, progress=show, deadline=600)
