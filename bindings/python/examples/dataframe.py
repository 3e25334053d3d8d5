"""From a pandas DataFrame: one value for a selection, or a value for each row."""

from typing import Any

import usercom


def mark_as_pro(client: usercom.Client, df: Any) -> usercom.Report:
    return client.mass_update(df["user_id"], "plan", "pro")


def write_scores(client: usercom.Client, df: Any) -> usercom.Report:
    return client.mass_update_rows(df[["user_id", "score"]], "score", na="skip")


def with_states(client: usercom.Client, df: Any) -> Any:
    report = write_scores(client, df)
    return df.reset_index(drop=True).join(report.to_pandas()[["state", "message"]])  # of those that failed
