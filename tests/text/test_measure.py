"""The one pass: order of steps, columns of documents, settings that cannot work, and repeated records."""

from __future__ import annotations

import hashlib
import re
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pytest
from pydantic import ValidationError
from pyspark.sql import SparkSession

from lakesift.documents.measuring.measure import measure_batch, measure_documents
from lakesift.documents.measuring.settings import PASSED_ON_TYPES, DocumentsSettings, document_schema, signal_columns
from lakesift.documents.measuring.steps import edits_before
from lakesift.text.edits import EDITS
from lakesift.text.kernels.buffers import buffers_of, parts_of
from lakesift.text.kernels.minhash import band_keys, signatures
from lakesift.text.kernels.minhash_settings import MinHashSettings
from lakesift.text.language.identify import identify
from lakesift.text.signals import count_words, measure

FETCHED = datetime(2026, 10, 20, 12, tzinfo=UTC)
GOPHER = "gopher_quality@datatrove"
TEXTS = [
    "The quick brown fox jumps over the lazy dog and writes to fox@forest.org about it.",
    "Der schnelle braune Fuchs springt über den faulen Hund.",
    "",
    "short",
]
STEPS = ({"signals": [GOPHER]}, {"edit": "pii@datatrove"}, {"minhash": {"size": 3}})


def pages_of(texts: list[str]) -> pa.RecordBatch:
    count = len(texts)
    return pa.RecordBatch.from_pydict(
        {
            "doc_id": [f"id-{place}" for place in range(count)],
            "crawl": ["CC-MAIN-2026-43"] * count,
            "url": [f"https://a.example.org/{place}" for place in range(count)],
            "host": ["a.example.org"] * count,
            "registered_domain": ["example.org"] * count,
            "fetch_time": pa.array([FETCHED] * count, pa.timestamp("us", "UTC")),
            "source_path": ["a.warc.gz"] * count,
            "source_offset": pa.array(range(count), pa.int64()),
            "payload_digest": pa.nulls(count, pa.string()),
            "source_id": pa.array([f"own-{place}" for place in range(count)]),
            "given": pa.nulls(count, pa.map_(pa.string(), pa.string())),
            "text": pa.array(texts, pa.string()),
        }
    )


def settings_of(*steps: dict[str, object]) -> DocumentsSettings:
    return DocumentsSettings.model_validate({"steps": list(steps)})


def test_every_step_sees_what_the_steps_before_it_left() -> None:
    edited = EDITS["pii@datatrove"].apply(buffers_of(pa.array(TEXTS)))[0]
    chosen = MinHashSettings(size=3)
    before, after = (signatures(texts, chosen) for texts in (buffers_of(pa.array(TEXTS)), edited))
    last = measure_batch(pages_of(TEXTS), settings_of(*STEPS))
    first = measure_batch(pages_of(TEXTS), settings_of(*reversed(STEPS)))
    assert last["signature"].to_pylist() == after.to_pylist() != before.to_pylist()
    assert first["signature"].to_pylist() == before.to_pylist()
    assert last["minhash"].to_pylist() == band_keys(after, chosen).to_pylist()
    assert (
        last["text"].to_pylist()
        == first["text"].to_pylist()
        == [TEXTS[0].replace("fox@forest.org", "email@example.com"), *TEXTS[1:]]
    )


def test_columns_are_what_their_parts_say() -> None:
    found = measure_batch(pages_of(TEXTS), settings_of(*STEPS))
    buffers = buffers_of(pa.array(TEXTS))
    language, score = identify(buffers, DocumentsSettings().language)
    text = found["text"].to_pylist()
    assert found["language"].to_pylist() == language.to_pylist()
    assert found["language_score"].equals(score)
    assert found["words"].to_pylist() == count_words(buffers_of(pa.array(text))).to_pylist()
    assert found["content_hash"].to_pylist() == [hashlib.sha256(one.encode()).hexdigest() for one in text]
    assert found["signals"].field("gopher_quality_datatrove").equals(measure(buffers, [GOPHER])[GOPHER])
    assert found["edits"].field("pii_datatrove").to_pylist()[0] == {"emails": 1, "ipv4": 0}
    assert found["fetch_time"].to_pylist() == [FETCHED] * len(TEXTS)


