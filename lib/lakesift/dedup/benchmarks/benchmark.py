"""Benchmarks as in their files, read into memory within stated bounds."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any, BinaryIO

import fsspec
import pyarrow as pa
import pyarrow.parquet as pq

from lakesift.dedup.benchmarks.settings import TEXT, BenchmarkFile
from lakesift.errors import SourceError, first_line

MAGIC = b"PAR1"
ROWS_AT_ONCE = 128
BETWEEN = "\n"


@dataclass(frozen=True)
class Example:
    """One example of a benchmark.

    Attributes:
        task: name of the benchmark.
        number: row in its file, from 0 on; blank lines count.
        query: the question; None where the file has one text.
        labels: the answers, or the text.
    """

    task: str
    number: int
    query: str | None
    labels: tuple[str, ...]

    @property
    def text(self) -> str:
        """All of the example, for rules that do not separate questions from answers."""
        return BETWEEN.join(self.labels if self.query is None else (self.query, *self.labels))


def read_benchmarks(files: Sequence[BenchmarkFile], max_bytes: int) -> list[Example]:
    """Read the examples of all files, in the order of the files and of their rows.

    Args:
        files: where they are and which columns are wanted.
        max_bytes: most bytes of all files together once decompressed.

    Raises:
        SourceError: a file cannot be read, lacks a column, has no examples or is too large, or two have the same task.
    """
    examples: list[Example] = []
    paths: dict[str, str] = {}
    left = max_bytes
    for file in files:
        task = file.task or _name_of(file.path)
        if task in paths:
            raise SourceError(
                f"{paths[task]} and this file are both the task {task}",
                where=file.path,
                next_step="give one of them a `task`",
            )
        paths[task] = file.path
        found, left = _read(file, task, left, max_bytes)
        if not found:
            raise SourceError("there are no examples in it", where=file.path, next_step="check the path")
        examples += found
    return examples


def _name_of(path: str) -> str:
    return PurePosixPath(path).name.split(".")[0] or path


def _read(file: BenchmarkFile, task: str, left: int, max_bytes: int) -> tuple[list[Example], int]:
    try:
        with fsspec.open(file.path, "rb", compression="infer") as opened:
            is_parquet = opened.read(len(MAGIC)) == MAGIC
            opened.seek(0)
            rows = _parquet_rows(opened, file, left) if is_parquet else _json_rows(opened, file, left)
            examples = []
            for number, size, row in rows:
                left -= size
                if left < 0:
                    raise _too_large(file.path, max_bytes)
                examples.append(_example(row, file, task, number))
        return examples, left
    except SourceError:
        raise
    except FileNotFoundError as error:
        raise SourceError("no such file", where=file.path, next_step="check contamination.files") from error
    except Exception as error:
        # File systems, decompressors and Parquet raise any of their libraries' errors.
        raise SourceError(
            f"cannot be read: {first_line(error)}",
            where=file.path,
            expected="JSONL (plain or .gz) or Parquet",
            next_step="check the file",
        ) from error


def _json_rows(opened: BinaryIO, file: BenchmarkFile, left: int) -> Iterator[tuple[int, int, dict[str, Any]]]:
    number, read = 0, 0
    # One byte more than allowed shows that a line is too long, without reading all of it.
    while line := opened.readline(left - read + 1):
        read += len(line)
        if read > left:
            yield number, read, {}
        if line.strip():
            try:
                row = json.loads(line)
            except ValueError as error:
                raise SourceError(
                    f"not JSON: {error}", where=f"{file.path}:{number + 1}", expected="an object a line"
                ) from error
            if not isinstance(row, dict):
                raise SourceError("not an object", where=f"{file.path}:{number + 1}", expected="an object a line")
            yield number, len(line), row
        number += 1


def _parquet_rows(opened: BinaryIO, file: BenchmarkFile, left: int) -> Iterator[tuple[int, int, dict[str, Any]]]:
    table = pq.ParquetFile(opened)
    names = set(table.schema_arrow.names)
    wanted = sorted({column.split(".")[0] for column in _columns(file)} & names)
    groups = [table.metadata.row_group(group) for group in range(table.metadata.num_row_groups)]
    columns = [group.column(place) for group in groups for place in range(group.num_columns)]
    stated = sum(column.total_uncompressed_size for column in columns if column.path_in_schema.split(".")[0] in wanted)
    if stated > left:
        yield 0, stated, {}
    number = 0
    for batch in table.iter_batches(ROWS_AT_ONCE, columns=wanted):
        rows = batch.to_pylist()
        for place, row in enumerate(rows):
            yield number, batch.nbytes if place == 0 else 0, row if wanted else dict.fromkeys(names)
            number += 1


def _columns(file: BenchmarkFile) -> tuple[str, ...]:
    if file.label is None:
        return (file.text or TEXT,)
    return (file.label,) if file.query is None else (file.query, file.label)


def _example(row: dict[str, Any], file: BenchmarkFile, task: str, number: int) -> Example:
    *query, label = [_texts(row, column, file, number) for column in _columns(file)]
    return Example(task, number, BETWEEN.join(query[0]) if query else None, label)


def _texts(row: dict[str, Any], column: str, file: BenchmarkFile, number: int) -> tuple[str, ...]:
    """Return the text or texts in a column.

    `a.b` is the key b of the value in a. Numbers are written out; a missing value is no text.
    """
    value: Any = row
    for part in [column] if column in row else column.split("."):
        if not isinstance(value, dict) or part not in value:
            known = ", ".join(map(str, value)) if isinstance(value, dict) else "no object"
            raise SourceError(
                f"row {number} has no column {column}",
                where=file.path,
                expected=f"one of {known}",
                next_step="name its columns: --set 'contamination.files=[{path: PATH, query: COLUMN, label: COLUMN}]'",
            )
        value = value[part]
    values = value if isinstance(value, list) else [value]
    if any(isinstance(each, dict | list | bytes) for each in values):
        raise SourceError(
            f"column {column} of row {number} is no text", where=file.path, expected="a text or a list of texts"
        )
    return tuple(str(each).encode(errors="replace").decode() for each in values if each is not None)


def _too_large(path: str, max_bytes: int) -> SourceError:
    return SourceError(
        f"the benchmarks have more than {max_bytes} bytes",
        where=path,
        next_step="give fewer files, or more room with contamination.max_bytes",
    )


def table_of(examples: Sequence[Example]) -> pa.Table:
    """Return examples as an Arrow table: task, number, query, labels."""
    columns = {
        "task": pa.array([example.task for example in examples], pa.string()).dictionary_encode(),
        "number": pa.array([example.number for example in examples], pa.int64()),
        "query": pa.array([example.query for example in examples], pa.string()),
        "labels": pa.array([example.labels for example in examples], pa.list_(pa.string())),
    }
    return pa.table(columns)


def examples_of(table: pa.Table) -> list[Example]:
    """Return the examples of a table; see `table_of`."""
    columns = (table.column(name).to_pylist() for name in ("task", "number", "query", "labels"))
    return [Example(task, number, query, tuple(labels)) for task, number, query, labels in zip(*columns, strict=True)]
