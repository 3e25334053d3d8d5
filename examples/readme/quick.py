import os
import usercom

report = usercom.mass_update("acme", os.environ["USERCOM_TOKEN"], [10, 15, 22, 23], "plan", "pro")
print(report.confirmed, "of", report.total)
