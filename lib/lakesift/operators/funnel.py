"""The funnel: what each rule or reason drops, in order and on its own."""

from __future__ import annotations

from collections.abc import Sequence

import pyspark.sql.functions as F
from pyspark.sql import Column, DataFrame, Window


def funnel(verdicts: DataFrame, rules: Sequence[str]) -> DataFrame:
    """What each rule drops in the written order and on its own, by language.

    Args:
        verdicts: rows of `verdicts`.
        rules: full names, in order.

    Returns:
        position, rule, language, documents_in, words_in, dropped_documents, dropped_words, alone_documents, alone_words:
        one row per rule and language; documents_in counts what the earlier rules left.
    """
    positions = F.create_map(*[item for place, name in enumerate(rules) for item in (F.lit(name), F.lit(place))])
    totals = verdicts.groupBy("language").agg(F.count("*").alias("documents"), F.sum("words").alias("all_words"))
    first = verdicts.select(
        "language", "words", F.explode("failed").alias("rule"), F.element_at("failed", 1).alias("first")
    )
    counts = first.groupBy("language", "rule").agg(
        *[
            F.sum(F.when(F.col("rule") == F.col("first"), unit).otherwise(0)).alias(f"dropped_{name}")
            for name, unit in _units()
        ],
        *[F.sum(unit).alias(f"alone_{name}") for name, unit in _units()],
    )
    named = totals.select(
        "language", "documents", "all_words", F.explode(F.array(*[F.lit(rule) for rule in rules])).alias("rule")
    )
    table = named.join(counts, ["language", "rule"], "left").fillna(0).withColumn("position", positions[F.col("rule")])
    before = Window.partitionBy("language").orderBy("position").rowsBetween(Window.unboundedPreceding, -1)
    earlier = {unit: F.coalesce(F.sum(f"dropped_{unit}").over(before), F.lit(0)) for unit in ("documents", "words")}
    return table.select(
        "position",
        "rule",
        "language",
        (F.col("documents") - earlier["documents"]).alias("documents_in"),
        (F.col("all_words") - earlier["words"]).alias("words_in"),
        *[
            F.col(f"{kind}_{unit}").cast("bigint").alias(f"{kind}_{unit}")
            for kind in ("dropped", "alone")
            for unit in ("documents", "words")
        ],
    )


def _units() -> list[tuple[str, Column]]:
    return [("documents", F.lit(1)), ("words", F.col("words"))]
