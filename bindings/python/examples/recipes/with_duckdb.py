# What each user has spent, from orders.csv (user_id,amount); a Parquet file works the same.
import os

import duckdb

import usercom

client = usercom.Client("acme", os.environ["USERCOM_TOKEN"], base_url=os.environ.get("USERCOM_BASE_URL"))

spent = duckdb.sql("""
    SELECT user_id, sum(amount)::DECIMAL(12, 2) AS spent
    FROM read_csv('orders.csv', types = {'user_id': 'BIGINT', 'amount': 'DECIMAL(12, 2)'})
    GROUP BY user_id ORDER BY user_id
""")
print(client.mass_update_rows(spent, "spent"))  # 19.90 is sent as 19.90
