from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pydantic import ValidationError

from dedup.contamination.examples import benchmark, settings_for
from lakesift.dedup.benchmarks.benchmark import Example, examples_of, read_benchmarks, table_of
from lakesift.dedup.benchmarks.index import build_index
from lakesift.dedup.benchmarks.settings import BenchmarkFile, ContaminationSettings
from lakesift.errors import SourceError

PLENTY = 1 << 20
ROWS = [
    {"question": "How many?", "answer": "Four.", "more": {"golds": ["4", "four"]}, "text": "whole"},
    {"question": "Where?", "answer": None, "more": {"golds": []}, "text": "other"},
]


def written(path: Path, rows: list[Any]) -> str:
    if path.suffix == ".parquet":
        pq.write_table(pa.Table.from_pylist(rows), path)
        return str(path)
    data = "".join(json.dumps(row) + "\n" for row in rows).encode()
    path.write_bytes(gzip.compress(data) if path.suffix == ".gz" else data)
    return str(path)


@pytest.mark.parametrize("name", ["exam.jsonl", "exam.v2.jsonl.gz", "exam.parquet"])
def test_examples_are_the_rows_of_a_file_and_the_task_is_its_name(tmp_path: Path, name: str) -> None:
    path = written(tmp_path / name, ROWS)
    assert read_benchmarks([BenchmarkFile(path=path)], PLENTY) == [
        Example("exam", 0, None, ("whole",)),
        Example("exam", 1, None, ("other",)),
    ]
    by_columns = BenchmarkFile(path=path, task="quiz", query="question", label="answer")
    assert read_benchmarks([by_columns], PLENTY) == [
        Example("quiz", 0, "How many?", ("Four.",)),
        Example("quiz", 1, "Where?", ()),
    ]
    nested = BenchmarkFile(path=path, query="question", label="more.golds")
    examples = read_benchmarks([nested], PLENTY)
    assert examples[0].labels == ("4", "four")
    assert examples_of(table_of(examples)) == examples


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b'{"text": "a"}\n[1]\n', "exam.jsonl:2: not an object"),
        (b'{"text": "a"}\n\n{"text"\n', "exam.jsonl:3: not JSON"),
        (b'{"txt": "a"}\n', "row 0 has no column text; expected one of txt"),
        (b'{"text": {"a": 1}}\n', "column text of row 0 is no text"),
        (b"\n \n", "there are no examples in it"),
        (b"PAR1 and then nothing", "cannot be read: "),
        (b"\xff\xfe\x00", "not JSON"),
    ],
)
def test_a_file_that_is_no_benchmark_is_named_with_what_is_wrong(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "exam.jsonl"
    path.write_bytes(content)
    with pytest.raises(SourceError, match=message.replace("(", r"\(")):
        read_benchmarks([BenchmarkFile(path=str(path))], PLENTY)


def test_a_missing_file_and_two_files_of_one_task_are_errors(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="no such file"):
        read_benchmarks([BenchmarkFile(path=str(tmp_path / "none.jsonl"))], PLENTY)
    files = [BenchmarkFile(path=written(tmp_path / name, ROWS)) for name in ("exam.jsonl", "exam.parquet")]
    with pytest.raises(SourceError, match="are both the task exam"):
        read_benchmarks(files, PLENTY)


@pytest.mark.parametrize("name", ["bomb.jsonl.gz", "bomb.parquet"])
def test_a_file_that_unpacks_into_more_than_allowed_is_refused(tmp_path: Path, name: str) -> None:
    path = written(tmp_path / name, [{"text": chr(97 + place) * 100_000} for place in range(20)])
    with pytest.raises(SourceError, match="more than 1000000 bytes"):
        read_benchmarks([BenchmarkFile(path=path)], 1_000_000)


def test_one_endless_line_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "exam.jsonl.gz"
    path.write_bytes(gzip.compress(b" " * 3_000_000))
    with pytest.raises(SourceError, match="more than 1000000 bytes"):
        read_benchmarks([BenchmarkFile(path=str(path))], 1_000_000)


def test_more_ngrams_than_allowed_are_refused_with_their_number() -> None:
    words = " ".join(map(str, range(100)))
    with pytest.raises(SourceError, match="88 n-grams for gpt3, more than 50"):
        build_index(benchmark(words), "gpt3", settings_for("gpt3", max_ngrams=50))


def test_no_files_say_how_to_give_some() -> None:
    with pytest.raises(ValidationError, match=r"--set contamination\.files=PATH"):
        ContaminationSettings()
    assert ContaminationSettings(files="a.jsonl").files == (BenchmarkFile(path="a.jsonl"),)


@pytest.mark.parametrize("columns", [{"text": "a", "label": "b"}, {"query": "a"}])
def test_columns_that_contradict_each_other_are_refused(columns: dict[str, str]) -> None:
    with pytest.raises(ValidationError, match="text"):
        BenchmarkFile(path="a.jsonl", **columns)
