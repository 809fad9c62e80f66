"""Pages of one record become one document, and pages of several records that have one id become several."""

from __future__ import annotations

import uuid

import pytest
from pyspark.sql import SparkSession

from lakesift.documents.measuring.records import first_pages

pytestmark = pytest.mark.spark
COLUMNS = (
    "doc_id STRING, extractor STRING, source_path STRING, source_offset BIGINT, crawl STRING, url STRING, "
    "payload_digest STRING"
)
Row = tuple[str, str, str, int, str, str | None, str | None]


def page(doc_id: str, extractor: str, path: str, offset: int, url: str | None, digest: str | None = "sha1:X") -> Row:
    return doc_id, extractor, path, offset, "made", url, digest


def split(spark: SparkSession, rows: list[Row]) -> tuple[dict[tuple[str, int], str], set[tuple[str, int]]]:
    """Return by place the id of each page that is kept, and the places of the others."""
    pages = spark.createDataFrame(rows, COLUMNS).repartition(3)
    kept, others = first_pages(pages)
    assert kept.columns == pages.columns
    assert {row["reason"] for row in others.collect()} <= {"same_record"}
    assert kept.count() + others.count() == len(rows)
    found = {(row["source_path"], row["source_offset"]): row["doc_id"] for row in kept.collect()}
    return found, {(row["source_path"], row["source_offset"]) for row in others.collect()}


def test_of_one_record_the_response_is_kept_and_the_rest_accounted_for(spark: SparkSession) -> None:
    rows = [
        page("a", "wet", "1.wet", 5, "u", "sha1:TEXT"),
        page("a", "resiliparse", "9.warc", 7, "u"),
        page("a", "trafilatura", "9.warc", 3, "u"),
        page("b", "import", "0.parquet", 0, None, None),
        page("b", "wet", "2.wet", 1, "u"),
        page("c", "wet", "1.wet", 9, "u"),
        page("d", "import", "0.parquet", 1, "u", None),
        page("d", "import", "0.parquet", 2, "v", None),
    ]
    kept, others = split(spark, rows)
    assert kept == {("9.warc", 3): "a", ("2.wet", 1): "b", ("1.wet", 9): "c", ("0.parquet", 1): "d"}
    assert others == {("1.wet", 5), ("9.warc", 7), ("0.parquet", 0), ("0.parquet", 2)}


def test_pages_of_other_urls_or_payloads_under_one_id_are_all_kept_each_with_an_id_of_its_own(
    spark: SparkSession,
) -> None:
    rows = [
        page("one", "lakesift", "a.warc", 10, "u"),
        page("one", "lakesift", "a.warc", 20, "v"),
        page("one", "lakesift", "b.warc", 10, "u", "sha1:LATER"),
        page("one", "lakesift", "b.warc", 20, "u"),
    ]
    kept, others = split(spark, rows)
    own = {
        (path, offset): str(uuid.uuid5(uuid.NAMESPACE_URL, f"made\n{path}\n{offset}"))
        for path, offset in (("a.warc", 20), ("b.warc", 10))
    }
    assert kept == {("a.warc", 10): "one", **own}
    assert others == {("b.warc", 20)}
