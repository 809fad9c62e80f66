"""The rank of each row in the order of all rows, without one sorting task."""

from __future__ import annotations

import pyspark.sql.functions as F
from pyspark.sql import Column, DataFrame, Window


def with_rank(frame: DataFrame, bucket: Column, *order: str) -> DataFrame:
    """Add `rank` BIGINT, 0 for the first row, and `total` BIGINT, the number of rows.

    Buckets are counted first; each is then sorted by itself.

    Args:
        frame: any rows; read twice.
        bucket: BIGINT that never decreases along the order, of at most some hundred thousand values.
        order: names of columns that are unique together.
    """
    bucketed = frame.withColumn("bucket", bucket)
    counts = bucketed.groupBy("bucket").agg(F.count("*").alias("rows"))
    in_order = Window.orderBy("bucket")
    before = F.sum("rows").over(in_order) - F.col("rows")
    total = F.sum("rows").over(in_order.rowsBetween(Window.unboundedPreceding, Window.unboundedFollowing))
    begins = counts.select("bucket", before.alias("before"), total.alias("total"))
    within = F.row_number().over(Window.partitionBy("bucket").orderBy(*order))
    ranked = bucketed.join(F.broadcast(begins), "bucket").withColumn("rank", F.col("before") + within - 1)
    return ranked.drop("bucket", "before")
