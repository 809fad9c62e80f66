"""Every operator keeps what its declaration promises; the checks are those of `lakesift.operators.testing`."""

from __future__ import annotations

from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from lakesift.operators.registry import find, names
from lakesift.operators.testing import check_operator, problems_of
from operators.fixtures import NEEDS, Need


@pytest.mark.parametrize("name", names())
def test_declarations_have_no_mistakes(name: str) -> None:
    assert problems_of(find(name)) == []


@pytest.mark.spark
@pytest.mark.parametrize("name", names())
def test_operators_keep_their_promises(name: str, spark: SparkSession, tmp_path: Path) -> None:
    operator = find(name)
    need = NEEDS[name](spark, tmp_path) if name in NEEDS else Need()
    settings = None if need.settings is None else operator.settings.model_validate(need.settings)
    check_operator(operator, spark, need.inputs, settings, scorers=need.scorers, rule_sets=need.rule_sets)
