from __future__ import annotations

from pathlib import Path

import pytest
from pyspark.sql import DataFrame, SparkSession

from crawl.made_archives import COMPRESS, http, warc
from declared import schema_of
from lakesift.crawl.ingest import IngestSettings, links_of, pages_of, quarantine_of, source_counts_of
from lakesift.crawl.ingest import ingest as ingest_records
from lakesift.crawl.sources.listing import list_sources
from lakesift.crawl.sources.sources import UNIT_SCHEMA
from lakesift.crawl.warc.ranges import cut_ranges

SETTINGS = IngestSettings(range_bytes=1 << 16, batch_bytes=1 << 16, batch_rows=50)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("crawl")
    html = '<html><body><p>Words {}.</p><img src="/{}.png" alt="Picture"></body></html>'
    records = [warc(http((html.format(n, n) + "x" * (n * 7 % 3_000)).encode()), number=n) for n in range(300)]
    records[7:9] = [warc(http(b"", "404 Not Found")), warc(b"junk", Content_Type="application/http")]
    (folder / "a.warc.gz").write_bytes(b"".join(map(COMPRESS["gzip"], records)))
    (folder / "b.warc.wet.gz").write_bytes(
        COMPRESS["gzip"](warc(b"Words", "conversion", Content_Type="text/plain", number=999))
    )
    (folder / "c.warc").write_bytes(warc(b"", "warcinfo"))
    (folder / "d.warc.gz").write_bytes(COMPRESS["gzip"](warc(b"", "request")))
    return folder


def ingested(spark: SparkSession, folder: Path, partitions: int) -> DataFrame:
    files = list_sources([str(folder)], SETTINGS)
    units = [unit for file in files for unit in cut_ranges(file, SETTINGS.range_bytes)]
    frame = spark.createDataFrame(units, UNIT_SCHEMA).repartition(partitions)
    # A file that goes away between listing and reading.
    gone = frame.where("source_path like '%d.warc.gz'").selectExpr(
        "concat(source_path, '.gone') as source_path", *[f"`{name}`" for name in frame.columns[1:]]
    )
    return ingest_records(frame.where("source_path not like '%d.warc.gz'").union(gone), SETTINGS)


@pytest.mark.spark
def test_a_folder_becomes_tables_that_add_up(spark: SparkSession, folder: Path) -> None:
    rows = ingested(spark, folder, 2).cache()
    counts = {Path(row.source_path).name: row for row in source_counts_of(rows).collect()}
    columns = ("records", "pages", "links", "quarantined", "counted", "status")
    assert {name: tuple(row[column] for column in columns) for name, row in counts.items()} == {
        "a.warc.gz": (300, 298, 298, 1, {"http_error": 1}, "done"),
        "b.warc.wet.gz": (1, 1, 0, 0, {}, "done"),
        "c.warc": (1, 0, 0, 0, {"warcinfo": 1}, "done"),
        "d.warc.gz.gone": (1, 0, 0, 1, {}, "failed"),
    }  # fmt: skip
    assert counts["d.warc.gz.gone"]["reason"].startswith("unreadable_file: FileNotFoundError")
    assert (pages_of(rows).count(), links_of(rows).count(), quarantine_of(rows).count()) == (299, 298, 2)
    row = links_of(rows).where("url = 'http://site.example/5'").first()
    assert row is not None
    assert [image.asDict() for image in row.images] == [
        {"url": "http://site.example/5.png", "alt": "Picture", "title": None, "width": None, "height": None}
    ]
    rows.unpersist()


@pytest.mark.spark
def test_what_is_quarantined_has_the_columns_of_its_table(spark: SparkSession, folder: Path) -> None:
    expected = spark.createDataFrame([], schema_of("quarantine")).dtypes
    assert quarantine_of(ingested(spark, folder, 1)).dtypes == expected


def test_only_settings_that_change_the_result_decide_whether_a_source_is_taken_in_again() -> None:
    decide = IngestSettings().deciding()
    assert IngestSettings(range_bytes=1 << 20, parallel_probes=2, commit_bytes=5).deciding() == decide
    assert IngestSettings(keep_html=True).deciding() != decide
    assert set(decide) == {"crawl", "caps", "extract", "keep_html", "accepted_status"}


@pytest.mark.spark
def test_data_tables_are_kept_as_rows_where_they_are_asked_for(spark: SparkSession, tmp_path: Path) -> None:
    html = b"<h1>Birds</h1><table><tr><th>Kind<th>Number<tr><td>Wren<td>3</table><p>Counted by hand.</p>"
    (tmp_path / "a.warc").write_bytes(warc(http(html)))
    for asked in (True, False):
        settings = IngestSettings.model_validate({"extract": {"tables": asked}})
        units = [unit for file in list_sources([str(tmp_path)], settings) for unit in cut_ranges(file, 1 << 20)]
        page = pages_of(ingest_records(spark.createDataFrame(units, UNIT_SCHEMA), settings)).first()
        assert page is not None
        found = page.tables and [table.asDict() for table in page.tables]
        assert found == (
            [
                {
                    "caption": None,
                    "heading": "Birds",
                    "before": "Birds",
                    "after": "Counted by hand.",
                    "head_rows": 1,
                    "rows": [["Kind", "Number"], ["Wren", "3"]],
                }
            ]
            if asked
            else None
        )
