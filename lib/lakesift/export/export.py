"""Export: a data set as Parquet or JSONL shards of a stated size, with a manifest and SHA-256 sums.

The order is that of (xxhash64(id, seed), id): shuffled, and the same for the same rows, however they are partitioned.
Shards are cut from that order, so the same data set version gives the same bytes. They lie in `data/`, named as on
Hugging Face's Hub, so that datasets, pandas and DuckDB open the folder. The manifest is written last; a folder without
one is not an export.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, Final, Literal

import fsspec
from pydantic import ValidationError
from pyspark.sql import DataFrame

from lakesift.errors import LakesiftError, UsageError
from lakesift.export.shards import (
    DATA_FOLDER,
    DONE_SCHEMA,
    SHARD,
    WORK_FOLDER,
    ExportSettings,
    in_shards,
    with_content,
    write_shards,
)
from lakesift.settings import Settings

MANIFEST: Final = "manifest.json"
_PLAN: Final = f"{WORK_FOLDER}/export.json"
_IDS: Final = ("pair_id", "doc_id")
_READ_BYTES: Final = 1 << 20
_LISTED: Final = 10
_PARALLEL_MOVES: Final = 16  # a move is a copy on an object store
_LINE: Final = 300
# In the trace of a failed task, the line that names what a Python worker raised.
_CAUSE: Final = re.compile(r"^[\w.]*(?:Error|Exception): .+", re.MULTILINE)


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
    shards = [f"{DATA_FOLDER}/{name}" for name in _names(files, f"{folder}/{DATA_FOLDER}")]
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
    placed = in_shards(with_content(rows, row_id, settings), settings)
    ordered = placed.repartition(SHARD).sortWithinPartitions(SHARD, "_hash", "_id").drop("_hash", "_id")
    files, folder = fsspec.core.url_to_fs(target)
    # A relative path would mean another folder to a worker.
    written = ordered.mapInArrow(partial(write_shards, files.unstrip_protocol(folder), settings), DONE_SCHEMA)
    try:
        # One row a shard.
        done = written.collect()
    except Exception as error:
        cause = _CAUSE.search(str(error))
        message = f"shards could not be written: {(cause[0] if cause else str(error)).strip()[:_LINE]}"
        step = "mend that and run the same export again: it takes this folder over"
        raise LakesiftError(message, where=target, next_step=step) from error
    return named(files, folder, sorted((row.asDict() for row in done), key=lambda row: row["shard"]), settings)


def named(files: Any, folder: str, done: Sequence[Mapping[str, Any]], settings: ExportSettings) -> list[Shard]:
    """Move the files that tasks wrote (rows of `DONE_SCHEMA`, in order) to their names, which say how many there are."""
    if files.exists(f"{folder}/{DATA_FOLDER}"):
        # Of an export that was stopped while it did this.
        files.rm(f"{folder}/{DATA_FOLDER}", recursive=True)
    files.makedirs(f"{folder}/{DATA_FOLDER}", exist_ok=True)
    names = [settings.name(place, len(done)) for place in range(len(done))]
    with ThreadPoolExecutor(_PARALLEL_MOVES) as pool:
        moves = [(f"{folder}/{row['written']}", f"{folder}/{name}") for row, name in zip(done, names, strict=True)]
        list(pool.map(lambda move: files.mv(*move), moves))
    facts = ("rows", "bytes", "sha256")
    return [Shard(name=name, **{fact: row[fact] for fact in facts}) for row, name in zip(done, names, strict=True)]


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
