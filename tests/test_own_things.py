"""What a notebook defines, and what another distribution brings, works as lakesift's own does."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from lakesift.errors import UsageError
from lakesift.operators import registry

NOTEBOOK = '''
import json, sys
import numpy as np
import pyarrow as pa
from pydantic import Field
from pyspark.sql import DataFrame, functions as F
from lakesift import Lake, explain, register, run
from lakesift.documents.rules.rules import Rule, RuleSet
from lakesift.operators.operator import Operator
from lakesift.operators.roles import Drops
from lakesift.operators.table import DOC_ID, String, Table
from lakesift.settings import Settings
from lakesift.text.signals.family import Batch, Family

def blanks(batch: Batch):
    data, offsets = batch.texts.data, batch.texts.offsets
    found = np.append(0, np.cumsum(data == ord(" ")))[offsets]
    return (np.diff(found) / np.maximum(1, np.diff(offsets)))[:, None]

register(Family("blanks@mine", {"blank_ratio": pa.float64()}, blanks))
register(RuleSet(
    name="blanks@mine", source="a notebook", signals=("blanks@mine",),
    rules={"few": Rule(drop_when="blanks_mine.blank_ratio < :least", thresholds={"least": 0.1})},
))

class OddSettings(Settings):
    ending: str = Field("0", description="last character of the doc_ids that leave")

def ends_with(uncut_documents: DataFrame, settings: OddSettings) -> DataFrame:
    """Drop documents by the end of their id."""
    odd = uncut_documents.where(F.endswith("doc_id", F.lit(settings.ending)))
    return odd.select("doc_id", F.lit("odd_end").alias("reason"))

register(Operator(
    ends_with, role=Drops(("odd_end",)), writes=Table("an odd document", {"doc_id": DOC_ID, "reason": String()}),
    example="- ends_with: {ending: a}",
))
done = run(sys.argv[1], lake=sys.argv[2], no_mlflow=True)
lake = Lake(sys.argv[2])
signals = [row.r for row in lake.read("documents").selectExpr("signals.blanks_mine.blank_ratio AS r").collect()]
texts = [row.text for row in lake.read("documents").select("text").collect()]
odd = [row.doc_id for row in lake.read("ends_with").collect()]
print(json.dumps({
    "rejected": {stage.stage: stage.rejected for stage in done.stages},
    "signals": sorted(signals), "texts": sorted(t.encode().count(b" ") / max(1, len(t.encode())) for t in texts),
    "shouts": [row.n for row in lake.read("documents").selectExpr("signals.shouts_other.letters AS n").collect()],
    "weights": sorted({row.weight for row in lake.read("halve").collect()}),
    "published": [row.weight for row in lake.read("dataset_mine").collect()],
    "explained": explain(odd[0], sys.argv[2]) if odd else "",
}))
'''
RECIPE = """name: mine
stages:
  - ingest: {}
  - documents:
      steps:
        - signals: [blanks@mine, shouts@other]
  - verdicts:
      rules: [blanks@mine, shouts@other]
  - ends_with: {ending: "0"}
  - halve: {weight: 0.5}
  - publish: {dataset: mine}
