"""Draw pairs so that no entry stands out: MetaCLIP's balancing.

Source: facebookresearch/MetaCLIP, metaclip/metaclip1/balancing.py.
"""

from __future__ import annotations

import pyspark.sql.functions as F
from pydantic import Field
from pyspark.sql import DataFrame

from lakesift.balance.metaclip.sampling import product, uniform
from lakesift.operators.operator import Operator
from lakesift.operators.roles import Measures
from lakesift.operators.table import Boolean, Double, String, Table
from lakesift.settings import Settings


class DrawSettings(Settings):
    """The draw of the pairs."""

    seed: int = Field(default=0, ge=-(2**63), lt=2**63, description="Another seed draws other pairs.")


def draw(matches: DataFrame, entry_counts: DataFrame, settings: DrawSettings) -> DataFrame:
    """Draws the pairs: kept when, for any of its entries, a number in [0, 1) made of seed, pair and entry is below p.

    So a pair is kept with the probability 1 - (1 - p1)(1 - p2)...; one that has an entry in the tail always is, and
    one without entries never (facebookresearch/MetaCLIP metaclip/metaclip1/balancing.py).

    Args:
        matches: pair_id, entries ARRAY<BIGINT>.
        entry_counts: entry_id, probability; sent to all workers.
        settings: see `DrawSettings`.

    Returns:
        pair_id STRING, probability DOUBLE, kept BOOLEAN: one row per row of `matches`.
    """
    probabilities = F.broadcast(entry_counts.select("entry_id", "probability"))
    exploded = matches.select("pair_id", F.explode_outer("entries").alias("entry_id"))
    chances = exploded.join(probabilities, "entry_id", how="left")
    drawn = uniform(settings.seed, F.col("pair_id"), F.col("entry_id")) < F.col("probability")
    together = chances.groupBy("pair_id").agg(
        F.collect_list(1 - F.col("probability")).alias("misses"), F.bool_or(drawn).alias("kept")
    )
    kept = F.coalesce("kept", F.lit(False)).alias("kept")
    return together.select("pair_id", (1 - product(F.col("misses"))).alias("probability"), kept)


OPERATOR = Operator(
    draw,
    role=Measures(of="matches"),
    writes=Table(
        "the balancing draw of one pair",
        {
            "pair_id": String("the pair"),
            "probability": Double("with which it is kept"),
            "kept": Boolean("whether it was drawn"),
        },
        "draws",
        constraints={"probability_is_a_share": "probability >= 0 AND probability <= 1"},
    ),
    example="- draw: {seed: 0}",
)
