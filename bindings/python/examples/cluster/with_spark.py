# The score of each user in scores (user_id, score, at), the latest of each; what failed goes to the folder failed.
from pyspark.sql import SparkSession

import usercom.spark

spark = SparkSession.builder.getOrCreate()
scores = spark.read.parquet("scores")

result = usercom.spark.mass_update(
    scores,
    {"score": "score"},  # attribute: column
    subdomain=spark.conf.get("spark.shop.subdomain", "acme"),
    ids="user_id",
    order_by="at",
    na="skip",
    results="states",
    base_url=spark.conf.get("spark.shop.base_url", None),
)
result.groupBy("usercom_state").count().show()
result.filter("usercom_state <> 'confirmed'").write.mode("overwrite").parquet("failed")
