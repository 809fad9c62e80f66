"""Takes a source into the lake: only what is new, in batches that are committed once each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as F
from pyspark.sql.window import Window

from lakesift.crawl.ingest import IngestSettings, ingest_records, links_of, pages_of, quarantine_of, source_counts_of
from lakesift.crawl.sources.imported import import_documents
from lakesift.crawl.sources.listing import describe_sources
from lakesift.crawl.sources.sources import UNIT_SCHEMA, SourceFile, Unit
from lakesift.crawl.warc.ranges import cut_ranges
from lakesift.engine.new_sources import Pending, pending
from lakesift.errors import SourceError, StageError
from lakesift.lake.external import read_given
from lakesift.lake.lake import Lake
from lakesift.recipe.recipe import Recipe, Source

OUTPUTS = ("pages", "links", "quarantine")
MOST_TASKS = 10_000
OTHERWISE = (
    "the lake's pages were taken in with other settings of ingest than this recipe's; --source takes them in with these"
)


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
        is_otherwise: see `Pending`.
    """

    fingerprint: str
    versions: dict[str, int] = field(default_factory=dict)
    sources: int = 0
    records: int = 0
    pages: int = 0
    rejected: dict[str, int] = field(default_factory=dict)
    failures: int = 0
    is_otherwise: bool = False


def ingest(recipe: Recipe, settings: IngestSettings, lake: Lake, may_run: bool, run_id: str) -> Taken:
    """Take in what is new; a killed run takes the batch that was not committed again.

    A source is committed by its row in `sources`, which is written after its pages, links and quarantine.

    Raises:
        SourceError: the source cannot be listed, or is empty.
        StageError: sources are not taken in yet and the stage is not selected, or the records do not add up.
    """
    new = pending(recipe, settings, lake)
    taken = Taken(new.fingerprint, is_otherwise=new.is_otherwise)
    untried = len(new.paths) - len(new.failed)
    if untried and not may_run:
        raise StageError(f"{untried} sources are not taken in yet", next_step="add --from ingest")
    facts = {"stage": "ingest", "fingerprint": taken.fingerprint, "run_id": run_id, "settings": settings.deciding()}
    for files, rows in _batches(recipe, settings, lake, new) if may_run else ():
        _commit(lake, files, lake.stage_table(rows, "ingested"), taken, facts)
    lake.drop_stage_tables()
    if not taken.versions:
        taken.versions = {table: lake.version(table) for table in (*OUTPUTS, "sources")}
    taken.failures = lake.read("sources").where("status = 'failed'").count()
    return taken


def _batches(
    recipe: Recipe, settings: IngestSettings, lake: Lake, new: Pending
) -> Iterator[tuple[list[SourceFile], DataFrame]]:
    """Sources in order with their rows, cut into commits of about `commit_bytes`."""
    if recipe.source.documents is not None:
        for path in new.paths:
            yield (
                [SourceFile(path, settings.crawl, None, None, None, None, None)],
                _imported(recipe.source, settings, lake),
            )
        return
    batch: list[SourceFile] = []
    size = 0
    for file in _readable(describe_sources(new.paths, settings), new):
        batch.append(file)
        size += file.bytes or 0
        if size >= settings.commit_bytes:
            yield batch, _read(batch, settings, lake)
            batch, size = [], 0
    if batch:
        yield batch, _read(batch, settings, lake)


def _readable(files: Sequence[SourceFile], new: Pending) -> list[SourceFile]:
    """The files to commit: without those that failed before and fail again, so that the tables stay as they are.

    Raises:
        SourceError: nothing of the whole source can be taken in; a data set would be empty without a word.
    """
    refused = [file for file in files if file.reason is not None]
    if refused and len(refused) == new.known:
        others = f" (and {new.known - 1} more files)" if new.known > 1 else ""
        raise SourceError(
            f"nothing of the source can be taken in: {refused[0].reason}{others}",
            where=refused[0].path,
            expected="WARC, WET, WAT or ARC archives; texts that you have are named in the recipe, source: {documents: FILE}",
            next_step="check --source and the permissions of the files",
        )
    return [file for file in files if file.reason is None or file.path not in new.failed]


def _read(files: Sequence[SourceFile], settings: IngestSettings, lake: Lake) -> DataFrame:
    units = [unit for file in files if file.reason is None for unit in cut_ranges(file, settings.range_bytes)]
    return ingest_records(spread(lake.spark, units), settings)


