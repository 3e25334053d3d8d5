"""Every kind of value, and what is sent."""

import os
from datetime import date, datetime, timezone
from decimal import Decimal

import usercom

client = usercom.Client("acme", os.environ["USERCOM_TOKEN"], base_url=os.environ.get("USERCOM_BASE_URL"))
ids = [10, 15]

client.mass_update(ids, "newsletter", True)  # true
client.mass_update(ids, "score", 50)  # 50
client.mass_update(ids, "discount", Decimal("0.10"))  # 0.10
client.mass_update(ids, "plan", "pro")  # "pro"
client.mass_update(ids, "last_order", date(2026, 11, 23))  # "2026-11-23"
client.mass_update(ids, "seen", datetime(2026, 11, 23, 10, tzinfo=timezone.utc))  # "2026-11-23T10:00:00Z"
client.mass_update(ids, "sizes", ["S", "M"])  # ["S","M"]
client.mass_update(ids, "raw", usercom.Json("1e3"))  # 1e3

client.mass_update_custom_ids(["u-1", "u-2"], "plan", "pro")  # your own ids
client.mass_update_rows({10: 7, 15: 9}, "score")  # a value for each user
client.mass_update_rows_custom_ids([("u-1", 7), ("u-2", 9)], "points")  # both
