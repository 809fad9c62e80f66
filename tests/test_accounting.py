"""Promises of what a run says of a stage."""

from __future__ import annotations

from datetime import UTC, datetime

from lakesift.engine.accounting import StageRun, facts_of


def test_the_numbers_of_a_line_add_up_whatever_the_number_of_reasons() -> None:
    rejected = {"a": 1, "b": 20, "c": 3, "d": 40, "e": 5, "f": 6}
    run = StageRun(
        "run",
        "recipe",
        "ingest",
        "done",
        datetime(2026, 11, 29, tzinfo=UTC),
        rows_in=100,
        rows_out=25,
        rejected=rejected,
    )
    assert facts_of(run) == ["100 rows in", "25 out", "40 d", "20 b", "6 f", "5 e", "4 for 2 other reasons"]
