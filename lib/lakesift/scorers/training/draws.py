"""Deterministic draws among labelled documents: the held-out part and samples."""

from __future__ import annotations

from pyspark.sql import Column
from pyspark.sql import functions as F

PLACES = 1 << 20


def held_out(seed: int, share: float) -> Column:
    """Return whether a document is held out, by its doc_id and the seed alone.

    Args:
        seed: of the split.
        share: expected share of documents held out, 0 to 1.
    """
    return _place("held out", seed) < round(share * PLACES)


def sampled(seed: int, share: float) -> Column:
    """Return whether a document is in a sample of about `share` of all.

    The sample is independent of `held_out`.
    """
    return _place("sampled", seed) < round(share * PLACES)


def _place(purpose: str, seed: int) -> Column:
    return F.pmod(F.xxhash64(F.lit(purpose), F.lit(seed), F.col("doc_id")), F.lit(PLACES))
