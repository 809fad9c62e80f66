"""The stage runs behind the tables, newest first."""

from __future__ import annotations

from typing import Any

from pyspark.sql import functions as F

from lakesift.reporting.frames import Tables, small_rows


def stage_runs(tables: Tables, listed: int) -> list[dict[str, Any]]:
    """Return the newest stage runs, each with its rows, seconds, output and error.

    Args:
        tables: uses `runs`; without it there are none.
        listed: how many.
    """
    if "runs" not in tables:
        return []
    newest = tables["runs"].orderBy(F.desc("started_at"), "run_id", "stage").limit(listed)
    shown = newest.select(
        "recipe",
        "stage",
        "status",
        "seconds",
        "rows_in",
        "rows_out",
        "rejected",
        "counts",
        "output",
        "output_version",
        "fingerprint",
        F.substring("error", 1, 1000).alias("error"),
        F.date_format("started_at", "yyyy-MM-dd HH:mm:ss").alias("started"),
    )
    return small_rows(shown.orderBy(F.desc("started_at"), "run_id", "stage"))
