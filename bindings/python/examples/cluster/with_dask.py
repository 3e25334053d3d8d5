# The score of each user in scores (user_id, score, at), the latest of each; what failed goes to failed.csv.
import os

import dask.dataframe as dd
import pandas as pd

import usercom


def send(rows: pd.DataFrame) -> pd.DataFrame:
    with usercom.Client("acme", os.environ["USERCOM_TOKEN"], base_url=os.environ.get("USERCOM_BASE_URL")) as client:
        report = client.mass_update_rows(rows[["user_id", "score"]], "score", na="skip")
    return rows.reset_index(drop=True).join(report.to_pandas()[["state", "message"]], how="inner")


if __name__ == "__main__":
    scores = dd.read_parquet("scores")
    latest = scores.sort_values("at").drop_duplicates("user_id", keep="last", split_out=1).compute()
    send(latest.sort_values(["score", "user_id"])).to_csv("failed.csv", index=False)
