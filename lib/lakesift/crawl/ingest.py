"""Take archives or texts in: every record becomes a page, links, a quarantined record, or is counted in a class.

WARC, WET, WAT and ARC files are read in ranges; texts that the user has are imported as pages.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

import pyarrow as pa
from pydantic import Field
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from lakesift.crawl.html.extract import Extractor
from lakesift.crawl.html.extract_settings import ExtractSettings
from lakesift.crawl.pages.counted import MAX_EXAMPLES
from lakesift.crawl.pages.records import RecordReader
from lakesift.crawl.pages.rejection import RecordRejected
from lakesift.crawl.pages.rows import ROW_SCHEMA, Row, batches_of
from lakesift.crawl.pages.tables import LINKS, PAGES
from lakesift.crawl.sources.imported import import_documents, import_pairs
from lakesift.crawl.sources.listing import ListingSettings, crawl_of, describe_sources, identities, is_named, list_paths
from lakesift.crawl.sources.sources import UNIT_SCHEMA, SourceFile, Unit
from lakesift.crawl.warc.archives import read_unit
from lakesift.crawl.warc.framing import Record
from lakesift.crawl.warc.ranges import cut_ranges
from lakesift.errors import SourceError
from lakesift.extraction.block_model import BlockModel
from lakesift.extraction.main_content import weights
from lakesift.operators.files import digests
from lakesift.operators.operator import Operator
from lakesift.operators.roles import Ingests

STAGE: Final = "ingest"
FILE_REASONS: Final = ("unreadable_file", "read_failed", "unknown_format")
"""Quarantine reasons that are about the file and not about one record: its source has failed."""


class IngestSettings(ListingSettings):
    """How a source is taken in."""

    extract: ExtractSettings = Field(default=ExtractSettings(), description="HTML to text.")
    keep_html: bool = Field(default=False, description="Keep each page's decoded payload in `pages.html`.")
    accepted_status: tuple[int, ...] = Field(
        default=(200,),
        min_length=1,
        description="HTTP statuses of pages; the rest is counted. Common Crawl's warc/ and wet/ folders: 200 only "
        "(others are in crawldiagnostics/).",
    )
    range_bytes: int = Field(
        default=64 << 20,
        ge=1 << 16,
        description="Longest part of an archive that one task reads: a Common Crawl file of 1 GB feeds 16 cores.",
    )
    commit_bytes: int = Field(
        default=64 << 30, ge=1, description="Archives of about so many bytes are committed to the lake together."
    )
    batch_bytes: int = Field(
        default=8 << 20, ge=1 << 16, description="Content of one Arrow batch that a task hands to Spark, in bytes."
    )
    batch_rows: int = Field(
        default=1_000, ge=1, description="Rows of one Arrow batch; for long texts 500-2,000 keep memory even."
    )

    def deciding(self) -> dict[str, Any]:
        """The settings that decide what a source becomes; the others only decide how fast."""
        return self.model_dump(
            mode="json",
            include={"crawl", "caps", "extract", "keep_html", "accepted_status"},
        )


def ingest(units: DataFrame, settings: IngestSettings) -> DataFrame:
    """Read units of archives.

    A bad record never fails a task and a bad file never fails a run: both become quarantine rows. The result does not
    depend on how files were cut into units, nor on partitioning.

    Args:
        units: columns of `sources.UNIT_SCHEMA`, see `ranges.cut_ranges`; spread them evenly, each is minutes of work.
        settings: caps, extractor, retries.

    Returns:
        Rows of `rows.ROW_COLUMNS`: one per page, WAT links and quarantined record, one per unit and counted class.
    """

    def read(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        found = (Unit(**row) for batch in batches for row in batch.to_pylist())
        yield from batches_of(unit_rows(found, settings), settings.batch_bytes, settings.batch_rows)

    return units.select(*Unit._fields).mapInArrow(read, ROW_SCHEMA)


def unit_rows(units: Iterator[Unit], settings: IngestSettings) -> Iterator[Row]:
    """All rows of some units, through one extractor; what `ingest` does in each task."""
    with Extractor(settings.extract, settings.caps) as extractor:
        for unit in units:
            reader = RecordReader(
                unit,
                settings.caps,
                extractor,
                extractor_name=settings.extract.extractor,
                accepted_status=frozenset(settings.accepted_status),
                keep_html=settings.keep_html,
            )
            yield from reader.rows(_guarded(unit, settings))


def _guarded(unit: Unit, settings: IngestSettings) -> Iterator[Record]:
    """The unit's records; when the file cannot be read (on), one more that says so."""
    reached: int | None = None
    try:
        for record in read_unit(unit, settings.caps, settings.store):
            yield record
            reached = record.offset + 1
        return
    except RecordRejected as error:
        rejection = error
    except (GeneratorExit, MemoryError):
        raise
    except Exception as error:
        # File systems raise whatever their client library raises.
        cause = error.message if isinstance(error, SourceError) else f"{type(error).__name__}: {error}"
        rejection = RecordRejected("unreadable_file" if reached is None else "read_failed", cause)
    yield Record(unit.start if reached is None else reached, 0, {}, b"", rejection, b"", False)


