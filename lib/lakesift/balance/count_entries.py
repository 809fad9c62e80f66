"""Count the pairs that have each entry, and give each entry its probability t / max(count, t).

Source: MetaCLIP (arXiv 2309.16671, section 3); MetaCLIP 2 for one t for each language.
"""

from __future__ import annotations

import pyspark.sql.functions as F
from pydantic import Field
from pyspark.sql import DataFrame

from lakesift.balance.metaclip.sampling import t_for_language, tail_share
from lakesift.operators.operator import Operator
from lakesift.operators.roles import Measures
from lakesift.operators.table import Double, Long, String, Table
from lakesift.settings import Settings


class CountSettings(Settings):
    """Where the head of the entries begins."""

    t: int = Field(
        default=20_000,
        ge=1,
        description="Matches above which an entry is thinned out: 20,000 for 400 million pairs, 170,000 for 2.5 billion"
        " (facebookresearch/MetaCLIP configs/metaclip_data.py).",
    )
    t_is_for: str | None = Field(
        default=None,
        description="Language that t is meant for; others get the t that puts the same share of matches in the tail"
        " (MetaCLIP 2, metaclip/curation/curate.py). None: t is for all.",
    )


def count_entries(matches: DataFrame, entries: DataFrame, settings: CountSettings) -> DataFrame:
    """Counts the pairs that have each entry, and gives the entry its probability t / max(count, t).

    Args:
        matches: entries ARRAY<BIGINT>, each id once per row.
        entries: entry_id, entry, language.
        settings: see `CountSettings`.

    Returns:
        entry_id, entry, language, count BIGINT (0 when never matched), t BIGINT, probability DOUBLE in (0, 1].
    """
    matched = (
        matches.select(F.explode("entries").alias("entry_id")).groupBy("entry_id").agg(F.count("*").alias("count"))
    )
    counts = entries.select("entry_id", "entry", "language").join(matched, "entry_id", how="left").fillna(0, ["count"])
    t = F.lit(settings.t).cast("bigint")
    if settings.t_is_for is None:
        thresholded = counts.withColumn("t", t)
    else:
        others = t_for_language(counts, tail_share(counts, settings.t_is_for, settings.t))
        # Entries whose language is not said are a language of their own.
        is_same = F.col("language").eqNullSafe(F.col("of_language"))
        joined = counts.join(F.broadcast(others.withColumnRenamed("language", "of_language")), is_same)
        thresholded = joined.withColumn("t", F.when(F.col("language") == settings.t_is_for, t).otherwise(F.col("t")))
    probability = F.col("t").cast("double") / F.greatest("count", "t")
    return thresholded.select("entry_id", "entry", "language", "count", "t", probability.alias("probability"))


OPERATOR = Operator(
    count_entries,
    role=Measures(of="entries"),
    writes=Table(
        "how often one entry was matched, and its probability",
        {
            "entry_id": Long("the entry"),
            "entry": String("its text"),
            "language": String(null="not said"),
            "count": Long("pairs that have it"),
            "t": Long("matches above which it is thinned out", null="not said"),
            "probability": Double("t / max(count, t)"),
        },
        "entry_counts",
        constraints={"probability_is_a_share": "probability >= 0 AND probability <= 1"},
    ),
    example="- count_entries: {t: 20000}",
)
