"""Run it again after a crash, a cancel or an outage: it resumes."""

import os

import usercom

client = usercom.Client("acme", os.environ["USERCOM_TOKEN"], base_url=os.environ.get("USERCOM_BASE_URL"))

report = client.mass_update(range(1, 20_001), "plan", "pro", journal_dir="journal")
