"""Count what the archives held: records by class, pages, quarantine."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from lakesift.reporting.frames import Tables, small_rows

_FAILED_LISTED: Final = 10
_EXAMPLE_CHARACTERS: Final = 300


@dataclass(frozen=True)
class Intake:
    """Figures of `sources`, `pages` and `quarantine`; None where one is absent."""

    sources: int | None
    bytes: int | None
    records: int | None
    pages: int | None
    crawls: list[str]
    counted: list[dict[str, Any]]
    quarantine: list[dict[str, Any]]
    failed: list[dict[str, Any]]

    @property
    def failed_sources(self) -> int:
        """Return the number of sources that could not be taken in."""
        return self.failed[0]["sources"] if self.failed else 0


def intake(tables: Tables) -> Intake:
    """Return what the sources held and where it went.

    Args:
        tables: uses `sources`, `pages` and `quarantine`, as far as they are there.
    """
    sums: dict[str, Any] = {"sources": None, "bytes": None, "records": None}
    counted: list[dict[str, Any]] = []
    failed: list[dict[str, Any]] = []
    crawls: list[str] = []
    if "sources" in tables:
        sources = tables["sources"]
        read = F.coalesce(F.sum("bytes"), F.lit(0)).alias("bytes")
        records = F.coalesce(F.sum("records"), F.lit(0)).alias("records")
        [sums] = small_rows(sources.agg(F.count("*").alias("sources"), read, records))
        crawls = [row["crawl"] for row in small_rows(sources.select("crawl").distinct().orderBy("crawl"))]
        classes = sources.select(F.explode("counted").alias("class", "records"))
        counted = _largest(classes.groupBy("class").agg(F.sum("records").alias("records")), "records", "class")
        broken = sources.where("status = 'failed'")
        [row] = small_rows(broken.agg(F.count("*").alias("sources")))
        listed = broken.select("source_path", "reason").orderBy("source_path").limit(_FAILED_LISTED)
        failed = [{**row, **source} for source in small_rows(listed)]
    pages = tables["pages"].count() if "pages" in tables else None
    return Intake(**sums, pages=pages, crawls=crawls, counted=counted, quarantine=_quarantine(tables), failed=failed)


def _quarantine(tables: Tables) -> list[dict[str, Any]]:
    if "quarantine" not in tables:
        return []
    groups = tables["quarantine"].groupBy("stage", "reason")
    example = F.min(F.substring("detail", 1, _EXAMPLE_CHARACTERS)).alias("example")
    return _largest(groups.agg(F.count("*").alias("records"), example), "records", "stage", "reason")


def _largest(frame: DataFrame, by: str, *ties: str) -> list[dict[str, Any]]:
    return small_rows(frame.orderBy(F.desc(by), *ties))


def edit_counts(tables: Tables) -> list[dict[str, Any]]:
    """Sum up what the edits changed: one row for each count of `documents.edits`."""
    documents = tables.get("documents")
    if documents is None or "edits" not in documents.columns:
        return []
    edits = documents.select("edits.*")
    if not edits.columns:
        return []
    names = [(edit, count) for edit in edits.columns for count in edits.select(f"`{edit}`.*").columns]
    counts = [F.col(f"`{edit}`.`{count}`").cast("bigint") for edit, count in names]
    sums = [F.sum(count).alias(f"sum{at}") for at, count in enumerate(counts)]
    touched = [F.count_if(count > 0).alias(f"documents{at}") for at, count in enumerate(counts)]
    [row] = small_rows(edits.agg(*sums, *touched))
    return [
        {"edit": edit, "counted": count, "total": row[f"sum{at}"] or 0, "documents": row[f"documents{at}"]}
        for at, (edit, count) in enumerate(names)
    ]
