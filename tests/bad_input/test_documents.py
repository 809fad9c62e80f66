"""`source.documents`: texts that somebody already has, as they come."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pyspark.sql import SparkSession

from bad_input.command_line import Ended, lakesift, one_sentence
from lakesift.lake.lake import Lake

pytestmark = pytest.mark.spark


def run(folder: Path, documents: Path, last: str = "ingest") -> Ended:
    settings = ("--no-mlflow", "--to", last, "--set", f"source.documents={documents}")
    return lakesift("run", folder / "whole.yml", "--lake", folder / "lake", *settings)


def test_documents_that_cannot_be_read_are_told_in_one_sentence(spark: SparkSession, folder: Path) -> None:
    texts = pa.table({"id": ["1"], "texts": ["words"]})
    pq.write_table(texts, folder / "misnamed.parquet")
    pq.write_table(texts.slice(0, 0), folder / "rowless.parquet")
    (folder / "no.parquet").write_text("This is no Parquet, but it is long enough to have a footer.")
    (folder / "cut.jsonl.gz").write_bytes(gzip.compress(b'{"id": 1, "text": "words"}\n' * 10_000)[:-20])
    (folder / "prose.jsonl").write_text("Once upon a time\nthere was no JSON.\n")
    (folder / "void.jsonl").touch()
    (folder / "hollow").mkdir()
    messages = {
        "misnamed.parquet": "there is no column 'text'; did you mean 'texts'?; expected one of id, texts",
        "rowless.parquet": "has no rows",
        "no.parquet": "cannot be read as parquet: ",
        "cut.jsonl.gz": "cannot be read as json: Unexpected end of input stream",
        "prose.jsonl": "no line is JSON; expected one object per line",
        "void.jsonl": "has no rows",
        "hollow": "no files are there",
        "nowhere.parquet": "no files are there",
    }
    for name, message in messages.items():
        assert f"lakesift: {folder / name}: {message}" in one_sentence(run(folder, folder / name))
    assert "is not a Parquet file" in one_sentence(run(folder, folder / "no.parquet"))
    made = {path.name for path in (folder / "lake").iterdir()}
    assert made <= {"_lakesift.lock", "runs"}


def test_every_row_is_a_page_or_in_quarantine_a_repeated_id_is_kept_once_and_changed_texts_replace_it_all(
    spark: SparkSession, folder: Path
) -> None:
    lines = [
        json.dumps({"id": "1", "text": "The first words."}),
        '{"id": "2", "text": "cut of',
        json.dumps({"id": "3", "text": None}),
        json.dumps({"id": "4", "text": " \t"}),
        json.dumps({"text": "no id"}),
        "",
        json.dumps({"id": "1", "text": "Other words under the same id."}),
        json.dumps({"id": 5, "text": 17}),
        "[]",
        '[{"id": "6", "text": "in an array"}, {"id": "7", "text": "too"}]',
    ]
    (folder / "texts.jsonl").write_text("\n".join(lines))
    said = run(folder, folder / "texts.jsonl", "documents")
    assert said.code == 0, said.errors
    lake = Lake(str(folder / "lake"), spark)
    assert sorted(row["text"] for row in lake.read("pages").collect()) == [
        "17", "Other words under the same id.", "The first words.",
    ]  # fmt: skip
    quarantined: dict[str, list[str]] = {}
    for row in lake.read("quarantine").collect():
        quarantined.setdefault(row["reason"], []).append(bytes(row["head"] or b"").decode())
    assert {reason: sorted(heads) for reason, heads in quarantined.items()} == {
        "damaged_line": [
            "[]",
            '[{"id": "6", "text": "in an array"}, {"id": "7", "text": "too"}]',
            '{"id": "2", "text": "cut of',
        ],
        "no_text": ["", " \t"],
        "no_id": ["no id"],
    }
    source = lake.read("sources").first()
    assert source is not None
    # Nine lines hold something; the empty one is no row.
    assert (source["records"], source["pages"], source["quarantined"]) == (9, 3, 6)
    runs = {row["stage"]: row for row in lake.read("runs").collect()}
    assert (runs["documents"]["rows_in"], runs["documents"]["rows_out"]) == (3, 2)
    assert sum(runs["documents"]["rejected"].values()) == 1
    (folder / "texts.jsonl").write_text(json.dumps({"id": "1", "text": "Only these words."}))
    assert run(folder, folder / "texts.jsonl").code == 0
    assert [row["text"] for row in lake.read("pages").collect()] == ["Only these words."]
    assert lake.read("quarantine").count() == 0
