"""The rows of `pages` and `links` that a recipe sees: those of its extraction, of the archives that it reads."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from lakesift.engine.archives import Archive, described
from lakesift.errors import StageError
from lakesift.lake.commits import Commit
from lakesift.lake.lake import Lake
from lakesift.lake.runs import with_extraction

AGAIN: Final = "restore the table from a copy, or take the archives in anew: lakesift run ... --again --source PATH"


@dataclass(frozen=True)
class TakenIn:
    """What a recipe reads of what a lake has taken in.

    Attributes:
        archives: rows of `sources`, each path once.
        versions: table -> the newest version that can have changed their rows; in all later ones the rows are the same.
        heads: table -> the version to read.
    """

    archives: Sequence[Archive]
    versions: Mapping[str, int]
    heads: Mapping[str, int]

    @property
    def print(self) -> str:
        """Return a digest of which archives, crawls and extractions these are."""
        return hashlib.sha256(repr([each.key for each in self.archives]).encode()).hexdigest()[:16]

    @property
    def crawls(self) -> dict[str, int]:
        """Return by crawl how many archives are of it."""
        return dict(sorted(Counter(each.crawl or "" for each in self.archives).items()))

    def facts(self) -> dict[str, Any]:
        """Return what commits of tables that are made from these rows note."""
        extractions = sorted({each.extraction or "" for each in self.archives})
        return {"print": self.print, "extractions": extractions, "crawls": self.crawls}

    def rows(self, lake: Lake, table: str) -> DataFrame:
        """Return the rows of `pages`, `links` or `quarantine` that the recipe sees."""
        return rows_of(lake, table, self.archives, self.heads.get(table))

    def check(self, lake: Lake, table: str) -> None:
        """Compare how many rows `sources` says were taken in with how many there are.

        Raises:
            StageError: some are gone, and nobody deleted them.
        """
        said = sum(getattr(each, table) for each in self.archives)
        there = self.rows(lake, table).count()
        deleted = deleted_rows(lake.history(table))
        if there > said or (deleted is not None and there < said - deleted):
            raise StageError(
                f"{table} has {there:,} rows of {described(self.archives)}, of which sources says {said:,}: "
                "a commit is lost, or a run was killed while it took them in",
                where=lake.location,
                next_step=AGAIN,
            )


def taken_in(lake: Lake, archives: Sequence[Archive], tables: Sequence[str]) -> TakenIn:
    """Return what a recipe reads, with versions.

    Args:
        lake: where the tables are.
        archives: see `archives.chosen`.
        tables: that rows are taken into.

    Raises:
        StageError: a table, or its newest commits, are gone.
    """
    versions, heads = {}, {}
    for table in tables:
        commits = lake.history(table)
        newest = max((each.committed_version or 0 for each in archives), default=-1) if table == "pages" else 0
        if archives and (not commits or commits[0].version < newest):
            is_at = f"ends with version {commits[0].version}" if commits else "is gone"
            raise StageError(
                f"{table} {is_at}, and sources has archives of version {newest}: commits are lost",
                where=lake.location,
                next_step=AGAIN,
            )
        if commits:
            heads[table] = commits[0].version
            versions[table] = newest_change(commits, archives)
    return TakenIn(archives, versions, heads)


def short_of(lake: Lake, archives: Sequence[Archive], table: str = "pages") -> set[str]:
    """Return the paths of archives of which a table has other numbers of rows than `sources` says, and nobody deleted any."""
    if not archives or not lake.exists(table) or deleted_rows(lake.history(table)) != 0:
        return set()
    there = rows_of(lake, table, archives).groupBy("source_path").agg(F.count("*").alias("rows")).collect()
    rows = {row["source_path"]: row["rows"] for row in there}
    return {each.source_path for each in archives if rows.get(each.source_path, 0) != getattr(each, table)}


def newest_change(commits: Sequence[Commit], archives: Sequence[Archive]) -> int:
    """Return the newest version that can have changed the rows of some archives.

    Args:
        commits: of the table, newest first; the oldest may be gone.
        archives: whose rows.
    """
    paths, extractions = {each.source_path for each in archives}, {each.extraction for each in archives}

    def touches(commit: Commit) -> bool:
        if "fingerprint" not in commit.facts:
            return commit.changes_rows
        written = commit.facts.get("archives")
        return commit.facts.get("extraction") in extractions and (written is None or not paths.isdisjoint(written))

    return next((each.version for each in commits if touches(each)), commits[-1].version)


def deleted_rows(commits: Sequence[Commit]) -> int | None:
    """Return how many rows others than lakesift have deleted from a table; None where that is not told."""
    told = [each.deleted for each in commits if each.operation in ("DELETE", "MERGE")]
    return None if None in told else sum(each or 0 for each in told)


def rows_of(lake: Lake, table: str, archives: Sequence[Archive], version: int | None = None) -> DataFrame:
    """Return the rows of a table that were taken in from some archives."""
    rows = with_extraction(lake.read(table, version))
    keys = lake.spark.createDataFrame([each.key for each in archives], "path STRING, in_crawl STRING, taken_by STRING")
    is_of = (
        (F.col("source_path") == F.col("path"))
        & (F.coalesce("crawl", F.lit("")) == F.col("in_crawl"))
        & (F.coalesce("extraction", F.lit("")) == F.col("taken_by"))
    )
    extractions = sorted({each.extraction for each in archives if each.extraction is not None})
    # So that Delta skips the files of others.
    narrowed = rows.where(F.col("extraction").isNull() | F.col("extraction").isin(extractions))
    return narrowed.join(F.broadcast(keys), is_of, "left_semi")
