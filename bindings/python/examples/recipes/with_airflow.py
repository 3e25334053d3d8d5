# A daily DAG. The connection `usercom` has the subdomain (host), the token (password) and a folder for journals (extra);
# `shop` is the database.
from datetime import datetime, timedelta

from airflow.providers.postgres.hooks.postgres import PostgresHook
from airflow.sdk import Connection, dag, task

QUERY = "SELECT user_id, SUM(points) FROM visits WHERE day = %(day)s GROUP BY user_id ORDER BY user_id"


@dag(schedule="@daily", start_date=datetime(2026, 11, 1), catchup=False)
def points_to_usercom():
    @task(retries=3, retry_delay=timedelta(minutes=5))
    def send(day: str) -> dict[str, int]:
        import usercom  # in the task: what reads this file needs no library

        account = Connection.get("usercom")
        client = usercom.Client(account.host, account.password, base_url=account.extra_dejson.get("base_url"))
        rows = PostgresHook("shop").get_records(QUERY, parameters={"day": day})
        # A folder that all workers share: then a retry sends only what is neither confirmed nor rejected.
        report = client.mass_update_rows(rows, "points", journal_dir=account.extra_dejson.get("journals"))
        print(report)
        if report.unknown:
            report.raise_for_failures()  # the task is retried
        return {"confirmed": report.confirmed, "rejected": report.rejected}

    send("{{ ds }}")


points_to_usercom()
