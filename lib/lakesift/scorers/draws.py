"""Deterministic draws among labelled documents: which measure, and in which order the others train."""

from __future__ import annotations

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

PLACES = 1 << 20


def held_out(seed: int, share: float) -> Column:
    """Whether a document measures instead of training: decided by its doc_id and the seed alone.

    Args:
        seed: of the split.
        share: expected share of documents held out, 0 to 1.
    """
    return _place("held out", seed) < round(share * PLACES)


def sampled(seed: int, share: float) -> Column:
    """Whether a document is in a sample of about `share` of all, independent of `held_out`."""
    return _place("sampled", seed) < round(share * PLACES)


def shuffled(documents: DataFrame, seed: int, partitions: int) -> DataFrame:
    """Documents in an order that only their doc_id and the seed decide, whatever their partitioning was.

    Args:
        documents: rows with a doc_id.
        seed: of the order.
        partitions: of the result; read one after the other they give the order.
    """
    order = (F.xxhash64(F.lit("order"), F.lit(seed), F.col("doc_id")), F.col("doc_id"))
    return documents.repartitionByRange(partitions, *order).sortWithinPartitions(*order)


def _place(purpose: str, seed: int) -> Column:
    return F.pmod(F.xxhash64(F.lit(purpose), F.lit(seed), F.col("doc_id")), F.lit(PLACES))
