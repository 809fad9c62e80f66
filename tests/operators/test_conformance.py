"""Every operator keeps what its declaration promises; the checks are those of `lakesift.operators.testing`.

All are run. Of `embed` only given embeddings are (its encoders are run in tests/dedup/semantic/test_embed.py), and `score` has a
small fastText model (other kinds are run in tests/scorers).
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from pyspark.sql import SparkSession

from lakesift.operators.registry import find, names
from lakesift.operators.testing import check_operator, problems_of
from operators.fixtures import NEEDS, VARIANTS, Need


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


@pytest.mark.spark
@pytest.mark.parametrize(("name", "settings"), VARIANTS)
def test_operators_keep_their_promises_with_other_settings(
    name: str, settings: Mapping[str, Any], spark: SparkSession
) -> None:
    check_operator(find(name), spark, settings=find(name).settings.model_validate(settings))
