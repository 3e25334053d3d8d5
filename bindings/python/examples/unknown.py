"""Sending unknown ids again. It is harmless, unless something else has changed the attribute since."""

import os

import usercom

client = usercom.Client("acme", os.environ["USERCOM_TOKEN"], base_url=os.environ.get("USERCOM_BASE_URL"))
ids = range(1, 2001)

try:
    report = client.mass_update(ids, "plan", "pro")
except usercom.Error as error:
    if error.report is None:
        raise  # nothing was sent
    report = error.report

unknown = [ids[failure.index] for failure in report.failures if failure.state == usercom.IdState.UNKNOWN]
if unknown:
    report = client.mass_update(unknown, "plan", "pro")
print(report)
