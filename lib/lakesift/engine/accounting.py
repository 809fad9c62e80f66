"""What each stage run did, its row counts among it, as kept in `runs` and `funnel`."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from lakesift.lake.lake import Lake
from lakesift.lake.ledger import LEDGER

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
    sequence: int | None = None


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


def record(lake: Lake, runs: list[StageRun]) -> None:
    """Append stage runs to `runs`."""
    table = LEDGER["runs"]
    # Which run was the last is told by the table's versions: a clock can be set back.
    sequence = lake.version(table.name) if lake.exists(table.name) else 0
    rows = [tuple(getattr(replace(run, sequence=sequence), name) for name in table.columns) for run in runs]
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
