"""How time and memory of the whole job grow with the pages."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from benchmarks.document import Section, against, number
from benchmarks.inputs import sound_crawl
from benchmarks.timing import compared
from benchmarks.whole_job import Runs, gigabytes, run_ours

ALLOWED = 1.1
"""Four times the pages in at most 4.4 times the time."""
HOW = """`lakesift run fineweb` on two sample crawls, each run a new process with a new lake, in turn; seconds on the wall, \
Spark's start included. Memory is the most that the JVM and all Python processes had resident at one moment."""


def measure(pages: int, grown: int, rounds: int, folder: Path) -> Section:
    """Compare a job with a larger one."""
    small, large = (sound_crawl(folder / f"crawl_{number_of}", number_of) for number_of in (pages, grown))
    ours = Runs(partial(run_ours, small, folder / "ours"))
    larger = Runs(partial(run_ours, large, folder / "larger"))
    found = compared(ours, larger, rounds)
    limit = ALLOWED * grown / pages
    rows = (
        row(pages, found.ours, ours),
        row(grown, found.theirs, larger),
        (
            f"{grown / pages:g}x",
            f"{found.ratio:.2f}x ({found.spread})",
            f"{larger.processor_seconds / ours.processor_seconds:.2f}x",
            "",
            f"{larger.peak / ours.peak:.2f}x",
            against(found.ratio, limit, at_most=True) + " in time; memory flat",
        ),
    )
    return Section("Growth", HOW, ("pages", "time", "of cores", "rate", "peak memory", "target"), rows)


def row(pages: int, seconds: float, runs: Runs) -> tuple[str, ...]:
    """One size of the job."""
    times = (f"{seconds:.0f} s", f"{runs.processor_seconds:.0f} s")
    return (f"{pages:,}", *times, f"{number(pages / seconds)} pages/s", gigabytes(runs.peak), "")
