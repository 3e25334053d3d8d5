# Points from points.csv (user_id,points), some of which are missing; what failed goes to failed.csv.
import os

import pandas as pd

import usercom

client = usercom.Client("acme", os.environ["USERCOM_TOKEN"], base_url=os.environ.get("USERCOM_BASE_URL"))

# Int64 keeps integers integers: without it, a column with gaps becomes floats, and 5 is sent as 5.0.
points = pd.read_csv("points.csv", dtype={"user_id": "Int64", "points": "Int64"})
report = client.mass_update_rows(points[["user_id", "points"]], "points", na="skip")
print(report)

# The index of to_pandas() is the position of the row.
points.join(report.to_pandas(), how="inner").to_csv("failed.csv", index=False)