def test_steps_aside_measure_the_text_as_they_make_it_and_change_nothing_for_the_steps_after_them() -> None:
    aside = {"aside": [{"edit": "c4_lines@datatrove"}, {"signals": ["fineweb_quality@datatrove"]}]}
    found = measure_batch(pages_of(TEXTS), settings_of(aside, *STEPS))
    alone = measure_batch(pages_of(TEXTS), settings_of(*STEPS))
    for column in ("text", "content_hash", "words", "signature"):
        assert found[column].equals(alone[column])
    edited = EDITS["c4_lines@datatrove"].apply(buffers_of(pa.array(TEXTS)))[0]
    expected = measure(edited, ["fineweb_quality@datatrove"])["fineweb_quality@datatrove"]
    assert found["signals"].field("fineweb_quality_datatrove").equals(expected)


def test_each_measure_knows_the_edits_that_made_its_text() -> None:
    steps = settings_of({"aside": [{"edit": "c4_lines@datatrove"}, {"signals": [GOPHER]}]}, *STEPS[1:]).steps
    assert edits_before(steps) == {"c4_lines@datatrove": (), GOPHER: ("c4_lines@datatrove",), "pii@datatrove": ()}


def test_words_are_those_of_the_edited_text_whether_or_not_signals_were_measured() -> None:
    texts = [*TEXTS, "write to a@b.org, c@d.org or 8.8.8.8 !", TEXTS[0]]
    with_signals, without = (measure_batch(pages_of(texts), settings_of(*steps)) for steps in (STEPS, STEPS[1:]))
    assert with_signals["words"].to_pylist() == without["words"].to_pylist()


def test_a_batch_without_rows_and_a_slice_of_one_have_their_own_rows() -> None:
    chosen = settings_of(*STEPS)
    whole = measure_batch(pages_of(TEXTS), chosen)
    assert measure_batch(pages_of(TEXTS).slice(1, 2), chosen).to_pylist() == whole.to_pylist()[1:3]
    empty = measure_batch(pages_of([]), chosen)
    assert (len(empty), empty.schema.names) == (0, whole.schema.names)


def test_without_steps_a_document_has_language_words_and_hash() -> None:
    found = measure_batch(pages_of(TEXTS), DocumentsSettings())
    assert "signals" not in found.schema.names
    assert found["minhash"].null_count == found["signature"].null_count == len(TEXTS)
    assert found["language"].to_pylist()[:2] == ["en", "de"]


