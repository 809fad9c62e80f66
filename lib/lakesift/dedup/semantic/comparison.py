"""Comparison within clusters: each document's most similar earlier one.

It works in blocks that bound the memory.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import pyspark.sql.functions as F
from pyspark.sql import DataFrame, Window

from lakesift.dedup.semantic.settings import SemanticDuplicateSettings
from lakesift.dedup.semantic.unit_vectors import SQUARED_SCALE, vectors_of

if TYPE_CHECKING:
    import pandas as pd

NEAREST = "doc_id STRING, keeper_id STRING, keeper_place INT, similarity DOUBLE"
# Rows of a block that are multiplied with the other block at once: bounds the similarities in memory.
ROWS = 512


def nearest_earlier(ordered: DataFrame, settings: SemanticDuplicateSettings) -> DataFrame:
    """Return each too similar vector's most similar earlier one in its cluster.

    All earlier vectors are compared, those that are dropped themselves among them; of equally similar ones the first
    counts (facebookresearch/SemDeDup `semdedup.py`: maximum over the strict upper triangle). A cluster of n vectors in
    blocks of b is n/b blocks, each compared with itself and with those before it: a vector is sent to n/b tasks.

    Args:
        ordered: doc_id, cluster, place INT (0-based, in the cluster's order), size INT (of the cluster), vector.
        settings: `eps`, `rule` and `block`.

    Returns:
        doc_id, keeper_id, similarity DOUBLE (their cosine, at most 1): one row per vector to drop.
    """
    block = F.floor(F.col("place") / settings.block).cast("int")
    last = F.floor((F.col("size") - 1) / settings.block).cast("int")
    sent = ordered.where("size > 1").select(
        "doc_id",
        "cluster",
        "place",
        "vector",
        block.alias("block"),
        F.explode(F.sequence(F.lit(0), last)).alias("other"),
    )
    pairs = sent.groupBy(
        "cluster", F.greatest("block", "other").alias("later"), F.least("block", "other").alias("earlier")
    )
    found = pairs.applyInPandas(_compare(settings), NEAREST)
    most = F.max(F.struct("similarity", (-F.col("keeper_place")).alias("early"), "keeper_id")).alias("most")
    return found.groupBy("doc_id").agg(most).select("doc_id", "most.keeper_id", "most.similarity")


def placed(members: DataFrame) -> DataFrame:
    """Add each member's `place` in its cluster, and the cluster's `size`.

    The order is (order, doc_id).

    Args:
        members: doc_id, cluster, order, and any columns to keep.
    """
    cluster = Window.partitionBy("cluster")
    place = F.row_number().over(cluster.orderBy("order", "doc_id")) - 1
    return members.withColumns({"place": place, "size": F.count("*").over(cluster).cast("int")})


def _compare(settings: SemanticDuplicateSettings) -> Callable[[tuple[int, int, int], pd.DataFrame], pd.DataFrame]:
    return partial(_compare_blocks, least=(1 - settings.eps) * SQUARED_SCALE, also_equal=settings.rule == "nemo")


def _compare_blocks(key: tuple[int, int, int], rows: pd.DataFrame, least: float, also_equal: bool) -> pd.DataFrame:
    _, later_block, earlier_block = key
    rows = rows.sort_values("place", ignore_index=True)
    later = rows[rows["block"] == later_block]
    earlier = rows[rows["block"] == earlier_block]
    vectors = vectors_of(rows["vector"])
    these, those = vectors[later.index], vectors[earlier.index].T
    places = earlier["place"].to_numpy()
    chosen, most = np.zeros(len(later), np.int64), np.full(len(later), -np.inf)
    for first in range(0, len(later), ROWS):
        part = slice(first, first + ROWS)
        products = these[part] @ those
        if later_block == earlier_block:
            products[places >= later["place"].to_numpy()[part, None]] = -np.inf
        chosen[part] = products.argmax(axis=1)
        most[part] = products.max(axis=1)
    # SemDeDup's maximum includes zeros for later documents: below 0 nothing is similar.
    is_dropped = most >= least if also_equal else most > least
    found = later.loc[is_dropped, ["doc_id"]].reset_index(drop=True)
    keepers = earlier.iloc[chosen[is_dropped]]
    return found.assign(
        keeper_id=keepers["doc_id"].to_numpy(),
        keeper_place=keepers["place"].to_numpy(),
        similarity=np.minimum(most[is_dropped] / SQUARED_SCALE, 1.0),
    )
