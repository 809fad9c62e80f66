"""Takes a source into the lake: only what is new, in batches that are committed once each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as F
from pyspark.sql.window import Window

from lakesift.engine.new_sources import Pending, pending, role_of
from lakesift.errors import SourceError, StageError
from lakesift.lake.external import read_given
from lakesift.lake.lake import Lake
from lakesift.lake.ledger import LEDGER
from lakesift.operators.operator import Stage
from lakesift.recipe.recipe import Recipe

MAX_TASKS = 10_000
OTHERWISE = (
    "the lake's pages were taken in with other settings of ingest than this recipe's; --source takes them in with these"
)


class Source(NamedTuple):
    """A file of a source, as far as the engine looks at it; `reason`: why it cannot be read."""

    path: str
    crawl: str
    kind: str | None
    bytes: int | None
    reason: str | None


@dataclass
class Taken:
    """What one ingest did.

    Attributes:
        fingerprint: of the ingest settings.
        code: digest of the code that reads sources.
        versions: pages, links, quarantine and sources as they stand now.
        sources: archives taken in by this run.
        records, pages: of these archives.
        rejected: records that are no page, by quarantine reason or counted class.
        failures: sources of the whole lake that could not be read.
        is_otherwise, outdated: see `Pending`.
    """

    fingerprint: str
    code: str = ""
    versions: dict[str, int] = field(default_factory=dict)
    sources: int = 0
    records: int = 0
    pages: int = 0
    rejected: dict[str, int] = field(default_factory=dict)
    failures: int = 0
    is_otherwise: bool = False
    outdated: int = 0


def ingest(recipe: Recipe, stage: Stage, lake: Lake, may_run: bool, run_id: str, again: bool = False) -> Taken:
    """Take in what is new; a killed run takes the batch that was not committed again.

    A source is committed by its row in `sources`, which is written after its pages, links and quarantine.

    Args:
        recipe: with the source.
        stage: the recipe's ingest.
        lake: where pages go.
        may_run: whether the stage is selected.
        run_id: of the run.
        again: take in again what other code than this lakesift's has taken in.

    Raises:
        SourceError: the source cannot be listed, or is empty.
        StageError: sources are not taken in yet and the stage is not selected, or the records do not add up.
    """
    new = pending(recipe, stage, lake, again=again)
    taken = Taken(new.fingerprint, code=new.code, is_otherwise=new.is_otherwise, outdated=new.outdated)
    untried = len(new.paths) - len(new.failed)
    if untried and not may_run:
        raise StageError(f"{untried} sources are not taken in yet", next_step="add --from ingest")
    facts = {
        "stage": "ingest",
        "fingerprint": taken.fingerprint,
        "run_id": run_id,
        "settings": role_of(stage).deciding(stage.settings),
        "code": new.code,
    }
    for files, rows in _batches(recipe, stage, lake, new) if may_run else ():
        _commit(lake, stage, files, lake.materialize(rows, "ingested"), taken, facts)
    lake.drop_materialized()
    if not taken.versions:
        taken.versions = {table: lake.version(table) for table in (*role_of(stage).parts, "sources")}
    taken.failures = lake.read("sources").where("status = 'failed'").count()
    return taken


def _batches(recipe: Recipe, stage: Stage, lake: Lake, new: Pending) -> Iterator[tuple[list[Source], DataFrame]]:
    """Sources in order with their rows, cut into commits of about `commit_bytes`."""
    if recipe.source.documents is not None:
        for path in new.paths:
            yield [Source(path, stage.settings.crawl, None, None, None)], _imported(recipe, stage, lake)
        return
    settings = stage.settings
    batch: list[Source] = []
    size = 0
    for file in _readable(role_of(stage).describe(new.paths, settings), new, role_of(stage).expected):
        batch.append(file)
        size += file.bytes or 0
        if size >= settings.commit_bytes:
            yield batch, _read(batch, stage, lake)
            batch, size = [], 0
    if batch:
        yield batch, _read(batch, stage, lake)


def _readable(files: Sequence[Source], new: Pending, expected: str) -> list[Source]:
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
            expected=expected,
            next_step="check --source and the permissions of the files",
        )
    return [file for file in files if file.reason is None or file.path not in new.failed]


def _read(files: Sequence[Source], stage: Stage, lake: Lake) -> DataFrame:
    role = role_of(stage)
    units = spread(lake.spark, role.units(files, stage.settings), role.unit_schema)
    rows: DataFrame = stage.operator.function(units, stage.settings)
    return rows


def spread(spark: SparkSession, units: Sequence[Any], schema: str) -> DataFrame:
    """Return units as rows, one in each partition, or as evenly as `MAX_TASKS` partitions allow.

    Not by `repartition`: it begins to deal out each partition's rows where it likes, so that two units meet in one task.
    """
    numbered = spark.createDataFrame(list(enumerate(units)), f"place BIGINT, unit STRUCT<{schema}>")
    places = spark.range(0, len(units), 1, min(max(1, len(units)), MAX_TASKS))
    return places.join(F.broadcast(numbered), F.col("id") == F.col("place")).select("unit.*")


def _imported(recipe: Recipe, stage: Stage, lake: Lake) -> DataFrame:
    assert recipe.source.documents is not None
    documents = read_given(lake.spark, recipe.source.documents)
    rows = role_of(stage).import_rows(documents, recipe.source, stage.settings)
    # An id that stands twice gets places of its own, so that the rule for repeated records can choose between them.
    order = Window.partitionBy("doc_id", "kind").orderBy(F.sha2("text", 256))
    return rows.withColumn("source_offset", (F.row_number().over(order) - 1).cast("bigint"))


def _commit(
    lake: Lake, stage: Stage, files: Sequence[Source], rows: DataFrame, taken: Taken, facts: dict[str, Any]
) -> None:
    quoted = ", ".join("'" + file.path.replace("\\", "\\\\").replace("'", "\\'") + "'" for file in files)
    where = f"source_path IN ({quoted})"
    role = role_of(stage)
    declared = {table.name: table for table in (stage.operator.writes, *stage.operator.more_tables)}
    parts = {table: part(rows) for table, part in role.parts.items()}
    versions = {
        table: lake.write(declared.get(table) or LEDGER[table], part, facts, replace_where=where)
        for table, part in parts.items()
    }
    counts = _source_rows(lake, files, role.counts(rows), versions["pages"], taken)
    _check(counts, taken)
    written = lake.write(LEDGER["sources"], counts, facts, replace_where=where)
    taken.versions = {**versions, "sources": written}
    taken.sources += len(files)
    for row in parts["quarantine"].groupBy("reason").count().collect():
        taken.rejected[row["reason"]] = taken.rejected.get(row["reason"], 0) + row["count"]


def _source_rows(lake: Lake, files: Sequence[Source], counts: DataFrame, version: int, taken: Taken) -> DataFrame:
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
        F.coalesce("examples", F.create_map().cast("map<string,array<bigint>>")).alias("examples"),
        reason.alias("reason"),
        F.lit(version).cast("bigint").alias("committed_version"),
        F.lit(taken.fingerprint).alias("settings_fingerprint"),
        F.lit(taken.code).alias("code_version"),
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
