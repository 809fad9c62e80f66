"""Takes a source into the lake: only what is new, in batches that are committed once each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from lakesift.crawl.ingest import (
    IngestSettings,
    import_documents,
    ingest_records,
    links_of,
    pages_of,
    quarantine_of,
    source_counts_of,
)
from lakesift.crawl.listing import SourceFile, list_sources
from lakesift.crawl.ranges import cut_ranges
from lakesift.errors import SourceError, StageError
from lakesift.fingerprints import fingerprint
from lakesift.lake import Lake
from lakesift.recipe import Recipe

OUTPUTS = ("pages", "links", "quarantine")


@dataclass
class Taken:
    """What one ingest did.

    Attributes:
        fingerprint: of the ingest settings.
        versions: pages, links, quarantine and sources as they stand now.
        sources: archives taken in by this run.
        records, pages: of these archives.
        rejected: records that are no page, by quarantine reason or counted class.
        failures: sources of the whole lake that could not be read.
    """

    fingerprint: str
    versions: dict[str, int] = field(default_factory=dict)
    sources: int = 0
    records: int = 0
    pages: int = 0
    rejected: dict[str, int] = field(default_factory=dict)
    failures: int = 0


def pending(recipe: Recipe, settings: IngestSettings, lake: Lake | None) -> tuple[list[SourceFile], int]:
    """The sources that are not in the lake yet with these settings, and how many the recipe has.

    Raises:
        SourceError: the source cannot be listed, or is empty.
    """
    found = list_sources(recipe.source.archives, settings)
    if lake is None or not lake.exists("sources"):
        return found, len(found)
    known = lake.read("sources").where(F.col("settings_fingerprint") == settings_print(settings))
    done = {(row["source_path"], row["bytes"]) for row in known.select("source_path", "bytes").collect()}
    return [file for file in found if (file.path, file.bytes) not in done], len(found)
