"""Tables that a user has come in with their own ids and columns, and pairs of images and texts, too."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from lakesift.commands.explain import explain
from lakesift.crawl.pages.caps import Caps
from lakesift.crawl.sources.imported import import_pairs
from lakesift.engine.runner import Run, run_recipe
from lakesift.lake.lake import Lake
from lakesift.recipe.recipe import Recipe
from lakesift.tracking.tracker import Tracker

pytestmark = pytest.mark.spark
TEXTS = """name: own_texts
source: {{documents: {source}, text: body, columns: [label, n]}}
stages:
  - ingest: {{}}
  - documents: {{steps: [signals: [gopher_quality@datatrove]]}}
  - publish: {{dataset: texts}}
"""
PAIRS = """name: own_pairs
source: {{pairs: {source}, image_url: img, caption: says}}
stages:
  - ingest: {{}}
  - pairs: {{}}
"""


def ran(lake: Lake, folder: Path, recipe: str, rows: list[dict[str, object]]) -> Run:
    source = folder / "own.jsonl"
    source.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    file = folder / "own.yml"
    file.write_text(recipe.format(source=source), encoding="utf-8")
    return run_recipe(Recipe.load(file), lake, tracker=Tracker.disabled())


def test_own_ids_and_columns_go_into_the_data_set_and_explain_finds_them(spark: SparkSession, tmp_path: Path) -> None:
    lake = Lake(str(tmp_path / "lake"), spark)
    rows = [
        {"id": "doc-3", "body": "A boat lies on the quay and waits for the tide.", "label": "harbour", "n": 3},
        {"id": "doc-4", "body": "The pilots keep a ledger of every vessel.", "label": None, "n": 4, "other": 1},
    ]
    ran(lake, tmp_path, TEXTS, rows)
    published = {row["provenance"]["source_id"]: row["given"] for row in lake.read("dataset_texts").collect()}
    assert published == {"doc-3": {"label": "harbour", "n": "3"}, "doc-4": {"n": "4"}}
    assert "doc-3: 1 found" in explain("doc-3", lake.location)


def test_own_pairs_become_pairs_and_rows_without_an_image_or_a_text_are_quarantined(
    spark: SparkSession, tmp_path: Path
) -> None:
    lake = Lake(str(tmp_path / "lake"), spark)
    rows: list[dict[str, object]] = [
        {"img": "https://a.example/1.jpg", "says": "A boat\u0000 on the quay"},
        {"img": "https://a.example/1.jpg", "says": "A boat\u0000 on the quay"},
        {"img": "https://a.example/2.jpg", "says": "Another boat"},
        {"img": None, "says": "No image"},
        {"img": "https://a.example/3.jpg", "says": " "},
    ]
    run = ran(lake, tmp_path, PAIRS, rows)
    (ingest, pairs) = run.stages
    assert (ingest.rows_in, ingest.rejected["no_image_url"], ingest.rejected["no_text"]) == (5, 1, 1)
    found = {(row["image_url"], row["caption"]) for row in lake.read("pairs").where("pair_id IS NOT NULL").collect()}
    assert found == {("https://a.example/1.jpg", "A boat on the quay"), ("https://a.example/2.jpg", "Another boat")}
    assert pairs.rows_in == 3


def test_the_same_pair_has_the_same_id_whatever_the_partitions(spark: SparkSession) -> None:
    table = spark.createDataFrame(
        [(f"https://a.example/{n}", f"Boat {n}") for n in range(20)], "url STRING, caption STRING"
    )
    ids = [
        {row["doc_id"] for row in import_pairs(
            table.repartition(parts), crawl="c", path="p", image_url="url", caption="caption", caps=Caps()
        ).collect()}
        for parts in (1, 7)
    ]  # fmt: skip
    assert ids[0] == ids[1]
    assert len(ids[0]) == 20
