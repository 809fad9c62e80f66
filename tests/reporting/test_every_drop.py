"""A document that any operator of the registry drops is explained, funnelled and counted by its own reason."""

from __future__ import annotations

from typing import Any

import pytest
from pyspark.sql import SparkSession

from declared import schema_of
from lakesift.operators import registry
from lakesift.operators.operator import Operator
from lakesift.operators.outcome import Decided
from lakesift.operators.roles import Cuts, Drops
from lakesift.reporting.explain import explain
from lakesift.reporting.frames import LakeTables
from lakesift.reporting.funnel import document_outcomes

RULE = "invented@test.rule"
URL = "https://site.example/page"


def dropping() -> list[Operator]:
    found = [registry.find(name) for name in registry.shipped()]
    deciding = [operator for operator in found if isinstance(operator.role, Drops | Cuts)]
    # Rules last: where they come first, their tables have all documents.
    return sorted(deciding, key=lambda operator: getattr(operator.role, "failed", None) is not None)


def planted(operator: Operator) -> dict[str, Any]:
    """A row with which the operator drops the document that has its name."""
    role = operator.role
    assert isinstance(role, Drops | Cuts)
    reason = role.reasons[0] if role.reasons else RULE
    values = {"kept": False, "failed": [RULE], "reason": reason, "removed": 1, "keeper_id": "keeper", "cluster_id": "c"}
    values |= {"method": "minhash", "doc_id": operator.name}
    return {name: values.get(name) for name in operator.writes.columns}


@pytest.mark.spark
def test_a_planted_document_of_every_operator_that_drops_is_explained(spark: SparkSession) -> None:
    operators = dropping()
    documents = [
        {"doc_id": operator.name, "url": URL, "text": "one two three", "language": "en", "words": 3}
        for operator in operators
    ]
    made = [
        Decided(place, operator.name, operator, spark.createDataFrame([planted(operator)], operator.writes.schema))
        for place, operator in enumerate(operators)
    ]
    tables = LakeTables({"documents": spark.createDataFrame(documents, schema_of("documents"))}, made)
    outcomes = {trace.doc_id: trace.outcome for trace in explain(tables, (), URL).traces}
    for operator in operators:
        role = operator.role
        assert isinstance(role, Drops | Cuts)
        if isinstance(role, Drops) and role.cluster:
            expected = "left out: a duplicate of keeper by minhash"
        elif role.reasons:
            expected = f"left out by {operator.name}: {role.reasons[0]}"
        else:
            expected = f"dropped by {RULE}"
        assert outcomes[operator.name] == expected
    reasons = {each.name for each in document_outcomes(tables, None)}
    assert reasons == {(operator.role.reasons or (RULE,))[0] for operator in operators}  # type: ignore[union-attr]
