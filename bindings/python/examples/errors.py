"""What became of every single id, also after an error."""

import os

import usercom

client = usercom.Client("acme", os.environ["USERCOM_TOKEN"], base_url=os.environ.get("USERCOM_BASE_URL"))

try:
    report = client.mass_update([10, 15, 999_999], "newsletter", True)
except usercom.InvalidArgument as error:  # also a ValueError; nothing was sent
    raise SystemExit(f"invalid: {error}") from None
except usercom.Unauthorized as error:
    raise SystemExit(f"wrong token: {error}") from None
except usercom.Error as error:  # anything else: the run stopped early or did not start
    print(f"stopped early, {error.status.name}: {error}")
    print(error.report)
else:  # the run completed, but not every id need be confirmed
    print(f"{report.confirmed} of {report.total} confirmed")
    for failure in report.failures:
        print(f"id {failure.id}: {failure.state.name.lower()}, {failure.message}")