def pages_of(rows: DataFrame) -> DataFrame:
    """The rows of table `pages`; the engine names their extraction."""
    return _unnamed(rows.where(F.col("kind") == "page")).select(*PAGES.columns)


def links_of(rows: DataFrame) -> DataFrame:
    """The rows of table `links`: pages with images, and WAT records; the engine names their extraction."""
    return _unnamed(rows.where(F.col("images").isNotNull())).select(*LINKS.columns)


def quarantine_of(rows: DataFrame) -> DataFrame:
    """The rows of table `quarantine`; the engine names their extraction."""
    columns = ("crawl", "extraction", "source_path", "source_offset", F.lit(STAGE).alias("stage"))
    return _unnamed(rows.where(F.col("kind") == "quarantine")).select(*columns, "reason", "detail", "head")


def _unnamed(rows: DataFrame) -> DataFrame:
    return rows.withColumn("extraction", F.lit(None).cast("string"))


def source_counts_of(rows: DataFrame) -> DataFrame:
    """What became of each source.

    Returns:
        source_path, crawl, records (= pages + WAT links + quarantined + all counted), pages, links (of HTML and WAT),
        quarantined, counted (class -> number), examples (class -> offsets of its first records), status (`failed` when the file itself could not be read) and reason.
    """
    is_file_failure = (F.col("kind") == "quarantine") & F.col("reason").isin(*FILE_REASONS)
    by_class = rows.groupBy(
        "source_path", "crawl", "kind", F.when(F.col("kind") == "counted", F.col("reason")).alias("class")
    ).agg(
        F.coalesce(F.sum("records"), F.count("*")).alias("number"),
        F.count("images").alias("links"),
        F.slice(F.array_sort(F.flatten(F.collect_list("examples"))), 1, MAX_EXAMPLES).alias("examples"),
        F.min(F.when(is_file_failure, F.concat_ws(": ", "reason", "detail"))).alias("failure"),
    )
    return by_class.groupBy("source_path", "crawl").agg(
        F.sum("number").alias("records"),
        _number_of("page").alias("pages"),
        F.sum("links").alias("links"),
        _number_of("quarantine").alias("quarantined"),
        _by_class("number").alias("counted"),
        _by_class("examples").alias("examples"),
        F.when(F.min("failure").isNull(), "done").otherwise("failed").alias("status"),
        F.min("failure").alias("reason"),
    )


def _number_of(kind: str) -> Any:
    return F.sum(F.when(F.col("kind") == kind, F.col("number")).otherwise(0))


def _by_class(column: str) -> Any:
    entries = F.array_sort(F.collect_list(F.when(F.col("class").isNotNull(), F.struct("class", column))))
    return F.map_from_entries(entries)


def units(files: Sequence[SourceFile], settings: IngestSettings) -> list[Unit]:
    """Cut readable files into units of about `range_bytes`."""
    return [unit for file in files if file.reason is None for unit in cut_ranges(file, settings.range_bytes)]


def import_rows(documents: DataFrame, source: Any, settings: IngestSettings) -> DataFrame:
    """Import a table of texts or pairs as the recipe's source names it; see `sources.imported`."""
    if source.pairs is not None:
        return import_pairs(
            documents,
            crawl=settings.crawl,
            path=source.pairs,
            image_url=source.image_url,
            caption=source.caption,
            caps=settings.caps,
        )
    columns = {"text": source.text, "id": source.id, "url": source.url, "columns": source.columns}
    return import_documents(documents, crawl=settings.crawl, path=source.documents, caps=settings.caps, **columns)


def files(settings: IngestSettings) -> Mapping[str, str]:
    """Return the digest of the extractor's weights.

    Raises:
        UsageError, ModelUnreadable: they cannot be read.
    """
    if settings.extract.extractor != "lakesift":
        return {}
    file = weights(settings.extract.model)
    found = {"model": next(iter(digests(file).values()))}
    if settings.extract.model:
        BlockModel.read(file)  # here, in one line, and not in each of Spark's tasks
    return found


def deciding(settings: IngestSettings) -> dict[str, Any]:
    """Return the settings that decide what a source becomes."""
    return settings.deciding()


def deciding_import(settings: IngestSettings) -> dict[str, Any]:
    """Return the settings that decide what a table of the user's becomes: no extractor sees it."""
    return {"max_text_bytes": settings.caps.max_text_bytes}


OPERATOR = Operator(
    ingest,
    role=Ingests(
        parts={"pages": pages_of, "links": links_of, "quarantine": quarantine_of},
        counts=source_counts_of,
        list_paths=list_paths,
        identities=identities,
        is_named=is_named,
        crawl_of=crawl_of,
        describe=describe_sources,
        units=units,
        unit_schema=UNIT_SCHEMA,
        import_rows=import_rows,
        deciding=deciding,
        deciding_import=deciding_import,
        expected="WARC, WET, WAT or ARC archives; texts that you have are named in the recipe, source: {documents: FILE}",
    ),
    writes=PAGES,
    example="- ingest: {crawl: october}",
    more_tables=(LINKS,),
    files=files,
)
