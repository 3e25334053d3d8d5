"""For mypy --strict, which also reports an ignored error that is none: which options type checkers accept."""

from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import usercom


def accepted(token: str) -> None:
    usercom.Client("acme", token)
    client = usercom.Client("acme", token, rate_limit=2.5, ca_file=Path("ca.pem"), request_timeout=Decimal("1.5"))
    usercom.Client("acme", token, batch_size=10, rate_limit=(5, timedelta(seconds=1)), proxy=None)
    client.mass_update([1], "plan", "pro", dry_run=True, deadline=timedelta(minutes=5), cancel=usercom.Cancel())
    client.mass_update_custom_ids(["u-1"], "plan", "pro", stall_timeout=60, journal_dir="journal")
    options: usercom.RunOptions = {"max_requests": 7}
    client.mass_update_rows({1: 2}, "score", **options)
    client.mass_update_rows([(1, 2)], "score")
    client.mass_update_rows([[1, 2]], "score")
    client.mass_update_rows(zip([1], [2]), "score")


def rejected(token: str, client: usercom.Client) -> None:
    usercom.Client("acme", token, batchsize=10)  # type: ignore[call-arg]
    usercom.Client("acme", token, batch_size="10")  # type: ignore[arg-type]
    usercom.Client("acme", token, rate_limit=(1, 2, 3))  # type: ignore[arg-type]
    usercom.Client("acme", token, dry_run=True)  # type: ignore[call-arg]
    client.mass_update([1], "plan", "pro", patience=5)  # type: ignore[call-arg]
    client.mass_update([1], "plan", "pro", deadline="5")  # type: ignore[arg-type]
    client.mass_update_custom_ids(["u-1"], "plan", "pro", dry_run=1)  # type: ignore[arg-type]
    client.mass_update_rows({1: 2}, "score", journal_dir=5)  # type: ignore[arg-type]
    client.mass_update_rows([{"id": 1, "score": 2}], "score")  # type: ignore[arg-type]
    client.mass_update_rows_custom_ids({"u-1": 2}, "score", workers=2)  # type: ignore[call-arg]
