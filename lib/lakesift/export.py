"""Export: a data set as Parquet or JSONL shards of a stated size, with a manifest and SHA-256 sums.

The order is that of (xxhash64(id, seed), id): shuffled, and the same for the same rows, however they are partitioned.
Shards are cut from that order, so the same data set version gives the same bytes. The manifest is written last; a folder
without one is not an export.
"""

from __future__ import annotations

import hashlib
import json
import operator
from collections.abc import Mapping
from functools import partial, reduce
from typing import Any, Final, Literal

import fsspec
from pydantic import Field, ValidationError
from pyspark.errors import PySparkException
from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F
from pyspark.sql.types import StringType

from lakesift.errors import LakesiftError, UsageError
from lakesift.settings import Settings
from lakesift.shards import DONE_SCHEMA, GROUP, LINE, SHARD, WORK_FOLDER, ShardTarget, write_shards

MANIFEST: Final = "manifest.json"
_PLAN: Final = f"{WORK_FOLDER}/export.json"
_IDS: Final = ("pair_id", "doc_id")
# Hashes are 64 bits; their highest 12 cut the order into 4,096 stretches, each of which one task can number.
_STRETCH_SHIFT: Final = 52
_READ_BYTES: Final = 1 << 20
_LISTED: Final = 10
_LINE: Final = 300


class ExportSettings(Settings):
    """Form and size of the shards."""

    format: Literal["parquet", "jsonl"] = Field(default="parquet", description="Parquet, or one JSON object a line.")
    compression: Literal["zstd", "gzip", "none"] = Field(default="zstd", description="Of Parquet pages or JSONL files.")
    shard_bytes: int = Field(
        default=256 << 20,
        ge=1,
        description="Bytes in a shard before compression, of the lines or, in Parquet, of the text columns; a shard ends"
        " with the row that reaches it.",
    )
    shard_rows: int | None = Field(default=None, ge=1, description="Rows in a shard, in place of shard_bytes.")
    row_group_bytes: int = Field(
        default=32 << 20, ge=1, description="The same for a Parquet row group: what a writing task holds in memory."
    )
    seed: int = Field(default=0, description="Of the order.")


class Shard(Settings):
    """One file of an export."""

    name: str
    rows: int
    bytes: int
    sha256: str


class Manifest(Settings):
    """What an export holds; `about` is what the caller said of it (data set, version, fingerprint)."""

    format_version: Literal[1] = 1
    about: dict[str, Any]
    settings: ExportSettings
    columns: dict[str, Any]
    rows: int
    bytes: int
    files: tuple[Shard, ...]


def export_dataset(rows: DataFrame, target: str, settings: ExportSettings, about: Mapping[str, Any]) -> Manifest:
    """Write the rows as shards below `target`; a folder that holds this very export is left as it is.

    Args:
        rows: a data set; `pair_id` or else `doc_id` tells its rows apart.
        target: a folder: path or fsspec URL that the driver and the workers reach. It may be missing or empty, or hold
            this export whole or half written.
        settings: form and size.
        about: JSON values that name what is exported; the data set's name, version and fingerprint at least.

    Raises:
        UsageError: the folder holds something else, or the rows have no id.
        LakesiftError: the folder cannot be written, or its export is damaged.
    """
    row_id = next((name for name in _IDS if name in rows.columns), None)
    if row_id is None:
        raise UsageError("the rows to export have no id", expected=f"a column {' or '.join(_IDS)}")
    described = Manifest(
        about=dict(about), settings=settings, columns=json.loads(rows.schema.json()), rows=0, bytes=0, files=()
    )
    found = _claim(target, described)
    if found is not None:
        return found
    shards = _write(rows, row_id, target, settings)
    files, folder = fsspec.core.url_to_fs(target)
    total = {"rows": sum(shard.rows for shard in shards), "bytes": sum(shard.bytes for shard in shards)}
    manifest = described.model_copy(update={"files": tuple(shards), **total})
    _put(files, f"{folder}/{MANIFEST}", manifest.model_dump_json(indent=1) + "\n")
    files.rm(f"{folder}/{WORK_FOLDER}", recursive=True)
    return manifest


def verify_export(target: str) -> Manifest:
    """Read every file of an export and compare sizes and SHA-256 sums with its manifest.

    Raises:
        LakesiftError: there is no manifest, or files are missing, changed, or too many; the message names them.
    """
    files, folder = fsspec.core.url_to_fs(target)
    manifest = read_manifest(target)
    damaged = []
    for shard in manifest.files:
        path = f"{folder}/{shard.name}"
        if not files.exists(path):
            damaged.append(f"{shard.name} is missing")
        elif files.size(path) != shard.bytes or _sha256(files, path) != shard.sha256:
            damaged.append(f"{shard.name} is changed")
    known = {shard.name for shard in manifest.files}
    shards = [name for name in _names(files, folder) if name.endswith(_shard_target(target, manifest.settings).suffix)]
    damaged += [f"{name} is not in the manifest" for name in shards if name not in known]
    if damaged:
        more = f" and {len(damaged) - _LISTED} more" if len(damaged) > _LISTED else ""
        raise LakesiftError(
            f"the export is damaged: {', '.join(damaged[:_LISTED])}{more}",
            where=target,
            next_step="export the data set again into an empty folder",
        )
    return manifest


