# The score of each user in scores (user_id, score, at), the latest of each; what failed goes to failed.csv.
import os

import pandas as pd
import ray

import usercom


def latest(rows: pd.DataFrame) -> pd.DataFrame:
    return rows.sort_values("at").tail(1)


@ray.remote(max_retries=0)
def send(rows: pd.DataFrame) -> pd.DataFrame:
    with usercom.Client("acme", os.environ["USERCOM_TOKEN"], base_url=os.environ.get("USERCOM_BASE_URL")) as client:
        report = client.mass_update_rows(rows[["user_id", "score"]], "score", na="skip")
    return rows.join(report.to_pandas()[["state", "message"]], how="inner")


scores = ray.data.read_parquet("scores").groupby("user_id").map_groups(latest, batch_format="pandas")
ray.get(send.remote(scores.to_pandas())).to_csv("failed.csv", index=False)
