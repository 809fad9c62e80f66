"""Versions of a table, and why one cannot be read or written."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from lakesift.errors import LakeError, first_line
from lakesift.operators.table import FORMAT

if TYPE_CHECKING:
    from pyspark.sql import Row

RESTORE = "restore it from a copy, or run the recipe with another --lake"


@dataclass(frozen=True)
class Commit:
    """One version of a table.

    Attributes:
        version: Delta version.
        facts: what lakesift wrote beside it (fingerprint, stage, recipe, run_id, inputs); empty for other writers.
        operation: as Delta names it, such as DELETE.
        deleted: rows that it deleted; None: not told.
    """

    version: int
    facts: dict[str, Any] = field(default_factory=dict)
    operation: str = ""
    deleted: int | None = None

    @property
    def changes_rows(self) -> bool:
        """Return whether the rows after it can be others than before, by whoever wrote it."""
        return not self.operation.startswith(SAME_ROWS)


SAME_ROWS = (
    "OPTIMIZE", "VACUUM", "REORG", "FSCK", "CREATE TABLE", "SET TBLPROPERTIES", "UNSET TBLPROPERTIES", "CLUSTER BY",
    "ADD COLUMNS", "CHANGE COLUMN", "UPDATE COLUMN METADATA", "UPGRADE PROTOCOL", "ADD CONSTRAINT", "DROP CONSTRAINT",
    "SET TABLE LOCATION", "COMPUTE STATS", "ADD FEATURE", "DROP FEATURE",
)  # fmt: skip
"""Operations of Delta (docs.delta.io, "Operation metrics keys", and its class DeltaOperations) that leave a table's rows alone."""

# What the storage says (Spark, Delta, Hadoop, object stores), what it means, and what to do about it.
KNOWN = (
    (
        r"Concurrent\w+Exception|DELTA_CONCURRENT",
        "another run changed the table meanwhile",
        "wait for it, then run again",
    ),
    (
        r"NON_EMPTY_LOCATION|Cannot create table",
        "files of another program are there",
        "choose an empty folder with --lake",
    ),
    (
        r"No space left on device|database or disk is full",
        "the disk is full",
        "free some space, then run again: it resumes",
    ),
    (
        r"Permission denied|AccessDenied|Mkdirs failed",
        "no permission",
        "choose another --lake, or get the permission",
    ),
    (
        r"error while reading file \S+_delta_log|DELTA_LOG_FILE|DELTA_TRUNCATED|DELTA_VERSIONS_NOT_CONTIGUOUS"
        r"|DELTA_STATE_RECOVER",
        "the table's log is damaged",
        RESTORE,
    ),
    (r"[Ff]ile (\S+) does not exist|FAILED_READ_FILE", "a file is gone or damaged", RESTORE),
    (r"Checksum error: (\S+)|(\S+) is not a Parquet file", "a file is damaged", RESTORE),
    (
        r"REQUIRES_SINGLE_PART_NAMESPACE",
        "a name with one dot is taken for catalog.schema, and this Spark has no such catalog",
        "for a folder of that name: --lake ./NAME",
    ),
    (
        r"Python worker exited unexpectedly|Broken pipe|SIGKILL|exit code 137",
        "a process of Spark's was killed, most often by the system for want of memory",
        "free memory, or pass --conf spark.master=local[1], then run again: it resumes",
    ),
    (
        r"\A\[Errno 111\] Connection refused|Answer from Java side is empty|Error while sending or receiving",
        "Java has ended, most often killed by the system for want of memory",
        "free memory, or pass --conf spark.driver.memory=4g, then run again: it resumes",
    ),
)


def known_cause(error: Exception) -> tuple[str, str] | None:
    """What a failure of the storage means, and the next step; None where it is something else."""
    text = str(error)
    for pattern, meaning, next_step in KNOWN:
        found = re.search(pattern, text)
        if found:
            return meaning + "".join(f" ({name})" for name in found.groups() if name), next_step
    return None


def storage_error(verb: str, table: str, location: str, error: Exception) -> LakeError:
    """One clear sentence for a table that cannot be read or written; an unknown cause keeps what Spark says.

    Args:
        verb: `read` or `write`.
        table: its name.
        location: of the lake.
        error: what Spark raised.
    """
    cause, next_step = known_cause(error) or (first_line(error), "run again with lakesift --debug")
    if verb == "write" and next_step == RESTORE:
        # What is written is computed from other tables meanwhile.
        cause = f"what it is made of cannot be read: {cause}"
    return LakeError(f"cannot {verb} {table} in {location}: {cause}", next_step=next_step)


def check_format(table: str, location: str, found: str | None) -> None:
    """Refuse a table that another program or a newer lakesift wrote.

    Args:
        table: its name.
        location: of the lake.
        found: the table's format; None where it has none.

    Raises:
        LakeError: lakesift must not touch it.
    """
    if found is None:
        raise LakeError(
            f"{table} in {location} was written by another program",
            next_step="choose another --lake; lakesift only writes into tables that it made",
        )
    if int(found) > int(FORMAT):
        raise LakeError(
            f"{table} in {location} has format {found}, from a newer lakesift",
            expected=f"format {FORMAT} or lower",
            next_step="pip install --upgrade lakesift",
        )


def facts_at(commits: Iterable[Commit], version: int) -> dict[str, Any]:
    """What lakesift wrote beside a version; empty where no commit is of it."""
    return next((commit.facts for commit in commits if commit.version == version), {})


def commit_of(row: Row) -> Commit:
    """A row of DESCRIBE HISTORY."""
    metadata = row["userMetadata"]
    try:
        facts = json.loads(metadata) if metadata else {}
    except json.JSONDecodeError:
        facts = {}
    told = row.asDict()
    deleted = (told.get("operationMetrics") or {}).get("numDeletedRows")
    known = int(deleted) if deleted is not None and str(deleted).isdigit() else None
    return Commit(int(row["version"]), facts if isinstance(facts, dict) else {}, told.get("operation") or "", known)
