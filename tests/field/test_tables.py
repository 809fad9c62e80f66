"""Tables of texts from the field are read by the columns that are named, and cleaned as archives' texts are."""

from __future__ import annotations

import json
import shutil
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pyspark.sql import SparkSession

from field.cases import cases, expected, input_of
from lakesift.crawl.ingest import IngestSettings, ingest
from lakesift.crawl.pages.caps import Caps
from lakesift.crawl.sources.imported import import_documents
from lakesift.crawl.sources.listing import list_sources
from lakesift.crawl.sources.sources import UNIT_SCHEMA
from lakesift.crawl.warc.ranges import cut_ranges
from lakesift.errors import SourceError
from lakesift.lake.external import read_given

pytestmark = pytest.mark.spark


def imported(spark: SparkSession, path: Path, target: Path, url: str | None = None) -> list[dict[str, Any]]:
    """Import a table with the columns id and text, write it as Parquet, and read it with pyarrow."""
    try:
        columns = ["id", "text", *([url] if url else [])]
        rows = import_documents(
            read_given(spark, str(path), columns),
            crawl="field",
            path=str(path),
            text="text",
            id="id",
            url=url,
            caps=Caps(),
        )
        rows.write.mode("overwrite").parquet(str(target))
    finally:
        spark.conf.unset("spark.sql.caseSensitive")
    found: list[dict[str, Any]] = pq.read_table(target, columns=["kind", "text", "url", "reason"]).to_pylist()
    return found


@pytest.mark.parametrize("folder", cases("documents"), ids=lambda folder: folder.name)
def test_a_table_gives_what_its_case_expects(spark: SparkSession, folder: Path, tmp_path: Path) -> None:
    case, path = expected(folder), input_of(folder)
    if "place" in case:
        (tmp_path / case["place"]).mkdir()
        path = Path(shutil.copy(path, tmp_path / case["place"]))
    rows = imported(spark, path, tmp_path / "rows")
    pages, expect = [row for row in rows if row["kind"] == "page"], case["expect"]
    assert len(pages) == expect.get("documents", len(pages)), rows
    assert len(rows) == expect.get("documents_or_quarantine", len(rows))
    assert not [part for part in expect.get("lacks", ()) if any(part in page["text"] for page in pages)]


def test_columns_that_are_not_named_may_be_of_any_type(spark: SparkSession, tmp_path: Path) -> None:
    moments = pa.array([datetime(1850, 1, 1)], pa.timestamp("ns"))
    columns = {"id": [7], "text": ["Nets and boats."], "at": moments, "Text": [1]}
    path = tmp_path / "a {b} *c?.parquet"
    pq.write_table(pa.table(columns), path)
    assert [row["text"] for row in imported(spark, path, tmp_path / "rows")] == ["Nets and boats."]


def test_keys_of_json_that_differ_in_case_or_kind_are_told_apart(spark: SparkSession, tmp_path: Path) -> None:
    path = tmp_path / "[1].jsonl"
    lines = [{"id": 1, "ID": "x", "text": "One boat."}, {"id": "two", "text": "Two boats.", "Text": [1]}, {"id": 3}]
    path.write_text("\n".join(map(json.dumps, lines)) + '\n{"id": "cut', encoding="utf-8")
    rows = imported(spark, path, tmp_path / "rows")
    assert sorted((row["kind"], row["text"] or row["reason"]) for row in rows) == [
        ("page", "One boat."),
        ("page", "Two boats."),
        ("quarantine", "damaged_line"),
        ("quarantine", "no_text"),
    ]


def test_a_column_that_is_not_there_is_told_with_those_that_are(spark: SparkSession, tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text('{"id": 1, "body": "A boat."}', encoding="utf-8")
    with pytest.raises(SourceError, match=r"there is no column 'text'.*one of body, id"):
        imported(spark, path, tmp_path / "rows")


def test_bytes_that_are_no_text_become_replacement_characters_in_every_column(
    spark: SparkSession, tmp_path: Path
) -> None:
    bad = pa.array([b"caf\xe9 on the quay", b"a\0b", b"\xed\xa0\x80 half a pair"])
    text = pa.StringArray.from_buffers(3, bad.buffers()[1], bad.buffers()[2])
    pq.write_table(pa.table({"id": ["a", "b", "c"], "text": text, "url": text}), tmp_path / "a.parquet")
    rows = imported(spark, tmp_path / "a.parquet", tmp_path / "rows", url="url")
    texts = {row["text"] for row in rows}
    assert {"caf\ufffd on the quay", "ab"} < texts
    assert texts == {row["url"] for row in rows}
    assert all("\0" not in text for text in texts)


@pytest.mark.parametrize(
    "folder", [each for each in cases("archive") if expected(each)["expect"].get("spark")], ids=str
)
def test_archives_with_odd_dates_can_be_written_by_spark(spark: SparkSession, folder: Path, tmp_path: Path) -> None:
    settings = IngestSettings()
    units = [unit for file in list_sources([str(input_of(folder))], settings) for unit in cut_ranges(file, 1 << 20)]
    rows = ingest(spark.createDataFrame(units, UNIT_SCHEMA), settings).where("kind = 'page'")
    rows.write.parquet(str(tmp_path / "rows"))
    assert pq.read_table(tmp_path / "rows").num_rows == expected(folder)["expect"]["pages"]