def read_manifest(target: str) -> Manifest:
    """Return the manifest of an export, its files unread.

    Raises:
        LakesiftError: there is none, or it is not one of ours.
    """
    files, folder = fsspec.core.url_to_fs(target)
    try:
        return Manifest.model_validate_json(files.cat_file(f"{folder}/{MANIFEST}"))
    except FileNotFoundError as error:
        step = "export the data set into this folder"
        raise LakesiftError("there is no finished export here", where=target, next_step=step) from error
    except ValidationError as error:
        raise LakesiftError(f"{MANIFEST} is not a manifest of an export", where=target) from error


def _claim(target: str, described: Manifest) -> Manifest | None:
    """Return the manifest if this export is there already; else make the folder ours, or say why it cannot be."""
    files, folder = fsspec.core.url_to_fs(target)
    names = _names(files, folder)
    if MANIFEST in names:
        there = read_manifest(target)
        if _plan(there) != _plan(described):
            raise _occupied(target, f"the export of {json.dumps(there.about)[:_LINE]}")
        return verify_export(target)
    if names and not files.exists(f"{folder}/{_PLAN}"):
        raise _occupied(target, f"{len(names)} other files or folders ({', '.join(names[:3])})")
    if names and files.cat_file(f"{folder}/{_PLAN}").decode() != _plan(described):
        raise _occupied(target, "another export, not finished")
    try:
        files.makedirs(f"{folder}/{WORK_FOLDER}", exist_ok=True)
        _put(files, f"{folder}/{_PLAN}", _plan(described))
    except OSError as error:
        raise LakesiftError(
            f"cannot write: {error}", where=target, next_step="choose a folder you may write"
        ) from error
    return None


def _occupied(target: str, holds: str) -> UsageError:
    return UsageError(f"the folder holds {holds} already", where=target, expected="a new or empty folder")


def _plan(manifest: Manifest) -> str:
    return json.dumps(manifest.model_dump(mode="json", exclude={"rows", "bytes", "files"}), sort_keys=True)


def _write(rows: DataFrame, row_id: str, target: str, settings: ExportSettings) -> list[Shard]:
    placed = _placed(_content(rows, row_id, settings), settings)
    ordered = placed.repartition(SHARD).sortWithinPartitions(SHARD, "_hash", "_id").drop("_hash", "_id")
    written = ordered.mapInArrow(partial(write_shards, _shard_target(target, settings)), DONE_SCHEMA)
    try:
        done = written.collect()
    except PySparkException as error:
        reason = next((line for line in reversed(str(error).splitlines()) if "Error" in line), str(error)[:_LINE])
        step = "make room or choose another folder, and run the same export again: it takes this folder over"
        raise LakesiftError(
            f"shards could not be written: {reason.strip()[:_LINE]}", where=target, next_step=step
        ) from error
    return sorted((Shard(**row.asDict()) for row in done), key=lambda shard: shard.name)


def _shard_target(target: str, settings: ExportSettings) -> ShardTarget:
    return ShardTarget(target, settings.format, settings.compression)


def _content(rows: DataFrame, row_id: str, settings: ExportSettings) -> DataFrame:
    """Return what goes into the files, with `_id` and `_size` (bytes before compression) beside it."""
    identity = F.col(row_id).alias("_id")
    if settings.format == "jsonl":
        line = F.to_json(F.struct("*"), {"ignoreNullFields": "false", "timeZone": "UTC"})
        lines = rows.select(line.alias(LINE), identity)
        return lines.withColumn("_size", F.octet_length(LINE).cast("bigint"))
    texts = [field.name for field in rows.schema.fields if isinstance(field.dataType, StringType)]
    sizes = [F.coalesce(F.octet_length(f"`{name}`"), F.lit(0)).cast("bigint") for name in texts]
    return rows.select("*", identity, reduce(operator.add, sizes, F.lit(0).cast("bigint")).alias("_size"))


def _placed(content: DataFrame, settings: ExportSettings) -> DataFrame:
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


def _names(files: Any, folder: str) -> list[str]:
    files.invalidate_cache()
    if not files.exists(folder):
        return []
    if files.isfile(folder):
        raise UsageError("this is a file", where=folder, expected="a folder for the shards")
    return sorted(str(path).rstrip("/").rsplit("/", 1)[-1] for path in files.ls(folder, detail=False))


def _put(files: Any, path: str, text: str) -> None:
    files.pipe_file(f"{path}.part", text.encode())
    files.mv(f"{path}.part", path)


def _sha256(files: Any, path: str) -> str:
    sums = hashlib.sha256()
    with files.open(path, "rb") as file:
        while block := file.read(_READ_BYTES):
            sums.update(block)
    return sums.hexdigest()
