"""Decide over documents by rules over scores and signals, such as `scores.medical > :topic`.

`scores.NAME` is the score of the scorer NAME, or that of a stage `- score: {as: NAME, ...}`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pyspark.sql.functions as F
from pyspark.sql import DataFrame

from lakesift.documents.rules.rules import SCORES, RuleSet
from lakesift.documents.rules.settings import RuleSettings
from lakesift.documents.rules.verdicts import decide
from lakesift.documents.verdicts import FAILED_RULES, verdict_table
from lakesift.operators.operator import Operator

UNNAMED = "scores"
"""Table of a stage that has no name of its own."""


class ScoreVerdictsSettings(RuleSettings):
    """The same over scores: rules name `scores.NAME` beside signals."""


def score_verdicts(
    uncut_documents: DataFrame,
    scores: Mapping[str, DataFrame],
    rule_sets: Sequence[RuleSet],
    settings: ScoreVerdictsSettings,
) -> DataFrame:
    """Apply rules over scores to the kept documents.

    Args:
        uncut_documents: rows of `documents`.
        scores: rows of `scores`, by the table of each stage.
        rule_sets: with their thresholds filled in.
        settings: what was resolved into `rule_sets`.

    Returns:
        See `rules.verdicts.decide`.
    """
    documents, columns = uncut_documents, []
    for place, (table, rows) in enumerate(scores.items()):
        value = F.col(SCORES) if table == UNNAMED else F.create_map(F.lit(table), F.col("score"))
        columns.append(f"scores_{place}")
        documents = documents.join(rows.select("doc_id", value.alias(columns[-1])), "doc_id", "left")
    merged = F.col(columns[0]) if len(columns) == 1 else F.map_concat(*columns)
    return decide(documents.withColumn(SCORES, merged).drop(*columns), rule_sets)


OPERATOR = Operator(
    score_verdicts,
    role=FAILED_RULES,
    writes=verdict_table("the decision on one document that was scored"),
    example="- score_verdicts: {rules: [quality.yml]}",
)
