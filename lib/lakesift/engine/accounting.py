"""Rows in = rows out + rows rejected: counted for every stage, checked, and kept in `runs` and `funnel`."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from functools import reduce
from typing import Any

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from lakesift.errors import StageError
from lakesift.lake.lake import Lake
from lakesift.lake.ledger import LEDGER
from lakesift.operators.operator import Account

MAX_REASONS = 4
"""Reasons in one line; `runs.rejected` has all."""


@dataclass(frozen=True)
class StageRun:
    """One row of `runs`."""

    run_id: str
    recipe: str
    stage: str
    status: str
    started_at: datetime
    fingerprint: str | None = None
    inputs: dict[str, int] = field(default_factory=dict)
    output: str | None = None
    output_version: int | None = None
    rows_in: int | None = None
    rows_out: int | None = None
    rejected: dict[str, int] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    seconds: float = 0.0
    error: str | None = None


def facts_of(result: StageRun) -> list[str]:
    """What a stage run did, in a few words each."""
    if result.status == "skipped" and result.output_version is None:
        return ["not selected"]
    if result.status == "skipped":
        return [f"up to date: {result.output}@{result.output_version}"]
    facts = [f"{result.rows_in:,} rows in", f"{result.rows_out:,} out"]
    rejected = sorted(result.rejected.items(), key=lambda item: -item[1])
    facts += [f"{rows:,} {reason}" for reason, rows in rejected[:MAX_REASONS]]
    if len(rejected) > MAX_REASONS:
        facts.append(
            f"{sum(rows for _, rows in rejected[MAX_REASONS:]):,} for {len(rejected) - MAX_REASONS} other reasons"
        )
    return facts + [f"{rows:,} {name}" for name, rows in result.counts.items()]


def count(stage: str, account: Account) -> tuple[int, int, dict[str, int], dict[str, int]]:
    """Count rows in, rows out, rows rejected by reason, and what else the stage counted, by one query.

    Raises:
        StageError: they do not add up.
    """
    is_same = account.rows_out is account.rows_in
    nothing = F.lit(None).cast("string")
    parts = [_counted(account.rows_in, "in", nothing)]
    if not is_same:
        parts.append(_counted(account.rows_out, "out", nothing))
    if account.rejected is not None:
        parts.append(_counted(account.rejected, "rejected", F.col("reason")))
    if account.counts is not None:
        parts.append(account.counts.selectExpr("'counted' AS part", "name AS reason", "count AS rows"))
    # One row for the rows in, one for those out, one for each reason, and one for each further count.
    found = reduce(DataFrame.unionByName, parts).collect()
    counts = {row["reason"]: row["rows"] for row in found if row["part"] == "counted"}
    rejected = dict(sorted((str(row["reason"]), row["rows"]) for row in found if row["part"] == "rejected"))
    rows_in, rows_out = (sum(row["rows"] for row in found if row["part"] == part) for part in ("in", "out"))
    rows_out = rows_in if is_same else rows_out
    if rows_in != rows_out + sum(rejected.values()):
        raise StageError(
            f"the rows of stage {stage} do not add up: {rows_in} in, {rows_out} out, rejected {rejected or 0}",
            next_step="please report this with the recipe; the table it wrote is kept for inspection",
        )
    return rows_in, rows_out, rejected, counts


def _counted(rows: DataFrame, part: str, reason: Column) -> DataFrame:
    return rows.groupBy(F.lit(part).alias("part"), reason.alias("reason")).agg(F.count("*").alias("rows"))


def record(lake: Lake, runs: list[StageRun]) -> None:
    """Append stage runs to `runs`."""
    table = LEDGER["runs"]
    rows = [tuple(getattr(run, name) for name in table.columns) for run in runs]
    lake.write(table, lake.spark.createDataFrame(rows, table.schema), {"rows": "stage runs"}, append=True)


def record_funnel(lake: Lake, run_id: str, recipe: str, stage: str, funnel: DataFrame) -> None:
    """Append the funnel of one stage to `funnel`."""
    named = {"run_id": F.lit(run_id), "recipe": F.lit(recipe), "stage": F.lit(stage)}
    rows = funnel.withColumns(named).select(*LEDGER["funnel"].columns)
    lake.write(LEDGER["funnel"], rows, {"stage": stage, "run_id": run_id}, append=True)


def accounted(lake: Lake) -> set[tuple[str, str]]:
    """(stage, fingerprint) of all stage runs whose counts are in `runs`."""
    if not lake.exists("runs"):
        return set()
    done: Any = lake.read("runs").where("status = 'done'").select("stage", "fingerprint").distinct().toPandas()
    return set(zip(done["stage"], done["fingerprint"], strict=True))
