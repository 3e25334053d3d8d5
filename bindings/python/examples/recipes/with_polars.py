# The plan of each customer in customers.csv (customer,plan), by your own ids.
import os

import polars as pl

import usercom

client = usercom.Client("acme", os.environ["USERCOM_TOKEN"], base_url=os.environ.get("USERCOM_BASE_URL"))

customers = pl.scan_csv("customers.csv", schema_overrides={"customer": pl.String})
plans = customers.filter(pl.col("plan").is_not_null()).select("customer", "plan").collect()
print(client.mass_update_rows_custom_ids(plans, "plan"))
