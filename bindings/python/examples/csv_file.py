"""The ids in a column of a CSV file, and then a value for each of them."""

import csv
import os

import usercom

client = usercom.Client("acme", os.environ["USERCOM_TOKEN"], base_url=os.environ.get("USERCOM_BASE_URL"))

with open("users.csv", newline="") as file:  # id,points
    rows = list(csv.DictReader(file))

client.mass_update([int(row["id"]) for row in rows], "plan", "pro")
client.mass_update_rows([(int(row["id"]), int(row["points"])) for row in rows], "points")
