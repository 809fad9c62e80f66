"""Exports: the same rows give the same bytes, sums are checked, and nobody's folder is written over."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import fsspec
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml
import zstandard
from pyspark.sql import DataFrame, SparkSession

from declared import schema_of
from lakesift.errors import LakesiftError, UsageError
from lakesift.export.export import ExportSettings, Manifest, export_dataset, named, read_manifest, verify_export
from lakesift.export.shards import GROUP, SHARD, write_shards
from lakesift.reporting.front_matter import front_matter, size_category

ABOUT = {"dataset": "clean", "version": 3, "fingerprint": "ab12"}
ROWS = 400


def rows_of(spark: SparkSession, partitions: int) -> DataFrame:
    when = datetime(2026, 10, 1, 12, tzinfo=UTC)
    rows = [
        {
            "doc_id": f"doc-{at}",
            "text": f"text {at} ü\u2028 " + "word " * (at % 50),
            "language": None if at % 7 == 0 else "en",
            "words": at,
            "weight": 1.0,
            "provenance": {"url": f"https://a.example/{at}", "crawl": "c", "source_offset": at, "fetch_time": when},
            "why": {"rules": "passed all", "score": str(at)},
        }
        for at in range(ROWS)
    ]
    return spark.createDataFrame(rows, schema_of("dataset_clean")).repartition(partitions)


@pytest.mark.spark
@pytest.mark.parametrize("form", ["parquet", "jsonl"])
def test_any_partitioning_and_batch_size_give_the_same_bytes(spark: SparkSession, tmp_path: Path, form: str) -> None:
    settings = ExportSettings(format=form, shard_bytes=9_000, row_group_bytes=4_000)  # type: ignore[arg-type]
    one = export_dataset(rows_of(spark, 1), str(tmp_path / "one"), settings, ABOUT)
    spark.conf.set("spark.sql.execution.arrow.maxRecordsPerBatch", 13)
    spark.conf.set("spark.sql.session.timeZone", "Asia/Tokyo")
    try:
        seven = export_dataset(rows_of(spark, 7), str(tmp_path / "seven"), settings, ABOUT)
    finally:
        spark.conf.unset("spark.sql.execution.arrow.maxRecordsPerBatch")
        spark.conf.set("spark.sql.session.timeZone", "UTC")
    assert len(one.files) > 3
    assert one == seven
    assert one.rows == ROWS
    assert sorted(path.name for path in (tmp_path / "one").iterdir()) == ["data", "manifest.json"]
    names = [f"data/train-{place:05d}-of-{len(one.files):05d}{settings.suffix}" for place in range(len(one.files))]
    assert [shard.name for shard in one.files] == names
    assert sorted(f"data/{path.name}" for path in (tmp_path / "one" / "data").iterdir()) == names
    for shard in one.files:
        content = (tmp_path / "seven" / shard.name).read_bytes()
        assert (len(content), hashlib.sha256(content).hexdigest()) == (shard.bytes, shard.sha256)


@pytest.mark.spark
def test_parquet_shards_hold_every_row_once_in_hash_order(spark: SparkSession, tmp_path: Path) -> None:
    settings = ExportSettings(shard_rows=150, row_group_bytes=5_000, seed=7)
    manifest = export_dataset(rows_of(spark, 3), str(tmp_path / "out"), settings, ABOUT)
    assert [shard.rows for shard in manifest.files] == [150, 150, 100]
    tables = [pq.read_table(tmp_path / "out" / shard.name) for shard in manifest.files]
    table = pa.concat_tables(tables)
    expected = rows_of(spark, 1).selectExpr("doc_id", "xxhash64(doc_id, 7) as hash").collect()
    assert table["doc_id"].to_pylist() == [
        row.doc_id for row in sorted(expected, key=lambda row: (row.hash, row.doc_id))
    ]
    assert table.column_names == ["doc_id", "text", "language", "words", "weight", "provenance", "why", "given"]
    place = table["words"].to_pylist().index(14)
    row = table.slice(place, 1).to_pylist()[0]
    assert row["language"] is None
    assert row["provenance"]["fetch_time"] == datetime(2026, 10, 1, 12, tzinfo=UTC)
    assert json.loads(row["why"]) == {"rules": "passed all", "score": "14"}
    assert pq.ParquetFile(tmp_path / "out" / manifest.files[0].name).num_row_groups > 1


@pytest.mark.spark
@pytest.mark.parametrize("compression", ["zstd", "gzip", "none"])
def test_jsonl_lines_are_the_rows(spark: SparkSession, tmp_path: Path, compression: str) -> None:
    settings = ExportSettings(format="jsonl", compression=compression, shard_bytes=40_000)  # type: ignore[arg-type]
    manifest = export_dataset(rows_of(spark, 2), str(tmp_path / "out"), settings, ABOUT)
    found = {}
    for shard in manifest.files:
        content = (tmp_path / "out" / shard.name).read_bytes()
        if compression == "gzip":
            content = gzip.decompress(content)
        elif compression == "zstd":
            content = zstandard.ZstdDecompressor().stream_reader(io.BytesIO(content)).read()
        lines = content.decode().rstrip("\n").split("\n")
        assert len(lines) == shard.rows
        # The row that reaches the size is the last, and no line here is longer than a thousand bytes.
        assert len(content) < 40_000 + 1_000
        found |= {row["doc_id"]: row for row in map(json.loads, lines)}
    assert len(found) == ROWS
    assert found["doc-14"]["text"] == "text 14 ü\u2028 " + "word " * 14
    assert found["doc-14"]["language"] is None
    assert found["doc-14"]["provenance"]["fetch_time"] == "2026-10-01T12:00:00.000Z"


@pytest.mark.spark
def test_the_same_export_is_left_alone_and_any_other_folder_refused(spark: SparkSession, tmp_path: Path) -> None:
    rows, settings = rows_of(spark, 2), ExportSettings()
    first = export_dataset(rows, str(tmp_path / "out"), settings, ABOUT)
    before = (tmp_path / "out" / "manifest.json").stat().st_mtime_ns
    assert export_dataset(rows, str(tmp_path / "out"), settings, ABOUT) == first
    assert (tmp_path / "out" / "manifest.json").stat().st_mtime_ns == before
    with pytest.raises(UsageError, match=r'out: the folder holds the export of \{"dataset": "clean", "version": 3'):
        export_dataset(rows, str(tmp_path / "out"), settings, {**ABOUT, "version": 4})
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letters.txt").write_text("mine")
    with pytest.raises(UsageError, match=r"letters\.txt"):
        export_dataset(rows, str(tmp_path / "mine"), settings, ABOUT)
    with pytest.raises(UsageError, match="this is a file"):
        export_dataset(rows, str(tmp_path / "mine" / "letters.txt"), settings, ABOUT)
    with pytest.raises(UsageError, match="pair_id or doc_id"):
        export_dataset(rows.drop("doc_id"), str(tmp_path / "new"), settings, ABOUT)
    assert not (tmp_path / "new").exists()


@pytest.mark.spark
def test_a_killed_export_is_no_export_and_is_taken_over(spark: SparkSession, tmp_path: Path) -> None:
    target, settings = tmp_path / "out", ExportSettings(shard_rows=100)
    whole = export_dataset(rows_of(spark, 2), str(target), settings, ABOUT)
    plan = whole.model_dump(mode="json", exclude={"rows", "bytes", "files"})
    (target / "manifest.json").unlink()
    (target / whole.files[0].name).write_bytes(b"half")
    (target / "_writing").mkdir()
    (target / "_writing" / "part-00001.parquet.123").write_bytes(b"half")
    (target / "_writing" / "export.json").write_text(json.dumps(plan, sort_keys=True))
    with pytest.raises(LakesiftError, match="no finished export"):
        verify_export(str(target))
    with pytest.raises(UsageError, match="another export, not finished"):
        export_dataset(rows_of(spark, 2), str(target), settings, {**ABOUT, "version": 4})
    assert export_dataset(rows_of(spark, 2), str(target), settings, ABOUT) == whole
    assert verify_export(str(target)) == whole
    assert not (target / "_writing").exists()


@pytest.mark.spark
def test_an_empty_data_set_has_a_manifest_and_no_shards(spark: SparkSession, tmp_path: Path) -> None:
    manifest = export_dataset(rows_of(spark, 1).limit(0), str(tmp_path / "out"), ExportSettings(), ABOUT)
    assert (manifest.rows, manifest.files) == (0, ())
    assert verify_export(str(tmp_path / "out")) == manifest


@pytest.mark.spark
def test_a_task_that_fails_says_why_and_what_next_and_leaves_no_manifest(spark: SparkSession, tmp_path: Path) -> None:
    def full(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        raise OSError("no space left")

    rows = rows_of(spark, 1)
    rows = rows.mapInArrow(full, rows.schema)
    with pytest.raises(LakesiftError, match=r"OSError: no space left.*next: .*run the same export again"):
        export_dataset(rows, str(tmp_path / "out"), ExportSettings(), ABOUT)
    assert not (tmp_path / "out" / "manifest.json").exists()


def small_export(folder: Path) -> Manifest:
    (folder / "_writing").mkdir(parents=True)
    batch = pa.RecordBatch.from_pydict({"doc_id": ["a", "b", "c"], SHARD: [0, 0, 1], GROUP: [0, 1, 1]})
    settings = ExportSettings()
    done = [row for each in write_shards(str(folder), settings, [batch]) for row in each.to_pylist()]
    files = tuple(named(fsspec.filesystem("file"), str(folder), done, settings))
    manifest = Manifest(about={}, settings=settings, columns={}, rows=3, bytes=0, files=files)
    (folder / "manifest.json").write_text(manifest.model_dump_json())
    return manifest


def test_verify_names_every_missing_changed_and_added_file(tmp_path: Path) -> None:
    manifest = small_export(tmp_path)
    assert verify_export(str(tmp_path)) == manifest
    assert [shard.rows for shard in manifest.files] == [2, 1]
    first, second = (tmp_path / shard.name for shard in manifest.files)
    content = bytearray(first.read_bytes())
    content[20] ^= 1
    first.write_bytes(bytes(content))
    second.rename(tmp_path / "data" / "train-00009-of-00002.parquet")
    (tmp_path / "README.md").write_text("a card beside the shards is welcome")
    with pytest.raises(LakesiftError) as raised:
        verify_export(str(tmp_path))
    assert (
        "data/train-00000-of-00002.parquet is changed, data/train-00001-of-00002.parquet is missing, "
        "data/train-00009-of-00002.parquet is not in" in str(raised.value)
    )


def test_a_foreign_manifest_is_told_apart(tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text('{"packages": []}')
    with pytest.raises(LakesiftError, match="not a manifest of an export"):
        read_manifest(str(tmp_path))


def test_shard_files_do_not_depend_on_how_rows_came_in_batches(tmp_path: Path) -> None:
    draw = np.random.default_rng(3)
    rows = {
        "doc_id": [f"{at}" for at in range(300)],
        "tags": [[("k", str(at))] * int(draw.integers(0, 3)) for at in range(300)],
        SHARD: [at // 110 for at in range(300)],
        GROUP: [at // 25 for at in range(300)],
    }
    kinds = [pa.string(), pa.map_(pa.string(), pa.string()), pa.int64(), pa.int64()]
    arrays = [pa.array(rows[name], kind) for name, kind in zip(rows, kinds, strict=True)]
    batch = pa.RecordBatch.from_arrays(arrays, list(rows))
    sums = []
    for at, size in enumerate((300, 1, 7, 64)):
        folder = tmp_path / str(at)
        (folder / "_writing").mkdir(parents=True)
        cut = [batch.slice(start, size) for start in range(0, 300, size)]
        done = [row for each in write_shards(str(folder), ExportSettings(), cut) for row in each.to_pylist()]
        assert [row["rows"] for row in done] == [110, 110, 80]
        sums.append([row["sha256"] for row in done])
    assert sums.count(sums[0]) == len(sums)


@pytest.mark.spark
@pytest.mark.parametrize("form", ["parquet", "jsonl"])
def test_an_export_opens_in_the_tools_that_people_have(
    spark: SparkSession, tmp_path: Path, form: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    import datasets
    import duckdb
    import pandas as pd

    monkeypatch.setattr(datasets.config, "HF_DATASETS_CACHE", str(tmp_path / "cache"))
    out = tmp_path / "out"
    settings = ExportSettings(format=form, shard_rows=150)  # type: ignore[arg-type]
    manifest = export_dataset(rows_of(spark, 3), str(out), settings, ABOUT)
    (out / "README.md").write_text(
        front_matter("clean@3", manifest.rows, ["en", "zh-hant"], of_pairs=False) + "\n# A card"
    )
    loaded = datasets.load_dataset(str(out), cache_dir=str(tmp_path / "cache"))
    assert loaded.num_rows == {"train": ROWS}
    row = next(iter(datasets.load_dataset(str(out), split="train", streaming=True)))
    assert json.loads(row["why"])["rules"] == "passed all"
    assert row["text"] == loaded["train"][0]["text"]
    suffix = settings.suffix.removeprefix(".")
    assert duckdb.sql(f"SELECT count(DISTINCT doc_id) FROM '{out}/data/*.{suffix}'").fetchall() == [(ROWS,)]
    if form == "parquet":
        assert len(pd.read_parquet(out / "data")) == ROWS
        assert pq.read_table(out / "data").num_rows == ROWS


def test_the_hub_reads_sizes_and_languages_off_a_card() -> None:
    assert [size_category(rows) for rows in (0, 999, 1_000, 12_345, 10**12)] == [
        "n<1K",
        "n<1K",
        "1K<n<10K",
        "10K<n<100K",
        "n>1T",
    ]
    head = yaml.safe_load(front_matter("a@1", 5, ["de", "un", "zh-hant"], of_pairs=True).strip("-\n"))
    assert head["language"] == ["de"]
    assert head["configs"][0]["data_files"] == [{"split": "train", "path": "data/train-*"}]
