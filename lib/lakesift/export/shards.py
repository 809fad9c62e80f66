"""The shards of an export: which row goes where, and their writing inside Spark tasks."""

from __future__ import annotations

import hashlib
import io
import operator
import uuid
from collections.abc import Iterable, Iterator
from functools import reduce
from itertools import pairwise
from typing import IO, Any, Final, Literal

import fsspec
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from pydantic import Field
from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F
from pyspark.sql.types import MapType, StringType

from lakesift.settings import Settings

WORK_FOLDER: Final = "_writing"
DATA_FOLDER: Final = "data"
DONE_SCHEMA: Final = "written string, shard bigint, rows bigint, bytes bigint, sha256 string"
LINE: Final = "line"
SHARD: Final = "_shard"
GROUP: Final = "_group"
# Hashes are 64 bits; their highest 12 cut the order into 4,096 stretches, each of which one task can number.
_STRETCH_SHIFT: Final = 52
_SUFFIXES: Final = {"zstd": ".jsonl.zst", "gzip": ".jsonl.gz", "none": ".jsonl"}


class ExportSettings(Settings):
    """Form and size of the shards."""

    format: Literal["parquet", "jsonl"] = Field(default="parquet", description="Parquet, or one JSON object a line.")
    compression: Literal["zstd", "gzip", "none"] = Field(default="zstd", description="Of Parquet pages or JSONL files.")
    shard_bytes: int = Field(
        default=256 << 20,
        ge=1,
        description="Bytes in a shard before compression: of the lines, or of Parquet's text columns. The row that"
        " reaches it is the last.",
    )
    shard_rows: int | None = Field(default=None, ge=1, description="Rows in a shard, in place of shard_bytes.")
    row_group_bytes: int = Field(
        default=32 << 20,
        ge=1,
        le=1 << 30,
        description="The same for a Parquet row group: what a writing task holds in memory.",
    )
    seed: int = Field(default=0, description="Of the order.")

    @property
    def suffix(self) -> str:
        """Return the end of the shards' names."""
        return ".parquet" if self.format == "parquet" else _SUFFIXES[self.compression]

    def name(self, number: int, of: int) -> str:
        """Return the name of a shard, from 0, as Hugging Face's Hub lays data sets out."""
        return f"{DATA_FOLDER}/train-{number:05d}-of-{of:05d}{self.suffix}"


def with_content(rows: DataFrame, row_id: str, settings: ExportSettings) -> DataFrame:
    """Return what goes into the files, with `_id` and `_size` (bytes before compression) beside it.

    A map becomes its JSON text: Hugging Face's datasets have no type for one, and read objects with other keys in each
    row of JSONL as columns.
    """
    maps = [field.name for field in rows.schema.fields if isinstance(field.dataType, MapType)]
    rows = rows.withColumns({name: F.to_json(name) for name in maps})
    identity = F.col(row_id).alias("_id")
    if settings.format == "jsonl":
        line = F.to_json(F.struct("*"), {"ignoreNullFields": "false", "timeZone": "UTC"})
        lines = rows.select(line.alias(LINE), identity)
        return lines.withColumn("_size", F.octet_length(LINE).cast("bigint"))
    texts = [field.name for field in rows.schema.fields if isinstance(field.dataType, StringType)]
    sizes = [F.coalesce(F.octet_length(f"`{name}`"), F.lit(0)).cast("bigint") for name in texts]
    return rows.select("*", identity, reduce(operator.add, sizes, F.lit(0).cast("bigint")).alias("_size"))


def in_shards(content: DataFrame, settings: ExportSettings) -> DataFrame:
    """Return the content with `_shard` and `_group` (row group), and `_hash` and `_id`, which it is ordered by."""
    hashed = content.withColumn("_hash", F.xxhash64("_id", F.lit(settings.seed)))
    stretched = hashed.withColumn("_stretch", F.shiftright("_hash", _STRETCH_SHIFT))
    totals = stretched.groupBy("_stretch").agg(F.count("*").alias("_rows"), F.sum("_size").alias("_bytes"))
    earlier = Window.partitionBy(F.lit(0)).orderBy("_stretch").rowsBetween(Window.unboundedPreceding, -1)
    sums = [F.coalesce(F.sum(name).over(earlier), F.lit(0)).alias(name) for name in ("_rows", "_bytes")]
    inside = Window.partitionBy("_stretch").orderBy("_hash", "_id")
    before = F.coalesce(F.sum("_size").over(inside.rowsBetween(Window.unboundedPreceding, -1)), F.lit(0))
    at_row, at_byte = F.col("_rows") + F.row_number().over(inside) - 1, F.col("_bytes") + before
    measure, limit = (at_byte, settings.shard_bytes) if settings.shard_rows is None else (at_row, settings.shard_rows)
    numbered = stretched.join(F.broadcast(totals.select("_stretch", *sums)), "_stretch").withColumns(
        {SHARD: F.floor(measure / limit), GROUP: F.floor(at_byte / settings.row_group_bytes)}
    )
    return numbered.drop("_stretch", "_size", "_rows", "_bytes")


def write_shards(folder: str, settings: ExportSettings, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
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
            shard = _Shard(folder, settings, key[0], rows.schema)
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
        for start, end in pairwise(ends):
            yield (int(keys[0, start]), int(keys[1, start])), rows.slice(start, end - start)


class _Shard:
    """One open file below the work folder; who knows how many there are moves it to its name."""

    def __init__(self, folder: str, settings: ExportSettings, number: int, schema: pa.Schema) -> None:
        self.number, self.rows = number, 0
        files, place = fsspec.core.url_to_fs(folder)
        # Two attempts at one task may run at once: each writes its own file, and both hold the same bytes.
        self._name = f"{WORK_FOLDER}/{number:05d}.{uuid.uuid4().hex}"
        self._sums = _Summed(files.open(f"{place}/{self._name}", "wb"))
        self._lines = settings.format == "jsonl"
        self._sink: Any = self._sums
        if not self._lines:
            # The Arrow schema is left out: it would name the session's time zone.
            self._sink = pq.ParquetWriter(self._sums, schema, compression=settings.compression, store_schema=False)
        elif settings.compression != "none":
            self._sink = pa.CompressedOutputStream(pa.PythonFile(self._sums, mode="w"), settings.compression)

    def write(self, rows: pa.Table) -> None:
        self.rows += rows.num_rows
        if self._lines:
            self._sink.write("".join(f"{line}\n" for line in rows.column(LINE).to_pylist()).encode())
        else:
            self._sink.write_table(rows.combine_chunks(), row_group_size=rows.num_rows)

    def finish(self) -> pa.RecordBatch:
        self._sink.close()
        self._sums.close()
        done = (self._name, self.number, self.rows, self._sums.size, self._sums.digest())
        names = ("written", "shard", "rows", "bytes", "sha256")
        return pa.RecordBatch.from_pydict({name: [value] for name, value in zip(names, done, strict=True)})


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
