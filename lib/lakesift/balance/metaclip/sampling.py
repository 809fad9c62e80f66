"""MetaCLIP's balancing: counts of the entries, probabilities of pairs, the draw."""

from __future__ import annotations

from collections.abc import Sequence

import pyspark.sql.functions as F
from pyspark.sql import Column, DataFrame, Window

HASH_BITS_KEPT = 53
# Enough for 10^14 pairs; sums of decimals do not depend on the order of the rows, sums of doubles do.
EXACT_SUM = "decimal(20, 15)"


def tail_share(counts: DataFrame, language: str, t: int) -> DataFrame:
    """Return the share of a language's matches of entries with fewer than t.

    Args:
        counts: language, count.
        language: the language that t is meant for.
        t: matches.

    Returns:
        One row: tail_share DOUBLE, 0 to 1; 1 when the language has no matches, so that nothing is thinned out.
    """
    tail = F.sum(F.when(F.col("count") < t, F.col("count")).otherwise(0))
    of_language = counts.where(F.col("language") == language)
    share = F.try_divide(tail, F.sum("count"))
    return of_language.agg(F.coalesce(share, F.lit(1.0)).alias("tail_share"))


def t_for_language(counts: DataFrame, share: DataFrame) -> DataFrame:
    """Return each language's t for a share of its matches in the tail.

    The share is met as nearly as the language's counts allow.

    MetaCLIP 2, metaclip/curation/curate.py: with the counts in rising order, the count at which their running sum's
    share of the total is nearest, the smaller of two that are equally near. At least 1, where MetaCLIP can give 0.

    Args:
        counts: language, count.
        share: one row, tail_share DOUBLE.

    Returns:
        language STRING, t BIGINT.
    """
    languages = Window.partitionBy("language")
    rising = languages.orderBy("count").rowsBetween(Window.unboundedPreceding, Window.currentRow)
    running = F.try_divide(F.sum("count").over(rising), F.sum("count").over(languages))
    portions = counts.select("language", "count", running.alias("portion")).crossJoin(F.broadcast(share))
    distance = F.abs(F.col("portion") - F.col("tail_share")).alias("distance")
    nearest = portions.groupBy("language").agg(F.min(F.struct(distance, "count")).alias("nearest"))
    return nearest.select("language", F.greatest("nearest.count", F.lit(1).cast("bigint")).alias("t"))


def uniform(seed: int, *columns: Column) -> Column:
    """Return a number in [0, 1) that depends only on the seed and the columns' values.

    It is made of the top 53 bits of XXH64.

    53 bits fit a double: more of them could round up to 1 and drop a pair that is kept for certain.
    """
    hashed = F.xxhash64(F.lit(seed).cast("bigint"), *columns)
    return F.shiftrightunsigned(hashed, 64 - HASH_BITS_KEPT) / F.lit(float(2**HASH_BITS_KEPT))


def expected_kept_curve(matches: DataFrame, entry_counts: DataFrame, ts: Sequence[int]) -> DataFrame:
    """Return the result expected for each t, to choose t for a wanted size.

    Args:
        matches: pair_id, entries ARRAY<BIGINT>.
        entry_counts: entry_id, count; sent to all workers.
        ts: values of t, each taken for all languages.

    Returns:
        t BIGINT, balanced_matches BIGINT (sum of min(count, t) over the entries), expected_pairs DOUBLE (sum of the
        pairs' probabilities): one row per t.
    """
    exploded = matches.select("pair_id", F.explode("entries").alias("entry_id"))
    counted = exploded.join(F.broadcast(entry_counts.select("entry_id", "count")), "entry_id", how="inner")
    pairs = counted.groupBy("pair_id").agg(F.collect_list("count").alias("counts"))
    expected = pairs.agg(*[F.sum(_kept_at(t).cast(EXACT_SUM)).cast("double").alias(f"pairs_{t}") for t in ts])
    balanced = entry_counts.agg(*[F.sum(F.least("count", F.lit(t).cast("bigint"))).alias(f"matches_{t}") for t in ts])
    rows = [
        F.struct(
            F.lit(t).cast("bigint").alias("t"),
            F.coalesce(f"matches_{t}", F.lit(0)).alias("balanced_matches"),
            F.coalesce(f"pairs_{t}", F.lit(0.0)).alias("expected_pairs"),
        )
        for t in ts
    ]
    return balanced.crossJoin(expected).select(F.inline(F.array(*rows)))


def _kept_at(t: int) -> Column:
    return 1 - product(F.transform("counts", lambda count: 1 - float(t) / F.greatest(count, F.lit(t).cast("bigint"))))


def product(values: Column) -> Column:
    """The product of doubles in the order of their size, for the last bit depends on the order."""
    return F.aggregate(F.array_sort(values), F.lit(1.0), lambda product, value: product * value)
