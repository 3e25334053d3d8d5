"""Raises the score of everybody who ordered within the last 90 days to at least 50: the Python part of `make demo`."""

import csv
import os
import sys
from pathlib import Path

import usercom

# Ninety days before the last day of the data. Dates in ISO 8601 compare as text.
SINCE = "2026-08-25"

users_csv, confirmed_txt = map(Path, sys.argv[1:])
with users_csv.open(newline="") as file:
    ids = [
        int(user["id"])
        for user in csv.DictReader(file)
        if user["last_order"] >= SINCE and int(user["score"]) < 50
    ]
print(f"{len(ids)} customers of the last 90 days have a score below 50")

# Raises usercom.PartialUpdate, or another usercom.Error, unless every single id is confirmed.
usercom.mass_update("demo", os.environ["USERCOM_TOKEN"], ids, "score", 50)

print(f"{len(ids)} of {len(ids)} ids confirmed")
confirmed_txt.write_text("".join(f"{id}\n" for id in ids))
