"""The funnel of a stage, which follows from the operator's role."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pyspark.sql.functions as F
from pyspark.sql import DataFrame

from lakesift.documents.rules.rules import RuleSet
from lakesift.engine.planning import Planned
from lakesift.operators.accounting import seen_by
from lakesift.operators.funnel import funnel
from lakesift.operators.outcome import Decided, outcomes_of
from lakesift.operators.roles import Cuts, Drops


def funnel_of(
    planned: Planned, inputs: Mapping[str, Any], output: DataFrame, rule_sets: Sequence[RuleSet]
) -> DataFrame | None:
    """Return what each rule or reason of a stage drops; None for a stage that drops nothing.

    Args:
        planned: the stage.
        inputs: its arguments, by parameter.
        output: rows of the table that it wrote.
        rule_sets: of the stage.
    """
    operator, role = planned.stage.operator, planned.stage.operator.role
    if not isinstance(role, Drops | Cuts):
        return None
    if isinstance(role, Drops) and role.failed is not None:
        return funnel(output, [name for rule_set in rule_sets for name, _ in rule_set.predicates()])
    seen = seen_by(operator, inputs)
    gone = outcomes_of(Decided(planned.place, planned.stage.name, operator, output)).where("NOT kept")
    flagged = seen.select("doc_id", "language", "words").join(gone.select("doc_id", "reason"), "doc_id", "left")
    failed = flagged.select("language", "words", F.array_compact(F.array("reason")).alias("failed"))
    return funnel(failed, list(role.reasons or ()))