@pytest.mark.parametrize(
    ("step", "message"),
    [
        ({"signals": ["gopher_quality@datatrov"]}, "nearest is gopher_quality@datatrove"),
        ({"edit": "pi@datatrove"}, "nearest is pii@datatrove"),
        ({"edits": "pii@datatrove"}, "one key: signals, edit, minhash or aside"),
        ({"edit": "pii@datatrove", "minhash": {}}, "one key: signals, edit, minhash or aside"),
        ("minhash", "one key: signals, edit, minhash or aside"),
        ({"minhash": {"band": 3}}, "Extra inputs are not permitted"),
        ({"signals": []}, "at least 1 item"),
    ],
)
def test_steps_that_cannot_work_are_refused(step: dict[str, object], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        settings_of(step)


@pytest.mark.parametrize(
    ("steps", "message"),
    [
        ([{"minhash": {}}, {"minhash": {"size": 3}}], "one minhash step at most"),
        ([{"signals": [GOPHER]}, {"edit": "pii@datatrove"}, {"signals": [GOPHER]}], f"{GOPHER} more than once"),
        ([{"edit": "pii@datatrove"}, {"edit": "pii@datatrove"}], "pii@datatrove more than once"),
        ([{"edit": "pii@datatrove"}, {"aside": [{"edit": "pii@datatrove"}]}], "pii@datatrove more than once"),
    ],
)
def test_steps_that_need_one_column_twice_are_refused(steps: list[dict[str, object]], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        settings_of(*steps)


def test_equal_settings_have_equal_json() -> None:
    again = DocumentsSettings.model_validate_json(settings_of(*STEPS).model_dump_json())
    assert again == settings_of(*STEPS)
    assert again.model_dump_json() == settings_of(*STEPS).model_dump_json()


def test_rules_can_name_the_signals_and_edits_of_the_steps() -> None:
    columns = signal_columns(settings_of(*STEPS))
    assert list(columns) == ["gopher_quality_datatrove", "pii_datatrove"]
    assert columns["pii_datatrove"] == {"emails": pa.int32(), "ipv4": pa.int32()}
    found = measure_batch(pages_of(TEXTS), settings_of(*STEPS))
    for name, fields in columns.items():
        kind = "edits" if name == "pii_datatrove" else "signals"
        assert {field.name: field.type for field in found[kind].field(name).type} == fields


def test_parts_hold_no_more_bytes_than_asked_for() -> None:
    texts = ["a" * size for size in (10, 20, 30, 100, 1, 0, 0, 50)]
    parts = [[len(text) for text in part["text"].to_pylist()] for part in parts_of(pages_of(texts), 60)]
    assert parts == [[10, 20, 30], [100], [1, 0, 0, 50]]
    assert list(parts_of(pages_of([]), 60)) == []


def test_rules_can_name_what_further_identifiers_say() -> None:
    chosen = DocumentsSettings.model_validate(
        {"language": {"also": ["py3langid"], "shares": True}, "steps": list(STEPS)}
    )
    found = measure_batch(pages_of(TEXTS), chosen)
    assert list(signal_columns(chosen))[-2:] == ["languages.py3langid", "languages"]
    assert "languages STRUCT<py3langid: STRUCT<language: STRING, score: FLOAT>, shares: MAP<STRING, FLOAT>>" in (
        document_schema(chosen)
    )
    assert [row["py3langid"]["language"] for row in found["languages"].to_pylist()[:3]] == ["en", "de", "un"]
    named = [column.strip().split(" ")[0] for column in re.split(r",(?![^<]*>)", document_schema(chosen))]
    assert [name for name in named if name in found.schema.names] == found.schema.names


def test_with_language_files_words_are_those_of_each_language() -> None:
    pytest.importorskip("icu4py", reason="needs the package icu4py")
    texts = ["我们学习中文。我们在北京大学学习中文，写信到 a@b.org。", TEXTS[1]]
    steps = [{"signals": ["gopher_quality@fineweb2"]}, {"edit": "pii@datatrove"}, {"minhash": {"size": 7}}]
    folder = {"languages": str(Path(__file__).parents[2] / "conf" / "languages")}
    found, plain = (
        measure_batch(pages_of(texts), DocumentsSettings.model_validate({"steps": chosen, "resources": folder}))
        for chosen in (steps, steps[1:])
    )
    # 我们 学习 中文 。 我们 在 北京 大学 学习 中文 ， 写信 到 email @ example.com 。
    assert found["words"].to_pylist() == plain["words"].to_pylist() == [17, 10]
    assert found["signature"].is_valid().to_pylist() == [True, True]
    without = measure_batch(pages_of(texts), settings_of(*steps[1:]))
    assert without["signature"].is_valid().to_pylist() == [False, True]


@pytest.mark.spark
def test_pages_become_documents_whatever_the_partitions(spark: SparkSession) -> None:
    batch, chosen = pages_of(TEXTS * 5), settings_of(*STEPS)
    rows = [tuple(row.values()) for row in batch.to_pylist()]
    pages = spark.createDataFrame(rows, f"{PASSED_ON_TYPES}, text STRING")
    documents = [measure_documents(pages.repartition(parts), chosen).orderBy("source_offset") for parts in (1, 7)]
    assert documents[0].schema == spark.createDataFrame([], document_schema(chosen)).schema
    one, seven = ([row.asDict(recursive=True) for row in found.collect()] for found in documents)
    assert one == seven
    expected = measure_batch(batch, chosen).to_pylist()
    for row, plain in zip(one, expected, strict=True):
        del row["fetch_time"], plain["fetch_time"]
        assert row == plain