def spread(spark: SparkSession, units: Sequence[Unit]) -> DataFrame:
    """The units as rows of `UNIT_SCHEMA`, one in each partition, or as evenly as `MOST_TASKS` partitions allow.

    Not by `repartition`: it begins to deal out each partition's rows where it likes, so that two units meet in one task.
    """
    numbered = spark.createDataFrame(list(enumerate(units)), f"place BIGINT, unit STRUCT<{UNIT_SCHEMA}>")
    places = spark.range(0, len(units), 1, min(max(1, len(units)), MOST_TASKS))
    return places.join(F.broadcast(numbered), F.col("id") == F.col("place")).select("unit.*")


def _imported(source: Source, settings: IngestSettings, lake: Lake) -> DataFrame:
    assert source.documents is not None
    path = source.documents
    documents = read_given(lake.spark, path)
    rows = import_documents(
        documents, crawl=settings.crawl, path=path, text=source.text, id=source.id, url=source.url, caps=settings.caps
    )
    # An id that stands twice gets places of its own, so that the rule for repeated records can choose between them.
    order = Window.partitionBy("doc_id", "kind").orderBy(F.sha2("text", 256))
    return rows.withColumn("source_offset", (F.row_number().over(order) - 1).cast("bigint"))


def _commit(lake: Lake, files: Sequence[SourceFile], rows: DataFrame, taken: Taken, facts: dict[str, Any]) -> None:
    quoted = ", ".join("'" + file.path.replace("\\", "\\\\").replace("'", "\\'") + "'" for file in files)
    where = f"source_path IN ({quoted})"
    parts = {"pages": pages_of(rows), "links": links_of(rows), "quarantine": quarantine_of(rows)}
    versions = {table: lake.write(table, part, facts, replace_where=where) for table, part in parts.items()}
    counts = _source_rows(lake, files, source_counts_of(rows), versions["pages"], taken.fingerprint)
    _check(counts, taken)
    taken.versions = {**versions, "sources": lake.write("sources", counts, facts, replace_where=where)}
    taken.sources += len(files)
    for row in quarantine_of(rows).groupBy("reason").count().collect():
        taken.rejected[row["reason"]] = taken.rejected.get(row["reason"], 0) + row["count"]


def _source_rows(lake: Lake, files: Sequence[SourceFile], counts: DataFrame, version: int, print_: str) -> DataFrame:
    """One row of `sources` for each file: what it gave, or why it could not be taken in."""
    listed = [
        (file.path, file.crawl, file.kind or "documents" if file.reason is None else file.kind, file.bytes, file.reason)
        for file in files
    ]
    known = lake.spark.createDataFrame(
        listed, "source_path STRING, in_crawl STRING, kind STRING, bytes BIGINT, refused STRING"
    )
    joined = known.join(counts, "source_path", "left")
    reason = F.coalesce("refused", "reason")
    numbers = [
        F.coalesce(name, F.lit(0)).cast("bigint").alias(name) for name in ("records", "pages", "links", "quarantined")
    ]
    return joined.select(
        "source_path",
        F.col("in_crawl").alias("crawl"),
        "kind",
        "bytes",
        F.when(reason.isNull(), "done").otherwise("failed").alias("status"),
        *numbers,
        F.coalesce("counted", F.create_map().cast("map<string,bigint>")).alias("counted"),
        reason.alias("reason"),
        F.lit(version).cast("bigint").alias("committed_version"),
        F.lit(print_).alias("settings_fingerprint"),
    )


def _check(counts: DataFrame, taken: Taken) -> None:
    """Every record is a page, a WAT record's links, in quarantine, or in a counted class."""
    totals = F.array(*[_part(F.lit("total"), F.lit(name), F.col(name)) for name in ("records", "pages", "quarantined")])
    classes = F.transform(F.map_entries("counted"), lambda entry: _part(F.lit("counted"), entry["key"], entry["value"]))
    parts = counts.select(F.explode(F.concat(totals, classes)).alias("part"))
    found = parts.groupBy("part.kind", "part.name").agg(F.sum("part.number").alias("number")).collect()
    counted = {row["name"]: int(row["number"]) for row in found if row["kind"] == "counted"}
    sums = {row["name"]: int(row["number"]) for row in found if row["kind"] == "total"}
    wat = sums["records"] - sums["pages"] - sums["quarantined"] - sum(counted.values())
    if wat < 0:
        raise StageError(f"the records of stage ingest do not add up: {sums}, counted {counted}")
    taken.records += sums["records"]
    taken.pages += sums["pages"]
    for name, records in {**counted, "wat_links": wat}.items():
        if records:
            taken.rejected[name] = taken.rejected.get(name, 0) + records


def _part(kind: Column, name: Column, number: Column) -> Column:
    return F.struct(kind.alias("kind"), name.alias("name"), number.alias("number"))
