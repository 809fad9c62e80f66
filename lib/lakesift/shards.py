"""Writing the shards of an export inside Spark tasks: each file streamed, summed and renamed into place."""

from __future__ import annotations

import hashlib
import io
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import IO, Any, Final

import fsspec
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

WORK_FOLDER: Final = "_writing"
DONE_SCHEMA: Final = "name string, rows bigint, bytes bigint, sha256 string"
LINE: Final = "line"
SHARD: Final = "_shard"
GROUP: Final = "_group"
_SUFFIXES: Final = {"zstd": ".jsonl.zst", "gzip": ".jsonl.gz", "none": ".jsonl"}


@dataclass(frozen=True)
class ShardTarget:
    """Where and how the tasks write: a folder (path or fsspec URL), `parquet` or `jsonl`, `zstd`, `gzip` or `none`."""

    folder: str
    format: str
    compression: str

    @property
    def suffix(self) -> str:
        """Return the end of the shards' names."""
        return ".parquet" if self.format == "parquet" else _SUFFIXES[self.compression]


def write_shards(target: ShardTarget, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """Write batches that are sorted by `_shard` and hold whole shards; for `mapInArrow`.

    A row group is what shares `_group`, whatever batches it came in, so that the bytes do not depend on batch sizes.
    A JSONL shard takes its lines from the column `line`.

    Returns:
        One row per file, in the columns of `DONE_SCHEMA`.

    Raises:
        OSError: the folder cannot be written.
    """
    shard: _Shard | None = None
    group: int | None = None
    pending: list[pa.RecordBatch] = []
    for key, rows in _runs(batches):
        if shard is not None and key != (shard.number, group):
            shard.write(pa.Table.from_batches(pending))
            pending = []
            if key[0] != shard.number:
                yield shard.finish()
                shard = None
        if shard is None:
            shard = _Shard(target, key[0], rows.schema)
        group = key[1]
        pending.append(rows)
    if shard is not None:
        shard.write(pa.Table.from_batches(pending))
        yield shard.finish()


def _runs(batches: Iterable[pa.RecordBatch]) -> Iterator[tuple[tuple[int, int], pa.RecordBatch]]:
    """Cut batches where the shard or the row group changes."""
    for batch in batches:
        keys = np.stack([batch.column(batch.schema.get_field_index(name)).to_numpy() for name in (SHARD, GROUP)])
        rows = batch.drop_columns([SHARD, GROUP])
        changes = np.flatnonzero((keys[:, 1:] != keys[:, :-1]).any(axis=0)) + 1
        ends = [0, *changes.tolist(), batch.num_rows] if batch.num_rows else []
        for start, end in zip(ends, ends[1:], strict=False):
            yield (int(keys[0, start]), int(keys[1, start])), rows.slice(start, end - start)


class _Shard:
    """One open file below the work folder; `finish` moves it to its name."""

    def __init__(self, target: ShardTarget, number: int, schema: pa.Schema) -> None:
        self.number, self.rows = number, 0
        self._name = f"part-{number:05d}{target.suffix}"
        self._files, self._folder = fsspec.core.url_to_fs(target.folder)
        # Two attempts at one task may run at once: each writes its own file, and both hold the same bytes.
        self._path = f"{self._folder}/{WORK_FOLDER}/{self._name}.{uuid.uuid4().hex}"
        self._sums = _Summed(self._files.open(self._path, "wb"))
        self._lines = target.format == "jsonl"
        self._sink: Any = self._sums
        if not self._lines:
            # The Arrow schema is left out: it would name the session's time zone.
            self._sink = pq.ParquetWriter(self._sums, schema, compression=target.compression, store_schema=False)
        elif target.compression != "none":
            self._sink = pa.CompressedOutputStream(pa.PythonFile(self._sums, mode="w"), target.compression)

    def write(self, rows: pa.Table) -> None:
        self.rows += rows.num_rows
        if self._lines:
            self._sink.write("".join(f"{line}\n" for line in rows.column(LINE).to_pylist()).encode())
        else:
            self._sink.write_table(rows.combine_chunks(), row_group_size=rows.num_rows)

    def finish(self) -> pa.RecordBatch:
        self._sink.close()
        self._sums.close()
        self._files.mv(self._path, f"{self._folder}/{self._name}")
        return pa.RecordBatch.from_pydict(
            {"name": [self._name], "rows": [self.rows], "bytes": [self._sums.size], "sha256": [self._sums.digest()]}
        )


class _Summed(io.RawIOBase):
    """Passes bytes on to a file and sums them."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file, self._sum, self.size = file, hashlib.sha256(), 0

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        content = memoryview(data).cast("B")
        self._sum.update(content)
        self._file.write(content)
        self.size += len(content)
        return len(content)

    def tell(self) -> int:
        return self.size

    def close(self) -> None:
        if not self.closed:
            self._file.close()
        super().close()

    def digest(self) -> str:
        return self._sum.hexdigest()
