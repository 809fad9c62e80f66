"""The commits of what sources gave: each batch replaces what the lake has of the same sources in the same extraction."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from lakesift.engine.extractions import role_of
from lakesift.engine.new_sources import Pending
from lakesift.errors import StageError
from lakesift.lake.lake import Lake
from lakesift.lake.ledger import LEDGER
from lakesift.operators.operator import Stage

MAX_NOTED: Final = 1_000
"""Paths that a commit notes; of one of more it is not known whose rows it leaves alone."""


class Source(NamedTuple):
    """A file of a source, as far as the engine looks at it; `reason`: why it cannot be read."""

    path: str
    crawl: str
    kind: str | None
    bytes: int | None
    reason: str | None


def commit_sources(
    lake: Lake, stage: Stage, files: Sequence[Source], rows: DataFrame, new: Pending, facts: dict[str, Any]
) -> None:
    """Commit the rows of some sources: pages, links and quarantine, then the sources, which ends the batch.

    Args:
        lake: where they go.
        stage: the recipe's ingest.
        files: the sources.
        rows: what they gave, see `Ingests`.
        new: how the recipe's sources stand.
        facts: for the commits.

    Raises:
        StageError: the records do not add up.
    """
    where, role, extraction = _place(files, new), role_of(stage), F.lit(new.extraction.print)
    declared = {table.name: table for table in (stage.operator.writes, *stage.operator.more_tables)}
    paths = [file.path for file in files]
    facts = {**facts, "archives": paths if len(paths) <= MAX_NOTED else None}
    versions = {
        table: lake.write(
            declared.get(table) or LEDGER[table],
            part(rows).withColumn("extraction", extraction),
            facts,
            replace_where=where,
        )
        for table, part in role.parts.items()
    }
    counts = _source_rows(lake, files, role.counts(rows), versions["pages"], new)
    _check(counts)
    lake.write(LEDGER["sources"], counts, {**facts, "archives": None}, replace_where=where)


def _place(files: Sequence[Source], new: Pending) -> str:
    """Where the rows of some sources stand: those of the recipe's extraction, and what an earlier lakesift wrote of it."""
    noted = f"extraction IN ({', '.join(map(_quoted, sorted(new.extraction.same)))}) AND ({_of_crawls(files)})"
    unnoted = [file for file in files if file.path in new.there and new.there[file.path].extraction is None]
    return f"({noted}) OR (extraction IS NULL AND ({_of_crawls(unnoted)}))" if unnoted else noted


def _of_crawls(files: Sequence[Source]) -> str:
    found: dict[str, list[str]] = {}
    for file in files:
        found.setdefault(file.crawl, []).append(_quoted(file.path))
    return " OR ".join(
        f"(crawl = {_quoted(crawl)} AND source_path IN ({', '.join(paths)}))" for crawl, paths in found.items()
    )


def _quoted(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def _source_rows(lake: Lake, files: Sequence[Source], counts: DataFrame, version: int, new: Pending) -> DataFrame:
    """One row of `sources` for each file: what it gave, or why it could not be taken in."""
    listed = [
        (
            file.path,
            file.crawl,
            file.kind or "documents" if file.reason is None else file.kind,
            file.bytes,
            new.identities.get(file.path),
            file.reason,
        )
        for file in files
    ]
    known = lake.spark.createDataFrame(
        listed, "source_path STRING, in_crawl STRING, kind STRING, bytes BIGINT, identity STRING, refused STRING"
    )
    joined = known.join(counts, "source_path", "left")
    reason = F.coalesce("refused", "reason")
    numbers = [
        F.coalesce(name, F.lit(0)).cast("bigint").alias(name) for name in ("records", "pages", "links", "quarantined")
    ]
    return joined.select(
        "source_path",
        F.col("in_crawl").alias("crawl"),
        F.lit(new.extraction.print).alias("extraction"),
        "kind",
        "bytes",
        "identity",
        F.when(reason.isNull(), "done").otherwise("failed").alias("status"),
        *numbers,
        F.coalesce("counted", F.create_map().cast("map<string,bigint>")).alias("counted"),
        F.coalesce("examples", F.create_map().cast("map<string,array<bigint>>")).alias("examples"),
        reason.alias("reason"),
        F.lit(version).cast("bigint").alias("committed_version"),
        F.lit(new.fingerprint).alias("settings_fingerprint"),
        F.lit(new.code).alias("code_version"),
    )


def _check(counts: DataFrame) -> None:
    """Every record is a page, a WAT record's links, in quarantine, or in a counted class."""
    classes = F.aggregate(F.map_values("counted"), F.lit(0).cast("bigint"), lambda total, number: total + number)
    wrong = counts.where(F.col("records") < F.col("pages") + F.col("quarantined") + classes).first()
    if wrong is not None:
        raise StageError(f"the records of stage ingest do not add up: {wrong.asDict()}")
