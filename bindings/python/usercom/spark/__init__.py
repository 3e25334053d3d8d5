"""Sets attributes of the users in a Spark DataFrame, and reports what became of every row.

    import usercom.spark

    result = usercom.spark.mass_update(df, "plan", subdomain="acme", ids="user_id")
    result.groupBy("usercom_state").count().show()

Spark joins, groups and deduplicates; a few tasks, by default one, send. The package must be installed on the driver and
on the executors, which also need the token. https://spark.apache.org, PySpark 3.5 or newer.
"""

from ._estimate import Estimate, estimate
from ._mass_update import mass_update

__all__ = ["Estimate", "estimate", "mass_update"]
