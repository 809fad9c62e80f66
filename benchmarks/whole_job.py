"""The whole job, pages of WARC files to deduplicated documents: `lakesift run fineweb` and datatrove's pipeline."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

from benchmarks.document import Section, against, number
from benchmarks.inputs import FILES, sound_crawl
from benchmarks.machine import Job, run_job
from benchmarks.peer import PYTHON, environment
from benchmarks.timing import Timed, compared

TARGET = 10
WARM_UP_PAGES = 40
EXTRACTOR_SECONDS = 1
"""datatrove's default; a page that takes longer is dropped."""
RESILIPARSE = ("--set", "ingest.extract.extractor=resiliparse")
HOW = """From the start of the process to its end, on the wall, Spark's start included: WARC files to extracted, filtered, \
deduplicated documents. lakesift: `lakesift run fineweb` into a new lake, as a user would run it, on all cores; the lake \
keeps all pages, links, signals and verdicts. datatrove: examples/fineweb.py with two workers, its four MinHash stages \
included, one WARC file for each worker, without the files of removed documents. Memory is the most that all processes \
of the job had resident at one moment.

Both sides use trafilatura (favour_precision) except in the second line. CLD2 stands in for datatrove's language model. \
datatrove drops a page that takes its extractor over a second, and pages in Brotli encoding."""


def run_ours(archives: Path, folder: Path, more: tuple[str, ...] = ()) -> Job:
    """A new lake from the archives."""
    shutil.rmtree(folder, ignore_errors=True)
    source = ("--source", str(archives / "*.warc.gz"), "--lake", str(folder / "lake"))
    return run_job([sys.executable, "-m", "lakesift", "run", "fineweb", *source, *more], folder)


def run_theirs(archives: Path, folder: Path) -> Job:
    """datatrove's five jobs."""
    shutil.rmtree(folder, ignore_errors=True)
    given = (str(archives), str(folder / "work"), str(EXTRACTOR_SECONDS), str(FILES))
    return run_job([str(PYTHON), "-m", "benchmarks.peers.datatrove_job", *given], folder, environment())


def warm_up(folder: Path) -> None:
    """Both sides once on a few pages: kernels compiled, packages in the file cache."""
    archives = sound_crawl(folder / "warm_up", WARM_UP_PAGES)
    run_ours(archives, folder / "ours")
    run_theirs(archives, folder / "theirs")


def measure(pages: int, rounds: int, folder: Path) -> Section:
    """Compare on a sample crawl of so many pages."""
    archives = sound_crawl(folder / f"crawl_{pages}", pages)
    rows = []
    for extractor, more in (("trafilatura", ()), ("resiliparse", RESILIPARSE)):
        ours = Peaks(partial(run_ours, archives, folder / "ours", more))
        theirs = Peaks(partial(run_theirs, archives, folder / "theirs"))
        found = compared(ours, theirs, rounds)
        their_counts = json.loads(found.their_result.splitlines()[-1])
        rows.append(
            (
                f"{pages:,}, {extractor}",
                f"{found.ours:.0f} s, {number(pages / found.ours)} pages/s, {gigabytes(ours.peak)}",
                f"{found.theirs:.0f} s, {number(pages / found.theirs)} pages/s, {gigabytes(theirs.peak)}",
                f"{found.ratio:.2f}x ({found.spread})",
                against(found.ratio, TARGET),
                f"{kept(folder / 'ours' / 'lake'):,} of {rows_of(folder / 'ours' / 'lake' / 'pages'):,}",
                f"{their_counts['deduplicated']:,} of {their_counts['extracted']:,}",
            )
        )
    ours_kept, theirs_kept = "lakesift kept of its pages", "datatrove kept of what it extracted"
    columns = ("pages, lakesift's extractor", "lakesift", "datatrove", "ratio", "target", ours_kept, theirs_kept)
    return Section("Whole job", HOW, columns, tuple(rows))


class Peaks:
    """A job as a measurement; the most memory of all its runs in `peak`."""

    def __init__(self, run: Callable[[], Job]) -> None:
        self._run, self.peak = run, 0

    def __call__(self) -> Timed:
        """Run it once."""
        job = self._run()
        self.peak = max(self.peak, job.peak_bytes)
        return Timed(job.seconds, job.output)


def kept(lake: Path) -> int:
    """Documents of the data set in a lake."""
    return rows_of(lake / "dataset_fineweb")


def rows_of(table: Path) -> int:
    """Rows of a Delta table, from the statistics in its log."""
    files: dict[str, int] = {}
    for entry in sorted((table / "_delta_log").glob("*.json")):
        for line in entry.read_text(encoding="utf-8").splitlines():
            action = json.loads(line)
            if "add" in action:
                files[action["add"]["path"]] = json.loads(action["add"]["stats"])["numRecords"]
            elif "remove" in action:
                files.pop(action["remove"]["path"], None)
    return sum(files.values())


def gigabytes(size: int) -> str:
    """Memory for a table."""
    return f"{size / 2**30:.1f} GiB"
