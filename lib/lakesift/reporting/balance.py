"""Show the balance of pairs over entries, as in Demystifying CLIP Data (2023)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from pyspark.sql import functions as F

from lakesift.reporting.frames import Tables, small_rows

# Counts are put together in classes of a tenth of a power of two: at most some 400 points, each of them exact.
_CLASSES_PER_DOUBLING: Final = 10
_ENTRY_CHARACTERS: Final = 200


@dataclass(frozen=True)
class Balance:
    """Figures of `entry_counts`, `pairs`, `matches` and `draws`.

    `classes` has one row per class of counts, rising: entries, matches (sum of the counts), balanced (sum of
    min(count, t)), most (the largest count). `languages` has one row per language.
    """

    entries: int
    classes: list[dict[str, Any]]
    languages: list[dict[str, Any]]
    head: list[dict[str, Any]]
    pairs: list[tuple[str, int]]
    expected: float | None


def balance(tables: Tables, listed: int, dataset: str | None) -> Balance | None:
    """Return the balance figures, or None without an `entry_counts` table.

    Args:
        tables: uses `entry_counts`, `pairs`, `matches`, `draws` and `dataset_<dataset>` when it holds pairs.
        listed: how many of the most frequent entries are named.
        dataset: the published data set the report is about.
    """
    if "entry_counts" not in tables:
        return None
    counts = tables["entry_counts"]
    balanced = F.sum(F.least("count", "t")).alias("balanced")
    matches = F.sum("count").alias("matches")
    step = F.when(F.col("count") > 0, F.floor(F.log2(F.col("count").cast("double")) * _CLASSES_PER_DOUBLING))
    classes = counts.groupBy(F.coalesce(step, F.lit(-1)).alias("step")).agg(
        F.count("*").alias("entries"), matches, balanced, F.max("count").alias("most")
    )
    tail = F.sum(F.when(F.col("count") < F.col("t"), F.col("count")).otherwise(0)).alias("tail")
    languages = counts.groupBy("language").agg(
        F.count("*").alias("entries"),
        F.count_if(F.col("count") > 0).alias("matched"),
        matches,
        balanced,
        tail,
        F.max("t").alias("t"),
    )
    entry = F.substring("entry", 1, _ENTRY_CHARACTERS).alias("entry")
    most = counts.orderBy(F.desc("count"), "entry_id").limit(listed)
    head = most.select(entry, "language", "count", "t", "probability").orderBy(F.desc("count"), "entry")
    rows = small_rows(classes.orderBy("step"))
    return Balance(
        entries=sum(row["entries"] for row in rows),
        classes=rows,
        languages=small_rows(languages.orderBy(F.desc("matches"), "language")),
        head=small_rows(head),
        pairs=_pair_steps(tables, dataset),
        expected=_expected(tables),
    )


def cumulative(classes: Sequence[dict[str, Any]], column: str) -> list[tuple[float, float]]:
    """Return (entries so far, sum of `column` so far), from the rarest entries on."""
    points, entries, sums = [(0.0, 0.0)], 0, 0
    for row in classes:
        entries, sums = entries + row["entries"], sums + row[column]
        points.append((float(entries), float(sums)))
    return points


def by_rank(classes: Sequence[dict[str, Any]]) -> list[tuple[float, float]]:
    """Return (rank, count) from the most frequent entry down to the last matched."""
    points: list[tuple[float, float]] = []
    rank = 1
    for row in reversed(classes):
        if row["most"] > 0:
            points.append((float(rank), float(row["most"])))
        rank += row["entries"]
    return points


def _pair_steps(tables: Tables, dataset: str | None) -> list[tuple[str, int]]:
    steps: list[tuple[str, int]] = []
    if "pairs" in tables:
        steps.append(("pairs", tables["pairs"].count()))
    if "matches" in tables:
        steps.append(("with a matched entry", tables["matches"].where(F.size("entries") > 0).count()))
    if "draws" in tables:
        steps.append(("drawn", tables["draws"].where("kept").count()))
    chosen = tables.get(f"dataset_{dataset}") if dataset else None
    if chosen is not None and "pair_id" in chosen.columns:
        steps.append((f"data set {dataset}", chosen.count()))
    return steps


def _expected(tables: Tables) -> float | None:
    if "draws" not in tables:
        return None
    [row] = small_rows(tables["draws"].agg(F.sum("probability").alias("expected")))
    return float(row["expected"] or 0)
