"""Before: what an update needs, and the users. After: some values read back."""

import os

import usercom

client = usercom.Client("acme", os.environ["USERCOM_TOKEN"], base_url=os.environ.get("USERCOM_BASE_URL"))

check = client.check("score", 50)  # does all work, does the attribute exist, does 50 fit its type?
print(check)
check.raise_for_failures()

ids = {user.email: user.id for user in client.users(["plan"])}  # all users, page by page

report = client.mass_update(ids.values(), "score", 50, preflight=True, verify=5)
print(f"{report.verified} read back as sent, {report.mismatched} otherwise")
for wrong in report.mismatches:
    print(f"id {wrong.id}: sent {wrong.sent}, stored {wrong.stored}")
