"""Versions of a data set in a lake are compared by the outcomes that were kept with each."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from pyspark.sql import SparkSession

from declared import schema_of, table_of
from lakesift.commands.compare import diff
from lakesift.lake.datasets import dataset_row, versions_of
from lakesift.lake.lake import Lake
from lakesift.lake.runs import outcomes_kept, settled
from lakesift.operators.outcome import OUTCOMES
from reporting.left_out import publish_outcomes

pytestmark = pytest.mark.spark
DOCUMENTS = ("kept", "prototype", "low_score", "no_score", "already_published", "ruled")
RULES = ["a@test.first", "a@test.second"]


@pytest.fixture(scope="module")
def lake(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> Lake:
    """Two versions of `clean` from the same documents; of the second only `kept` and `already_published` are left."""
    lake = Lake(str(tmp_path_factory.mktemp("published") / "lake"), spark)
    lake.create(table_of("pages"))
    texts = spark.createDataFrame(
        [(name, f"https://a.example/{name}", name) for name in DOCUMENTS], "doc_id STRING, url STRING, text STRING"
    )
    columns = {name: column.sql for name, column in table_of("documents").columns.items()}
    known = {
        "doc_id": "doc_id",
        "url": "url",
        "text": "text",
        "content_hash": "sha2(text, 256)",
        "language": "'en'",
        "words": "1",
        "registered_domain": "'a.example'",
    }
    documents = texts.selectExpr(
        *(f"CAST({known.get(name, 'NULL')} AS {sql}) AS {name}" for name, sql in columns.items())
    )
    read = {"documents": lake.write(table_of("documents"), documents, {"stage": "documents", "place": 0})}
    for version, (failed, held) in enumerate(((set(), DOCUMENTS), ({"ruled"}, ("kept", "already_published"))), start=1):
        verdicts = [(name, name not in failed, RULES if name in failed else [], "en", 1) for name in DOCUMENTS]
        frame = spark.createDataFrame(verdicts, schema_of("verdicts"))
        read["verdicts"] = lake.write(table_of("verdicts"), frame, {"stage": "verdicts", "place": 1})
        left = [(1, "verdicts", name, False, RULES[0], None, 1.0, 0) for name in failed]
        left += [(5, "prune_clusters", "prototype", False, "prototype", None, 1.0, 0)] * (version - 1)
        outcomes = spark.createDataFrame(left, OUTCOMES.schema)
        if version > 1:
            outcomes = outcomes.unionByName(publish_outcomes(spark, {name: name for name in DOCUMENTS}))
        kept = {"outcomes_clean": lake.write(OUTCOMES.named("outcomes_clean"), outcomes, {"stage": "publish"})}
        rows = spark.createDataFrame(
            [(name, name, "en", 1, 1.0, None, None, None) for name in held], schema_of("dataset_clean")
        )
        facts = {"stage": "publish", "place": 9, "inputs": read, "outcomes": kept}
        at = lake.write(table_of("dataset_clean"), rows, facts)
        entry = (
            "clean",
            version,
            at,
            "own",
            f"{version}",
            {**read, **kept},
            {},
            None,
            None,
            len(held),
            1,
            None,
            datetime(2026, 11, version, tzinfo=UTC),
        )
        lake.write(table_of("datasets"), spark.createDataFrame([entry], schema_of("datasets")), {}, append=True)
    return lake


def test_diff_of_two_versions_names_what_each_stage_left_out(lake: Lake) -> None:
    found = diff("clean@1", "clean@2", lake.location)
    assert (found.totals["both"][0], found.totals["only_a"][0]) == (2, 4)
    named = ["low_score", "no_score", "prototype", *RULES]
    assert sorted((row["side"], row["rule"], row["documents"]) for row in found.rules) == sorted(
        ("clean@2", name, 1) for name in named
    )
    reasons = {row["doc_id"]: row["reasons"] for row in diff("clean@2", "clean@1", lake.location).examples}
    assert reasons == {name: [name] for name in ("low_score", "no_score", "prototype")}


def test_outcomes_are_of_the_version_only_while_its_inputs_are_those_in_view(lake: Lake) -> None:
    versions = versions_of(dataset_row(lake, "clean@1"))
    kept = outcomes_kept(lake, settled(lake, versions))
    assert kept is not None
    assert kept.count() == 0
    later = {**versions, "verdicts": versions["verdicts"] + 1}
    assert outcomes_kept(lake, settled(lake, later)) is None
