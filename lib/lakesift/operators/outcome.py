"""What became of each document, worked out in one place from the roles of the stages.

`publish`, the funnel, `explain`, `diff`, the data card, the report and the documents that a later stage sees are reads of
these rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from typing import NamedTuple

import pyspark.sql.functions as F
from pyspark.sql import DataFrame

from lakesift.operators.cuts import cut
from lakesift.operators.operator import Operator
from lakesift.operators.roles import Cuts, Drops, Weighs
from lakesift.operators.table import DOC_ID, Boolean, Column, Double, Int, Long, String, Table

OUTCOMES = Table(
    "what one stage made of one document; a document without a row went through as it was",
    {
        "place": Int("of the stage in the recipe, from 0"),
        "stage": String("its name"),
        "doc_id": DOC_ID,
        "kept": Boolean("whether the stage lets it pass"),
        "reason": String("why it left", null="kept"),
        "cluster_id": String("the documents of which one was kept", null="none"),
        "weight": Double("sampling weight that the stage multiplies by"),
        "removed_bytes": Long("bytes of UTF-8 that were cut"),
    },
)
SPANS = "ARRAY<STRUCT<start: INT, end: INT, put: STRING>>"
CUT_COLUMNS = {
    "doc_id": DOC_ID,
    "spans": Column(SPANS, "bytes cut from the text, and what takes their place", null="none"),
    "removed": Long("bytes cut"),
    "reason": String("why the whole document is dropped", null="it stays, cut"),
}


class Decided(NamedTuple):
    """A stage whose table says what became of documents: its place in the recipe, name, operator and rows."""

    place: int
    stage: str
    operator: Operator
    rows: DataFrame


def outcomes_of(decided: Decided) -> DataFrame:
    """Return the rows of `OUTCOMES` that one stage's table stands for.

    Args:
        decided: a stage with one of `roles.OUTCOME_ROLES`.
    """
    role, nothing = decided.operator.role, F.lit(None).cast("string")
    rows, reason, cluster, weight, removed = decided.rows, nothing, nothing, F.lit(1.0), F.lit(0)
    if isinstance(role, Drops):
        reason = F.when(F.expr(role.when), F.expr(role.reason))
        cluster = F.col(role.cluster) if role.cluster else nothing
        rows = rows if role.cluster else rows.where(role.when)
    elif isinstance(role, Cuts):
        reason, removed = F.col("reason"), F.col("removed")
    elif isinstance(role, Weighs):
        weight = F.col("weight")
    return rows.select(
        F.lit(decided.place).alias("place"),
        F.lit(decided.stage).alias("stage"),
        "doc_id",
        reason.isNull().alias("kept"),
        reason.alias("reason"),
        cluster.alias("cluster_id"),
        weight.alias("weight"),
        removed.cast("bigint").alias("removed_bytes"),
    )


def outcomes_of_left_out(place: int, stage: str, left_out: DataFrame) -> DataFrame:
    """Return the rows of `OUTCOMES` of documents that a publishing stage leaves out by itself.

    Args:
        place: of the stage.
        stage: its name.
        left_out: doc_id, reason.
    """
    return left_out.select(
        F.lit(place).alias("place"),
        F.lit(stage).alias("stage"),
        "doc_id",
        F.lit(False).alias("kept"),
        "reason",
        F.lit(None).cast("string").alias("cluster_id"),
        F.lit(1.0).alias("weight"),
        F.lit(0).cast("bigint").alias("removed_bytes"),
    )


def union_of(stages: Sequence[Decided], documents: DataFrame) -> DataFrame:
    """Return the outcomes of several stages; none where no stage decides.

    Args:
        stages: in the order of the recipe.
        documents: doc_id; of any documents, for an empty frame where there are no stages.
    """
    if stages:
        return reduce(DataFrame.unionByName, map(outcomes_of, stages))
    nothing = {name: F.lit(None).cast(column.sql).alias(name) for name, column in OUTCOMES.columns.items()}
    return documents.where("false").select(
        *(F.col(name) if name == "doc_id" else each for name, each in nothing.items())
    )


def kept_documents(documents: DataFrame, stages: Sequence[Decided]) -> DataFrame:
    """Return the documents that no stage dropped, in their own text: one join, however many stages there are.

    Args:
        documents: rows of `documents`.
        stages: those before.
    """
    dropping = [each for each in stages if not isinstance(each.operator.role, Weighs)]
    if not dropping:
        return documents
    gone = reduce(DataFrame.union, [outcomes_of(each).where("NOT kept").select("doc_id") for each in dropping])
    return documents.join(gone, "doc_id", "left_anti")


def with_cuts(documents: DataFrame, stages: Sequence[Decided]) -> DataFrame:
    """Return documents in the text that the cuts left; each cut was made on what the one before it left.

    Args:
        documents: rows of `documents`.
        stages: those before, in order.
    """
    cutting = (each for each in stages if isinstance(each.operator.role, Cuts))
    return reduce(lambda rest, each: cut(rest, each.rows), cutting, documents)


def decided_once(outcomes: DataFrame) -> DataFrame:
    """Return one row for each document with an outcome.

    Args:
        outcomes: rows of `OUTCOMES`.

    Returns:
        doc_id, reason, stage and place (the first that dropped it, in the order of the recipe; null: kept), cluster_id (the first
        cluster that it is in), weight (the product of all), removed_bytes (their sum).
    """
    place = F.col("place")
    first = F.min(F.when(~F.col("kept"), F.struct("place", "stage", "reason"))).alias("first")
    cluster = F.min(F.when(F.col("cluster_id").isNotNull(), F.struct("place", "cluster_id"))).alias("cluster")
    # In the order of the recipe: the last bit of a product depends on it.
    weights = F.sort_array(F.collect_list(F.when(F.col("weight") != 1.0, F.struct(place, F.col("weight").alias("by")))))
    grouped = outcomes.groupBy("doc_id").agg(
        first, cluster, weights.alias("weights"), F.sum("removed_bytes").alias("removed_bytes")
    )
    weight = F.aggregate("weights", F.lit(1.0), lambda product, each: product * each["by"])
    return grouped.select(
        "doc_id",
        "first.reason",
        "first.stage",
        "first.place",
        "cluster.cluster_id",
        weight.alias("weight"),
        "removed_bytes",
    )
