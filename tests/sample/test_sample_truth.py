from __future__ import annotations

from pathlib import Path

import pytest
from pyspark.sql import DataFrame, SparkSession

from lakesift.sample.truth import Comparison, Share, compare, lines

pytestmark = pytest.mark.spark
TRUTH = (
    "doc_id STRING, expected STRING, junk BOOLEAN, language STRING, cluster STRING, emails ARRAY<STRING>, "
    "ips ARRAY<STRING>, source_path STRING, source_offset BIGINT, source_length BIGINT"
)


def _page(
    doc_id: str, language: str | None, cluster: str | None = None, emails: tuple[str, ...] = ()
) -> tuple[object, ...]:
    return doc_id, "page", language is None, language, cluster, list(emails), [], "sample-00000.warc.gz", 0, 1


@pytest.fixture(scope="module")
def tables(spark: SparkSession) -> dict[str, DataFrame]:
    """Four English copies in two planted clusters, a German page, and three junk pages of which two are one doorway."""
    truth = [
        _page("a1", "en", "a", ("x@y.example",)),
        _page("a2", "en", "a", ("x@y.example",)),
        _page("b1", "en", "b"),
        _page("b2", "en", "b"),
        _page("g", "de"),
        _page("d1", None, "d"),
        _page("d2", None, "d"),
        _page("s", None),
        _page("lost", "en"),
        ("q1", "quarantine", False, None, None, [], [], "sample-00000.warc.gz", 100, 50),
        ("q2", "quarantine", False, None, None, [], [], "sample-00000.warc.gz", 200, 50),
        ("n", "other", False, None, None, [], [], "sample-00000.warc.gz", 300, 50),
    ]
    ids = ("a1", "a2", "b1", "b2", "g", "d1", "d2", "s")
    texts = {doc_id: "Write to x@y.example." if doc_id in ("a1", "a2") else "A text." for doc_id in ids}
    edited = {**texts, "a1": "Write to email@example.com."}
    languages = dict.fromkeys(ids, "en") | {"g": "de", "b2": "fr"}
    kept = {doc_id: doc_id not in ("g", "s", "b2") for doc_id in ids}
    clusters = {"a1": ("a1", "a1"), "a2": ("a1", "a1"), "b1": ("a1", "a1"), "d1": ("d1", "d1"), "d2": ("d1", "d1")}
    return {
        "truth": spark.createDataFrame(truth, TRUTH),
        "pages": spark.createDataFrame(list(texts.items()), "doc_id STRING, text STRING"),
        "documents": spark.createDataFrame(
            [(doc_id, edited[doc_id], languages[doc_id]) for doc_id in ids],
            "doc_id STRING, text STRING, language STRING",
        ),
        "verdicts": spark.createDataFrame(list(kept.items()), "doc_id STRING, kept BOOLEAN"),
        "duplicates": spark.createDataFrame(
            [(doc_id, *found) for doc_id, found in clusters.items()],
            "doc_id STRING, cluster_id STRING, keeper_id STRING",
        ),
        "quarantine": spark.createDataFrame(
            [("file:/x/sample-00000.warc.gz", 120), ("file:/x/sample-00000.warc.gz", 250), ("/x/other.warc.gz", 210)],
            "source_path STRING, source_offset BIGINT",
        ),
    }


@pytest.fixture(scope="module")
def found(tables: dict[str, DataFrame]) -> Comparison:
    return compare(**tables)


def test_every_share_is_counted_as_its_definition_says(found: Comparison) -> None:
    assert found.pages_found == Share(8, 9)
    assert found.broken_found == Share(1, 2)
    assert found.language_right == Share(4, 5)
    # Kept: a1 a2 b1 d1 d2. Planted pairs: a1-a2, d1-d2. In one cluster: those two, a1-b1 and a2-b1.
    assert found.duplicate_recall == Share(2, 2)
    assert found.duplicate_precision == Share(2, 4)
    assert found.junk_dropped == Share(2, 3)
    assert found.kept_languages == ("en",)
    assert found.good_kept == Share(3, 5)
    assert found.addresses_left == Share(1, 2)


def test_six_lines_say_it(found: Comparison) -> None:
    said = lines(found)
    assert len(said) == 6
    assert "recall 1.000 (2 of 2), precision 0.500 (2 of 4)" in said[2]
    assert said[4].endswith("0.600 (3 of 5) in en")


def test_an_empty_lake_is_not_an_error(tables: dict[str, DataFrame]) -> None:
    empty = {name: table if name == "truth" else table.limit(0) for name, table in tables.items()}
    found = compare(**empty)
    assert found.pages_found.value == 0
    assert found.duplicate_recall == Share(0, 0)
    assert found.kept_languages == ()
    assert "no language" in lines(found)[4]


def test_the_truth_of_a_real_sample_can_be_compared(
    crawl: Path, spark: SparkSession, tables: dict[str, DataFrame]
) -> None:
    found = compare(**{**tables, "truth": spark.read.parquet(str(crawl / "truth.parquet"))})
    assert found.pages_found == Share(0, 600)
    assert found.broken_found.whole == 6
