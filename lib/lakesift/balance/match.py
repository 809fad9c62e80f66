"""Match captions with metadata entries: MetaCLIP's substring matching, all entries in one pass.

Source: facebookresearch/MetaCLIP, metaclip/metaclip1/substr_matching.py; Aho, Corasick 1975.
"""

from __future__ import annotations

from typing import Any

from pyspark.sql import DataFrame

from lakesift.balance.metaclip.matching import match_pairs
from lakesift.operators.operator import Operator
from lakesift.operators.roles import Measures
from lakesift.operators.table import Column, String, Table


def match(pairs: DataFrame, entries: DataFrame) -> DataFrame:
    """Find the entries in every caption.

    Args:
        pairs: pair_id, language, caption.
        entries: entry_id, entry, matchable; at most EntrySettings.max_entries: the workers get them with the plan.

    Returns:
        See `metaclip.matching.match_pairs`.
    """
    listed: Any = entries.where("matchable").select("entry_id", "entry").orderBy("entry_id").toPandas()
    return match_pairs(pairs, list(zip(listed["entry_id"].tolist(), listed["entry"].tolist(), strict=True)))


OPERATOR = Operator(
    match,
    role=Measures(of="pairs"),
    writes=Table(
        "the entries found in one caption",
        {
            "pair_id": String("the pair"),
            "language": String("of the caption", null="not known"),
            "entries": Column("ARRAY<BIGINT>", "entry_ids in rising order"),
        },
        "matches",
    ),
    example="- match: {}",
)
