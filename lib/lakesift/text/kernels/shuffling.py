"""The order in which documents train a model."""

from __future__ import annotations

from pyspark.sql import DataFrame
from pyspark.sql import functions as F


def shuffled(documents: DataFrame, seed: int, partitions: int) -> DataFrame:
    """Return the documents in an order that depends only on doc_id and seed.

    Their partitioning has no influence.

    Args:
        documents: rows with a doc_id.
        seed: of the order.
        partitions: of the result; read one after the other they give the order.
    """
    order = (F.xxhash64(F.lit("order"), F.lit(seed), F.col("doc_id")), F.col("doc_id"))
    return documents.repartitionByRange(partitions, *order).sortWithinPartitions(*order)
