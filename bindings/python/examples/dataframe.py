"""From a pandas DataFrame: one value for a selection, or a value for each row."""

from typing import Any

import usercom


def mark_as_pro(client: usercom.Client, df: Any) -> usercom.Report:
    return client.mass_update(df["user_id"].to_numpy(), "plan", "pro")  # int64: not copied


def write_scores(client: usercom.Client, df: Any) -> usercom.Report:
    return client.mass_update_rows(zip(df["user_id"], df["score"]), "score")  # equal scores are sent together
