"""How the rows of a stage add up, and its funnel: both follow from the operator's role."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pyspark.sql.functions as F
from pyspark.sql import DataFrame

from lakesift.documents.rules.rules import RuleSet
from lakesift.engine.planning import Planned
from lakesift.operators.funnel import funnel
from lakesift.operators.operator import DOCUMENTS, UNCUT, Account
from lakesift.operators.outcome import Decided, outcomes_of
from lakesift.operators.roles import Cuts, Drops, Measures, Publishes, Weighs


def account_of(planned: Planned, inputs: Mapping[str, Any], output: DataFrame) -> Account:
    """Return how the rows of a stage add up, as its role or the operator itself says.

    Args:
        planned: the stage.
        inputs: its arguments, by parameter.
        output: rows of the table that it wrote.
    """
    operator, settings = planned.stage.operator, planned.stage.settings
    role = operator.role
    if operator.account is not None:
        return operator.account(inputs, output, settings)
    if isinstance(role, Drops | Cuts | Weighs):
        seen = inputs[DOCUMENTS] if operator.takes(DOCUMENTS) else inputs[UNCUT]
        if isinstance(role, Weighs):
            return Account(seen, seen)
        gone = outcomes_of(Decided(planned.place, planned.stage.name, operator, output)).where("NOT kept")
        dropped = gone.select("doc_id", "reason")
        if isinstance(role, Drops) and role.failed is not None:
            return Account(seen, output.where(f"NOT ({role.when})"), dropped)
        return Account(seen, seen.join(dropped, "doc_id", "left_anti"), dropped, _cut(output, role))
    if isinstance(role, Publishes):
        assert operator.leaves_out is not None
        return Account(inputs[role.of], output, operator.leaves_out(inputs, settings))
    if not isinstance(role, Measures) or role.of is None:
        return Account(output, output)
    measured = inputs[role.of]
    if role.sparse:
        return Account(measured, measured)
    if role.missing is None:
        return Account(measured, output)
    return Account(
        measured, output, measured.join(output, "doc_id", "left_anti").withColumn("reason", F.lit(role.missing))
    )


def _cut(output: DataFrame, role: Drops | Cuts) -> DataFrame | None:
    if not isinstance(role, Cuts):
        return None
    counted = output.where("reason IS NULL AND removed > 0").selectExpr(
        "count(*) AS cut", "coalesce(sum(removed), 0) AS bytes"
    )
    return counted.selectExpr("stack(2, 'documents_cut', cut, 'bytes_cut', bytes) AS (name, count)")


def funnel_of(
    planned: Planned, inputs: Mapping[str, Any], output: DataFrame, rule_sets: Sequence[RuleSet]
) -> DataFrame | None:
    """Return what each rule or reason of a stage drops; None for a stage that drops nothing.

    Args:
        planned, inputs, output: see `account_of`.
        rule_sets: of the stage.
    """
    operator, role = planned.stage.operator, planned.stage.operator.role
    if not isinstance(role, Drops | Cuts):
        return None
    if isinstance(role, Drops) and role.failed is not None:
        return funnel(output, [name for rule_set in rule_sets for name, _ in rule_set.predicates()])
    seen = inputs[DOCUMENTS] if operator.takes(DOCUMENTS) else inputs[UNCUT]
    gone = outcomes_of(Decided(planned.place, planned.stage.name, operator, output)).where("NOT kept")
    flagged = seen.select("doc_id", "language", "words").join(gone.select("doc_id", "reason"), "doc_id", "left")
    failed = flagged.select("language", "words", F.array_compact(F.array("reason")).alias("failed"))
    return funnel(failed, list(role.reasons or ()))
