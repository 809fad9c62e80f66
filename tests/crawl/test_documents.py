from __future__ import annotations

import uuid
from pathlib import Path

import pytest
from pyspark.sql import DataFrame, SparkSession

from lakesift.crawl.ingest import pages_of, quarantine_of, source_counts_of
from lakesift.crawl.pages.caps import Caps
from lakesift.crawl.sources.imported import import_documents
from lakesift.errors import SourceError

UUID = "A86E23D9-CD9F-40A3-8484-B14BBB7D4677"
ROWS = [
    ("1", "Some words.", "https://news.site.example.co.uk/x"),
    (UUID, "Wörter", None),
    ("ä 3", "x" * 1_025, "no url"),
    ("4", " ", None),
    ("5", None, None),
    (None, "words", None),
]


def imported(spark: SparkSession, url: str | None = "address") -> DataFrame:
    frame = spark.createDataFrame(ROWS, "key string, body string, address string")
    return import_documents(
        frame, crawl="mine", path="/data/ü.parquet", text="body", id="key", url=url, caps=Caps(max_text_bytes=1_024)
    )


@pytest.mark.spark
def test_rows_of_text_become_pages_or_are_quarantined_with_a_reason(spark: SparkSession) -> None:
    rows = imported(spark)
    pages = {row.text: row for row in pages_of(rows).collect()}
    assert pages["Some words."].doc_id == str(uuid.uuid5(uuid.NAMESPACE_URL, "mine\n/data/ü.parquet\n1"))
    assert pages["Wörter"].doc_id == UUID.lower()
    assert {row.extractor for row in pages.values()} == {"import"}
    assert (pages["Some words."].host, pages["Some words."].registered_domain) == (
        "news.site.example.co.uk",
        "example.co.uk",
    )
    found = {row.detail: (row.reason, row.head) for row in quarantine_of(rows).collect()}
    assert {detail: reason for detail, (reason, _) in found.items()} == {
        "key=ä 3": "text_too_large", "key=4": "no_text", "key=5": "no_text", "key=null": "no_id",
    }  # fmt: skip
    assert found["key=ä 3"][1] == b"x" * 256


@pytest.mark.spark
def test_imported_rows_add_up(spark: SparkSession) -> None:
    counts = source_counts_of(imported(spark, url=None)).collect()
    assert [(row.records, row.pages, row.links, row.quarantined, row.counted, row.status) for row in counts] == [
        (6, 2, 0, 4, {}, "done")
    ]


@pytest.mark.spark
def test_ids_are_version_5_uuids_as_python_makes_them(spark: SparkSession) -> None:
    frame = spark.range(2_000).selectExpr("cast(id as string) as id", "'words' as text")
    rows = import_documents(frame, crawl="c", path="p", text="text", id="id", url=None, caps=Caps())
    found = {row.doc_id for row in pages_of(rows).select("doc_id").collect()}
    assert found == {str(uuid.uuid5(uuid.NAMESPACE_URL, f"c\np\n{number}")) for number in range(2_000)}


@pytest.mark.spark
def test_a_missing_column_is_named_before_anything_runs(spark: SparkSession, tmp_path: Path) -> None:
    frame = spark.range(1).selectExpr("id", "'x' as texts")
    with pytest.raises(SourceError, match=r"no column 'text'; did you mean 'texts'"):
        import_documents(frame, crawl="c", path="p", text="text", id="id", url=None, caps=Caps())
