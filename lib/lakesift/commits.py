"""Versions of a table, and why one could not be written."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from lakesift.errors import LakeError, first_line

if TYPE_CHECKING:
    from pyspark.sql import Row


@dataclass(frozen=True)
class Commit:
    """One version of a table.

    Attributes:
        version: Delta version.
        facts: what lakesift wrote beside it (fingerprint, stage, recipe, run_id, inputs); empty for other writers.
        rows: rows written by the commit, where Delta counted them.
    """

    version: int
    facts: dict[str, Any] = field(default_factory=dict)
    rows: int | None = None


def write_error(table: str, location: str, error: Exception) -> LakeError:
    """One clear sentence for a write that failed, by its cause; anything unknown keeps Spark's first line."""
    text = str(error)
    if ("Concurrent" in text and "Exception" in text) or "DELTA_CONCURRENT" in text:
        return LakeError(
            f"another run changed {table} in {location} meanwhile", next_step="wait for it, then run again"
        )
    if "NON_EMPTY_LOCATION" in text or "Cannot create table" in text:
        return LakeError(
            f"{location}/{table} holds files of another program", next_step="choose an empty folder with --lake"
        )
    if "No space left on device" in text:
        return LakeError(f"the disk of {location} is full", next_step="free some space, then run again: it resumes")
    if "Permission denied" in text or "AccessDenied" in text or "Mkdirs failed" in text:
        return LakeError(
            f"no permission to write {table} in {location}", next_step="choose another --lake, or get the permission"
        )
    return LakeError(f"could not write {table} in {location}: {first_line(error)}", next_step="run again with --debug")


def commit_of(row: Row) -> Commit:
    """A row of DESCRIBE HISTORY."""
    metadata, metrics = row["userMetadata"], row["operationMetrics"]
    rows = (metrics or {}).get("numOutputRows")
    try:
        facts = json.loads(metadata) if metadata else {}
    except json.JSONDecodeError:
        facts = {}
    return Commit(
        int(row["version"]), facts if isinstance(facts, dict) else {}, int(rows) if rows is not None else None
    )
