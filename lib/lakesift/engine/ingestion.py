"""Takes a source into the lake: only what is new, in batches that are committed once each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F
from pyspark.sql.window import Window

from lakesift.engine.archives import archives_of, chosen, described
from lakesift.engine.extractions import facts_of, role_of
from lakesift.engine.ingest_account import Account, account, untold
from lakesift.engine.new_sources import Pending, crawls_asked, pending
from lakesift.engine.source_commits import Source, commit_sources
from lakesift.engine.taken_in import TakenIn, taken_in
from lakesift.errors import SourceError, StageError
from lakesift.lake.external import read_given
from lakesift.lake.lake import Lake
from lakesift.operators.operator import Stage
from lakesift.recipe.recipe import Recipe

MAX_TASKS = 10_000


@dataclass
class Taken:
    """What one ingest did.

    Attributes:
        fingerprint: of the ingest settings.
        view: what the recipe reads of what the lake has.
        versions: pages, links and quarantine: the newest that can have changed what the recipe reads; sources as it is.
        account: of the archives that this run took in, and of those of killed runs before it.
        failures: archives of the recipe that could not be read.
        outdated: see `Pending`.
        lines: what a person should know.
    """

    fingerprint: str
    view: TakenIn
    versions: Mapping[str, int]
    account: Account
    failures: int = 0
    outdated: int = 0
    lines: list[str] = field(default_factory=list)


def ingest(recipe: Recipe, stage: Stage, lake: Lake, may_run: bool, run_id: str, again: bool = False) -> Taken:
    """Take in what is new; a killed run takes the batch that was not committed again.

    A source is committed by its row in `sources`, which is written after its pages, links and quarantine.

    Args:
        recipe: with the source.
        stage: the recipe's ingest.
        lake: where pages go.
        may_run: whether the stage is selected.
        run_id: of the run.
        again: take in again what other code than this lakesift's has taken in, and what the lake has lost.

    Raises:
        SourceError: the source cannot be listed, or is empty.
        UsageError: see `pending`.
        StageError: sources are not taken in yet and the stage is not selected, the records do not add up, or the lake has
            lost what it has taken in.
    """
    new = pending(recipe, stage, lake, again=again)
    untried = len(new.paths) - len(new.failed)
    if untried and not may_run:
        raise StageError(f"{untried} sources are not taken in yet", next_step="add --from ingest")
    facts = {
        "stage": "ingest",
        "fingerprint": new.fingerprint,
        "extraction": new.extraction.print,
        "run_id": run_id,
        "settings": role_of(stage).deciding(stage.settings),
        "code": new.code,
        **{name: value for name, value in facts_of(recipe, stage).items() if name in ("source", "models")},
    }
    for files, rows in _batches(recipe, stage, lake, new) if may_run else ():
        commit_sources(lake, stage, files, lake.materialize(rows, "ingested"), new, facts)
    lake.drop_materialized()
    read = chosen(archives_of(lake), new.extraction, new.named, crawls_asked(recipe))
    view = taken_in(lake, read, tuple(role_of(stage).parts))
    told = account(lake, untold(lake, read, new.fingerprint))
    lines = list(new.lines)
    if new.named is None or len(view.crawls) > 1:
        lines.append(f"reads what the lake has taken in: {described(read)}")
    failures = sum(each.status == "failed" for each in read)
    versions = {**view.versions, "sources": lake.version("sources")}
    return Taken(new.fingerprint, view, versions, told, failures, new.outdated, lines)


def _batches(recipe: Recipe, stage: Stage, lake: Lake, new: Pending) -> Iterator[tuple[list[Source], DataFrame]]:
    """Sources in order with their rows, cut into commits of about `commit_bytes`."""
    if recipe.source.table is not None:
        _ask(new, new.paths)
        for path in new.paths:
            crawl = new.there[path].crawl if path in new.there else stage.settings.crawl
            named = stage._replace(settings=stage.settings.model_copy(update={"crawl": crawl}))
            yield [Source(path, str(crawl), None, None, None)], _imported(recipe, named, lake)
        return
    settings = stage.settings
    batch: list[Source] = []
    size = 0
    readable = _readable(role_of(stage).describe(new.paths, settings), new, role_of(stage).expected)
    _ask(new, [file.path for file in readable if file.crawl == settings.crawl])
    for file in readable:
        # What is taken in again keeps the name of its crawl where no other is asked for.
        batch.append(replace(file, crawl=new.there[file.path].crawl) if file.path in new.there else file)
        size += file.bytes or 0
        if size >= settings.commit_bytes:
            yield batch, _read(batch, stage, lake)
            batch, size = [], 0
    if batch:
        yield batch, _read(batch, stage, lake)


def _ask(new: Pending, paths: Sequence[str]) -> None:
    """Ask for the name of a crawl before anything is read of it.

    Raises:
        UsageError: nobody has named it, and the lake has a crawl of that name.
    """
    if new.question is not None and any(path not in new.there for path in paths):
        raise new.question


def _readable(files: Sequence[Any], new: Pending, expected: str) -> list[Any]:
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
    assert recipe.source.table is not None
    given = read_given(lake.spark, recipe.source.table, recipe.source.named)
    rows = role_of(stage).import_rows(given, recipe.source, stage.settings)
    # An id that stands twice gets places of its own, so that the rule for repeated records can choose between them.
    order = Window.partitionBy("doc_id", "kind").orderBy(F.sha2("text", 256), F.to_json("images"))
    return rows.withColumn("source_offset", (F.row_number().over(order) - 1).cast("bigint"))
