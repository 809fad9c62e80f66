"""Decide over documents by rules: SQL predicates over signals, with thresholds from the recipe.

All rules that fail are kept with the document. A rule set names the implementation that it follows
(`gopher_quality@datatrove`), and each threshold has the published value until a recipe changes it.
"""

from __future__ import annotations

from collections.abc import Sequence

from pyspark.sql import DataFrame

from lakesift.documents.rules.rules import RuleSet
from lakesift.documents.rules.settings import RuleSettings
from lakesift.documents.rules.verdicts import decide
from lakesift.operators.operator import Operator
from lakesift.operators.roles import Drops
from lakesift.operators.table import DOC_ID, Boolean, Column, Long, String, Table

FAILED_RULES = Drops(None, when="NOT kept", reason="get(failed, 0)", failed="failed")


class VerdictsSettings(RuleSettings):
    """Which rules decide, in order, and with which thresholds where they differ from the published ones."""


def verdict_table(row: str) -> Table:
    """Return the table of verdicts."""
    kept = "CASE WHEN kept THEN size(failed) = 0 ELSE size(failed) > 0 END"
    columns = {
        "doc_id": DOC_ID,
        "kept": Boolean("whether no rule failed"),
        "failed": Column("ARRAY<STRING>", "full names of all rules that failed, in order"),
        "language": String("as documents has it", null="not identified"),
        "words": Long("as documents has them", null="not counted"),
    }
    return Table(row, columns, constraints={"verdict_has_reasons": kept})


def verdicts(uncut_documents: DataFrame, rule_sets: Sequence[RuleSet], settings: VerdictsSettings) -> DataFrame:
    """Apply rules over signals to the kept documents.

    Args:
        uncut_documents: rows of `documents`.
        rule_sets: with their thresholds filled in.
        settings: what was resolved into `rule_sets`.

    Returns:
        See `rules.verdicts.decide`.
    """
    return decide(uncut_documents, rule_sets)


OPERATOR = Operator(
    verdicts,
    role=FAILED_RULES,
    writes=verdict_table("the decision on one document"),
    example="- verdicts: {rules: [gopher_quality@datatrove]}",
)
