"""What is wrong with a source's settings is told before anything is read."""

from __future__ import annotations

from pathlib import Path

import pytest

from lakesift.crawl.ingest import OPERATOR, IngestSettings
from lakesift.engine.new_sources import settings_print
from lakesift.errors import UsageError
from lakesift.extraction.block_model import ModelUnreadable
from lakesift.operators.operator import Stage
from lakesift.recipe.recipe import Recipe


def test_weights_that_are_none_or_not_there_are_told(tmp_path: Path) -> None:
    file = tmp_path / "weights.json"
    stage = Stage("ingest", OPERATOR, IngestSettings.model_validate({"extract": {"model": str(file)}}))
    with pytest.raises(UsageError, match=r"cannot read .*weights\.json"):
        settings_print(Recipe.load("dedup_exact"), stage)
    file.write_text('{"other": 1}', encoding="utf-8")
    with pytest.raises(ModelUnreadable, match=r"weights\.json is no file of weights"):
        settings_print(Recipe.load("dedup_exact"), stage)
