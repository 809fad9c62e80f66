"""The scores of several scorers as one.

Each score is turned into the number of its bucket, and the highest bucket counts.
"""

from __future__ import annotations

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from lakesift.scorers.models.settings import EnsembleSettings

COARSE = 65_536
"""Parts of the scores' range that are summed up on their own, so that no task sorts the scores of all documents."""


def ensemble(scored: DataFrame, settings: EnsembleSettings) -> DataFrame:
    """Return each document's highest bucket by any scorer.

    This is Nemotron-CC's classifier ensemble.

    A scorer's buckets hold the same number of bytes of text: with 20 of them, their limits are its scores' percentiles
    5, 10 ... 95, a document counted by its bytes; a document at a limit is in the bucket above.

    Source: Nemotron-CC (arXiv 2412.02595), section 2.2; NVIDIA/NeMo-Curator 075a153
    tutorials/distributed_data_classification/fineweb-edu-ensemble-classification.ipynb, which takes the limits of a
    sample.

    Args:
        scored: doc_id, scores MAP<STRING, DOUBLE> by scorer (0 to 1, the same scorers in each row), bytes BIGINT;
            materialized, because it is read twice.
        settings: see `EnsembleSettings`.

    Returns:
        The same with `score` DOUBLE: a whole number, 0 to `buckets` - 1.
    """
    limits = bucket_limits(scored, settings.buckets)
    by_scorer = limits.agg(
        F.map_from_entries(F.array_sort(F.collect_list(F.struct("scorer", "limits")))).alias("limits")
    )
    buckets = F.transform(F.map_entries("scores"), lambda each: _bucket(each["value"], F.col("limits")[each["key"]]))
    return scored.crossJoin(F.broadcast(by_scorer)).withColumn("score", F.array_max(buckets)).drop("limits")


def _bucket(score: Column, limits: Column) -> Column:
    return F.size(F.filter(limits, lambda limit: limit <= score)).cast("double")


def bucket_limits(scored: DataFrame, buckets: int) -> DataFrame:
    """Return the smallest score of each bucket except the lowest.

    Args:
        scored: see `ensemble`.
        buckets: number of buckets.

    Returns:
        scorer STRING, limits ARRAY<DOUBLE> (`buckets` - 1, ascending): the smallest score at which the bytes of all
        documents up to it are at least that share of all bytes (numpy's `inverted_cdf`).
    """
    each = scored.select("bytes", F.explode("scores").alias("scorer", "score"))
    sums = each.groupBy("scorer", "score").agg(F.sum("bytes").alias("bytes"))
    coarse = F.floor(F.col("score") * COARSE).alias("coarse")
    parts = sums.groupBy("scorer", coarse).agg(F.sum("bytes").alias("bytes"))
    earlier = Window.partitionBy("scorer").orderBy("coarse").rowsBetween(Window.unboundedPreceding, -1)
    before = F.coalesce(F.sum("bytes").over(earlier), F.lit(0)).alias("before")
    total = F.sum("bytes").over(Window.partitionBy("scorer")).alias("total")
    placed = sums.withColumn("coarse", coarse).join(
        parts.select("scorer", "coarse", before, total), ["scorer", "coarse"]
    )
    up_to = Window.partitionBy("scorer", "coarse").orderBy("score")
    share = (F.col("before") + F.sum("bytes").over(up_to)) / F.col("total")
    smallest = [F.min(F.when(F.col("share") >= bucket / buckets, F.col("score"))) for bucket in range(1, buckets)]
    return (
        placed.select("scorer", "score", share.alias("share")).groupBy("scorer").agg(F.array(*smallest).alias("limits"))
    )
