"""The whole job, pages of WARC files to deduplicated documents: `lakesift run fineweb` and datatrove's pipeline."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from statistics import median

from benchmarks.document import Section, against, number
from benchmarks.inputs import FILES, sound_crawl
from benchmarks.machine import Job, run_job
from benchmarks.peer import PYTHON, environment
from benchmarks.timing import Timed, compared

TARGET = 10
WARM_UP_PAGES = 40
EXTRACTOR_SECONDS = 1
"""datatrove's default; a page that takes longer is dropped."""
OWN = ("--set", "ingest.extract.extractor=lakesift")
HOW = """From the start of the process to its end, on the wall, Spark's start included: WARC files to extracted, filtered, \
deduplicated documents. lakesift: `lakesift run fineweb` into a new lake, as a user would run it, on all cores; the lake \
keeps all pages, links, signals and verdicts. datatrove: examples/fineweb.py with two workers, its four MinHash stages \
included, one WARC file for each worker, without the files of removed documents. In brackets the processor time of all \
processes of the job, which other work on the machine hardly changes. Memory is the most that they had resident at one \
moment.

Both sides use trafilatura (favour_precision), in the second line lakesift its own extractor. CLD2 stands in for datatrove's language model. \
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
    for extractor, more in (("trafilatura", ()), ("lakesift", OWN)):
        ours = Runs(partial(run_ours, archives, folder / "ours", more))
        theirs = Runs(partial(run_theirs, archives, folder / "theirs"))
        found = compared(ours, theirs, rounds)
        their_counts = json.loads(found.their_result.splitlines()[-1])
        rows.append(
            (
                f"{pages:,}, {extractor}",
                ours.cell(pages, found.ours),
                theirs.cell(pages, found.theirs),
                f"{found.ratio:.2f}x ({found.spread})",
                f"{theirs.processor_seconds / ours.processor_seconds:.2f}x",
                against(found.ratio, TARGET),
                f"{kept(folder / 'ours' / 'lake'):,} of {rows_of(folder / 'ours' / 'lake' / 'pages'):,}",
                f"{their_counts['deduplicated']:,} of {their_counts['extracted']:,}",
            )
        )
    ours_kept, theirs_kept = "lakesift kept of its pages", "datatrove kept of what it extracted"
    columns = (
        "pages, lakesift's extractor",
        "lakesift",
        "datatrove",
        "ratio",
        "of cores' time",
        "target",
        ours_kept,
        theirs_kept,
    )
    return Section("Whole job", HOW, columns, tuple(rows))


class Runs:
    """A job as a measurement, which keeps what its runs took."""

    def __init__(self, run: Callable[[], Job]) -> None:
        self._run, self._jobs = run, list[Job]()

    def __call__(self) -> Timed:
        """Run it once."""
        self._jobs.append(self._run())
        return Timed(self._jobs[-1].seconds, self._jobs[-1].output)

    @property
    def peak(self) -> int:
        """Most memory of all runs, in bytes."""
        return max(job.peak_bytes for job in self._jobs)

    @property
    def processor_seconds(self) -> float:
        """Median of the runs."""
        return median(job.processor_seconds for job in self._jobs)

    def cell(self, pages: int, seconds: float) -> str:
        """For a table: the time on the wall, the processors' time, pages a second, memory."""
        rate = f"{number(pages / seconds)} pages/s"
        return f"{seconds:.0f} s ({self.processor_seconds:.0f} s of cores), {rate}, {gigabytes(self.peak)}"


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
