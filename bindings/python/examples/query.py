"""A value for each row of a query."""

import os
import sqlite3

import usercom

client = usercom.Client("acme", os.environ["USERCOM_TOKEN"], base_url=os.environ.get("USERCOM_BASE_URL"))

rows = sqlite3.connect("shop.db").execute("SELECT user_id, SUM(points) FROM visits GROUP BY user_id")
report = client.mass_update_rows(rows, "points")  # equal values are sent together
