"""A few documents to look at: kept ones, and dropped ones for every rule."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from pyspark.sql import Window
from pyspark.sql import functions as F

from lakesift.reporting.frames import Tables, failed_rules, small_rows, with_rules
from lakesift.reporting.settings import ReportSettings


@dataclass(frozen=True)
class Samples:
    """Sample documents with the beginning of their text: kept, and by first rule."""

    kept: list[dict[str, Any]]
    dropped: dict[str, list[dict[str, Any]]]


def samples(tables: Tables, settings: ReportSettings) -> Samples:
    """Draw sample documents by a hash of their ids: the same lake gives the same.

    Args:
        tables: uses the first stage that decides by rules, and `documents`; without both there are no samples.
        settings: how many, and how much of their text.
    """
    rules = with_rules(tables)
    if not rules or "documents" not in tables:
        return Samples([], {})
    failed = F.expr(failed_rules(rules[0]))
    rule = F.coalesce(F.get(failed, F.lit(0)), F.lit(""))
    drawn = F.xxhash64("doc_id", F.lit(settings.seed))
    order = Window.partitionBy("rule").orderBy("drawn", "doc_id")
    judged = rules[0].rows.select("doc_id", failed.alias("failed"), rule.alias("rule"), drawn.alias("drawn"))
    wanted = F.when(F.col("rule") == "", settings.samples_kept).otherwise(settings.samples_per_rule)
    most = max(settings.samples_kept, settings.samples_per_rule)
    first = judged.withColumn("place", F.row_number().over(order)).where(F.col("place") <= most)
    chosen = first.where(F.col("place") <= wanted)
    texts = tables["documents"].select(
        "doc_id",
        "language",
        "words",
        F.substring("url", 1, settings.excerpt_characters).alias("url"),
        # Twice the excerpt: white space is folded before it is cut to size.
        F.substring("text", 1, 2 * settings.excerpt_characters).alias("text"),
    )
    rows = small_rows(texts.join(F.broadcast(chosen), "doc_id").orderBy("rule", "place"))
    dropped: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        dropped[row["rule"]].append(row)
    return Samples(dropped.pop("", []), dict(dropped))