"""
OTHER = '''
"""Things of another distribution."""
import numpy as np
import pyarrow as pa
from pydantic import Field
from pyspark.sql import DataFrame, functions as F
from lakesift.documents.rules.rules import Rule, RuleSet
from lakesift.operators.operator import Operator
from lakesift.operators.roles import Weighs
from lakesift.operators.table import DOC_ID, Double, Table
from lakesift.settings import Settings
from lakesift.text.signals.family import Batch, Family

def letters(batch: Batch):
    data, offsets = batch.texts.data, batch.texts.offsets
    upper = np.append(0, np.cumsum((data >= 65) & (data <= 90)))[offsets]
    return np.diff(upper).astype(float)[:, None]

SHOUTS = Family("shouts@other", {"letters": pa.int64()}, letters)
RULES = RuleSet(
    name="shouts@other", source="the tests", signals=("shouts@other",),
    rules={"none": Rule(drop_when="shouts_other.letters < 1")},
)

class HalveSettings(Settings):
    weight: float = Field(0.5, description="of every document")

def halve(uncut_documents: DataFrame, settings: HalveSettings) -> DataFrame:
    """Weigh all documents alike."""
    return uncut_documents.select("doc_id", F.lit(settings.weight).alias("weight"))

OPERATOR = Operator(
    halve, role=Weighs(), writes=Table("a weight", {"doc_id": DOC_ID, "weight": Double()}), example="- halve: {}"
)
'''
SETUP = """from setuptools import setup
setup(
    name="lakesift-other", version="1", py_modules=["lakesift_other"],
    entry_points={
        "lakesift.operators": ["halve = lakesift_other:OPERATOR"],
        "lakesift.signals": ["shouts = lakesift_other:SHOUTS"],
        "lakesift.rule_sets": ["shouts = lakesift_other:RULES"],
    },
)
"""


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A second distribution, installed into a folder of its own."""
    source, target = tmp_path_factory.mktemp("other"), tmp_path_factory.mktemp("site")
    (source / "setup.py").write_text(SETUP, encoding="utf-8")
    (source / "lakesift_other.py").write_text(OTHER, encoding="utf-8")
    options = ["--quiet", "--no-deps", "--no-build-isolation", "--no-index", "--target", str(target)]
    subprocess.run([sys.executable, "-m", "pip", "install", *options, str(source)], check=True, capture_output=True)
    return target


@pytest.mark.slow
def test_a_notebooks_things_and_another_distributions_run_in_one_recipe(
    demo_lake: Path, other: Path, tmp_path: Path
) -> None:
    shutil.copytree(demo_lake, tmp_path / "lake")
    (tmp_path / "mine.yml").write_text(RECIPE, encoding="utf-8")
    (tmp_path / "notebook.py").write_text(NOTEBOOK, encoding="utf-8")
    library = str(Path(registry.__file__).parents[2])
    ended = subprocess.run(
        [sys.executable, "notebook.py", "mine.yml", str(tmp_path / "lake")],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(other), library])},
        capture_output=True,
        text=True,
    )
    assert ended.returncode == 0, ended.stderr[-3000:]
    found = json.loads(ended.stdout.splitlines()[-1])
    assert found["signals"] == pytest.approx(found["texts"])
    assert found["rejected"]["verdicts"].keys() == {"blanks@mine.few", "shouts@other.none"}
    odd = found["rejected"]["ends_with"]["odd_end"]
    assert found["rejected"]["publish"] == {**found["rejected"]["verdicts"], "odd_end": odd}
    assert set(found["published"]) == {0.5}
    assert "left out by ends_with: odd_end" in found["explained"]


def test_an_operator_of_a_distribution_that_is_not_installed_is_named() -> None:
    with pytest.raises(UsageError, match=r"unknown stage halve.*or that of a distribution which is not installed here"):
        registry.find("halve")


def test_two_distributions_with_one_operator_are_named(other: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    twin = other.parent / "twin"
    shutil.copytree(other, twin, dirs_exist_ok=True)
    (info,) = twin.glob("*.dist-info")
    info.rename(twin / "lakesift_twin-1.dist-info")
    metadata = twin / "lakesift_twin-1.dist-info" / "METADATA"
    metadata.write_text(
        metadata.read_text(encoding="utf-8").replace("lakesift-other", "lakesift-twin"), encoding="utf-8"
    )
    monkeypatch.syspath_prepend(str(other))
    monkeypatch.syspath_prepend(str(twin))
    with pytest.raises(UsageError, match="operator halve is in several distributions: lakesift-other, lakesift-twin"):
        registry.find("halve")


def test_a_module_that_workers_cannot_import_is_named_before_spark_starts() -> None:
    with pytest.raises(UsageError, match=r"module made_up_here cannot be imported by another Python process"):
        registry.check_importable(["made_up_here", "lakesift.dedup.commonness", "__main__"])
