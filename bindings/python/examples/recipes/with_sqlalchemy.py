# The same from a database: postgresql+psycopg://… · mysql+pymysql://… · sqlite:///shop.db
import os

from sqlalchemy import create_engine, text

import usercom

client = usercom.Client("acme", os.environ["USERCOM_TOKEN"], base_url=os.environ.get("USERCOM_BASE_URL"))
query = text("SELECT user_id, SUM(points) AS points FROM visits GROUP BY user_id ORDER BY user_id")

with create_engine(os.environ["DATABASE_URL"]).connect() as connection:
    rows = connection.execution_options(stream_results=True).execute(query)
    # In the same order, the same rows are the same job: after a crash, run it again, and it resumes.
    print(client.mass_update_rows(rows, "points", journal_dir="journal"))
