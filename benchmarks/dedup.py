"""Near-duplicates of many documents: lakesift, datatrove's four MinHash stages and the same job in Daft."""

from __future__ import annotations

import json
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow.compute as pc
import pyarrow.parquet as pq

from benchmarks.dedup_corpus import write_corpus
from benchmarks.document import Section, against, number
from benchmarks.inputs import FILES
from benchmarks.machine import Job, run_job
from benchmarks.peer import PYTHON, environment
from benchmarks.whole_job import gigabytes
from lakesift.text.kernels.minhash_settings import MinHashSettings

START, AFTERWARDS = "Spark's start", ("survivors", "writing what is kept")
LEAST_AGAINST_DATATROVE, LEAST_AGAINST_DAFT = 10.0, 1.0
TOLD = "{:.2f}x ({:.2f}x)"
GROWTH_ALLOWED = 1.1
"""Four times the documents in at most 4.4 times the time."""
MOST_MEMORY = 6 << 30
TEMPLATE = 0.5
VCPUS, DOLLARS, NODES = 16, 0.768, 20
"""Of one m5.4xlarge: AWS's list price on demand, us-east-1, an hour; and nodes of the cluster."""
TERABYTE = 1e12
NEW_OF = 10
"""One document of so many is new."""
BANDS = MinHashSettings().bands
HOW = f"""Invented documents of 500 words (3 KB), the same for all, in Parquet: 10 % are versions of another with up to a tenth of \
the words changed, 1 % one template. Every job reads them and writes signatures, the clusters and the documents that it keeps; 112 \
hashes of 5-word shingles, 14 bands of 8, all cores. Seconds on the wall. lakesift: `with_sketches` and `near_duplicates`, \
with a stage table between the steps; its survivors are the table `duplicates`: the document that each cluster keeps, by an \
order, and how alike the others are to it, which the other two do not find out. datatrove: its four MinHash stages with \
{FILES} workers, in English, one measurement. Daft: its `normalize` and `minhash`, buckets by groups, alternating stars; its \
native runner. To the clusters are signatures, buckets and clusters; the ratios are of those with Spark's start, in brackets \
without it. "Again" is the second time in one process, as in a notebook or behind a recipe's other stages: the job was done with \
datatrove's documents before, in lakesift's session or in Daft's process, whose processor time and memory are of both. Memory is \
the most that all processes of a job had resident at one moment."""


@dataclass(frozen=True)
class Run:
    """One job: what it took, and what it says of itself."""

    job: Job
    said: dict[str, Any]

    def to_clusters(self, *without: str) -> float:
        """Seconds of its steps up to the clusters, but some."""
        steps: dict[str, float] = self.said["seconds"]
        return sum(seconds for step, seconds in steps.items() if step not in (*AFTERWARDS, *without))

    @property
    def documents(self) -> int:
        """How many it read."""
        return int(self.said["documents"])


def ours(corpus: Path, folder: Path, *before: str) -> Run:
    """lakesift's job, in a new process, in which it is done with the corpus `before` first."""
    return ran([sys.executable, "-m", "benchmarks.dedup_job"], corpus, folder, {}, *before)


def datatrove(corpus: Path, folder: Path) -> Run:
    """datatrove's four jobs."""
    return ran([str(PYTHON), "-m", "benchmarks.peers.datatrove_dedup"], corpus, folder, environment(), str(FILES))


def daft(corpus: Path, folder: Path, *before: str) -> Run:
    """The job in Daft, likewise."""
    return ran([str(PYTHON), "-m", "benchmarks.peers.daft_dedup"], corpus, folder, environment(), *before)


def ran(program: list[str], corpus: Path, folder: Path, given: dict[str, str], *more: str) -> Run:
    """Run a program that ends by printing a line of JSON."""
    shutil.rmtree(folder, ignore_errors=True)
    job = run_job([*program, str(corpus), str(folder / "work"), *more], folder, {**surroundings(), **given})
    shutil.rmtree(folder / "work", ignore_errors=True)
    return Run(job, json.loads(job.output.splitlines()[-1]))


def surroundings() -> dict[str, str]:
    """The environment of a job that imports lakesift and the benchmarks from this checkout."""
    root = str(Path(__file__).resolve().parents[1])
    return {**environment(), "PYTHONPATH": f"{root}/lib:{root}"}


def measure(documents: int, for_datatrove: int, grown: int, rounds: int, folder: Path) -> list[Section]:
    """Compare, let the corpus grow, and fill half of it with one template.

    Args:
        documents: of the comparison.
        for_datatrove: as many of them for datatrove, which is slow: its rate counts.
        grown: documents of the larger corpus.
        rounds: jobs of ours and of Daft's, of which the fastest counts.
        folder: for everything.
    """
    corpus = write_corpus(folder / f"corpus_{documents}", documents)
    ours(write_corpus(folder / "corpus_warm_up", FILES * 100), folder / "ours")
    few = write_corpus(folder / f"corpus_{for_datatrove}", for_datatrove)
    fastest, in_daft = pair(corpus, folder, rounds)
    again = pair(corpus, folder, rounds, str(few))
    in_datatrove = datatrove(few, folder / "datatrove")
    found = [comparison((fastest, in_daft), again, in_datatrove)]
    template = ours(write_corpus(folder / f"template_{documents}", documents, TEMPLATE), folder / "ours")
    larger = ours(large := write_corpus(folder / f"corpus_{grown}", grown), folder / "ours")
    found.append(growth((fastest, in_daft), (larger, daft(large, folder / "daft")), template))
    found.append(next_crawl(corpus, documents // NEW_OF, folder / "next"))
    found.append(cost(fastest, larger, in_datatrove, in_daft, megabytes(corpus) / documents))
    return found


def pair(corpus: Path, folder: Path, rounds: int, *before: str) -> tuple[Run, Run]:
    """The fastest of lakesift's jobs and of Daft's, which take turns."""
    runs = [(ours(corpus, folder / "ours", *before), daft(corpus, folder / "daft", *before)) for _ in range(rounds)]
    of_ours, in_daft = zip(*runs, strict=True)
    return min(of_ours, key=lambda run: run.to_clusters(START)), min(in_daft, key=Run.to_clusters)


def times(run: Run, of_ours: Run) -> list[float]:
    """How many times the time of ours a job takes, by the document: of ours with Spark's start, and without."""
    each = run.to_clusters() / run.documents
    return [each / (of_ours.to_clusters(*without) / of_ours.documents) for without in ((), (START,))]


def comparison(first: tuple[Run, Run], again: tuple[Run, Run], in_datatrove: Run) -> Section:
    """The jobs side by side: lakesift's and Daft's the first time and again, and datatrove's."""
    rows = []
    for name, run, of_ours, least in (
        ("lakesift", first[0], first[0], 0.0),
        ("datatrove", in_datatrove, first[0], LEAST_AGAINST_DATATROVE),
        ("Daft", first[1], first[0], LEAST_AGAINST_DAFT),
        ("lakesift, again", again[0], again[0], 0.0),
        ("Daft, again", again[1], again[0], LEAST_AGAINST_DAFT),
    ):
        ratios = times(run, of_ours)
        steps = "; ".join(f"{step} {seconds:.1f}" for step, seconds in run.said["seconds"].items())
        told = TOLD.format(*ratios) if least else ""
        memory = against(run.job.peak_bytes / 2**30, MOST_MEMORY / 2**30, at_most=True).replace("x:", " GiB:")
        rows.append(
            (
                name,
                f"{run.documents:,}",
                steps,
                f"{run.to_clusters():.1f} s",
                f"{run.job.processor_seconds:.0f} s",
                gigabytes(run.job.peak_bytes),
                f"{run.said['dropped'] / run.documents:.2%}",
                told,
                against(ratios[0], least) if least else memory,
            )
        )
    columns = (
        "job", "documents", "seconds of each step", "to the clusters", "of cores", "peak memory", "dropped",
        "times lakesift's", "target",
    )  # fmt: skip
    return Section("Near-duplicates", HOW, columns, tuple(rows))


def growth(small: tuple[Run, Run], large: tuple[Run, Run], template: Run) -> Section:
    """More documents, for ours and for Daft, and a corpus of which half is one template."""
    how = f"""The same job of lakesift on more documents, and on a corpus in which {TEMPLATE:.0%} of the documents are one template \
with five words of their own: its buckets hold half of the corpus. Seconds to the clusters without Spark's start. Daft's, and \
how many times lakesift's they are: with Spark's start, in brackets without it."""
    rows = []
    for name, run, in_daft, allowed in (
        ("as above", *small, 0.0),
        ("more documents", *large, GROWTH_ALLOWED * large[0].documents / small[0].documents),
        ("half one template", template, None, 0.0),
    ):
        ratio = run.to_clusters(START) / small[0].to_clusters(START)
        beside = f"{in_daft.to_clusters():.1f} s, {TOLD.format(*times(in_daft, run))}" if in_daft else ""
        rows.append(
            (
                name,
                f"{run.documents:,}",
                f"{run.to_clusters(START):.1f} s",
                f"{ratio:.2f}x",
                f"{run.job.processor_seconds:.0f} s",
                gigabytes(run.job.peak_bytes),
                f"{run.said['dropped']:,}",
                against(ratio, allowed, at_most=True) if allowed else "",
                beside,
            )
        )
    columns = ("corpus", "documents", "time", "of the first", "of cores", "peak memory", "dropped", "target", "Daft")
    return Section("Near-duplicates: growth and templates", how, columns, tuple(rows))


def next_crawl(corpus: Path, newest: int, folder: Path) -> Section:
    """New documents against ever more that are published."""
    how = f"""{newest:,} new documents compared with the index of those that are published (band keys and signatures, in Parquet), and all \
of them clustered anew, in one session after a warm-up; seconds on the wall, signatures not included. The cost of a new crawl is that of \
its own documents and of reading the published keys, 8 bytes each and {BANDS} a document, of which only those that match are moved. With so few \
published documents clustering anew is quicker; it would not leave the published ones where they are."""
    job = run_job(
        [sys.executable, "-m", "benchmarks.next_crawl_job", str(corpus), str(folder), str(newest)],
        folder,
        surroundings(),
    )
    found: list[list[float]] = json.loads(job.output.splitlines()[-1])["rows"]
    first = found[0]
    rows = [
        (
            f"{int(published):,}",
            f"{known:.1f} s",
            f"{known / first[1]:.2f}x",
            f"{anew:.1f} s",
            f"{anew / first[2]:.2f}x",
        )
        for published, known, anew in found
    ]
    columns = ("published documents", "new against published", "of the first", "all anew", "of the first")
    return Section("Near-duplicates: a new crawl", how, columns, tuple(rows))


def cost(small: Run, large: Run, in_datatrove: Run, in_daft: Run, megabytes_each: float) -> Section:
    """Worked out from the processor's time."""
    how = f"""A terabyte of text in documents as above ({TERABYTE / 1e6 / megabytes_each / 1e6:.0f} million), from the processor \
seconds of all steps: for lakesift those of each document more (the difference of the two corpora, so without Spark's start), \
for the others those of the whole job. A cluster of {NODES} m5.4xlarge ({VCPUS} vCPUs, ${DOLLARS} an hour on demand, us-east-1), \
all of whose cores are as fast as these and busy; nothing is added for reading from a store or for stragglers."""
    each = {
        "lakesift": (large.job.processor_seconds - small.job.processor_seconds) / (large.documents - small.documents),
        "datatrove": in_datatrove.job.processor_seconds / in_datatrove.documents,
        "Daft": in_daft.job.processor_seconds / in_daft.documents,
    }
    rows = []
    for name, seconds in each.items():
        hours = seconds * TERABYTE / 1e6 / megabytes_each / 3600
        rows.append(
            (
                name,
                f"{number(1e3 * seconds)} ms",
                f"{number(hours)}",
                f"${number(hours / VCPUS * DOLLARS)}",
                f"{number(hours / VCPUS / NODES * 60)} minutes",
            )
        )
    columns = ("job", "of a core, a document", "core hours a terabyte", "cost a terabyte", f"on {NODES} nodes")
    return Section("Near-duplicates: cost of a terabyte", how, columns, tuple(rows))


def megabytes(corpus: Path) -> float:
    """Text of a corpus."""
    texts = (pq.read_table(file, columns=["text"])["text"] for file in sorted(corpus.glob("*.parquet")))
    return float(sum(pc.sum(pc.binary_length(column)).as_py() for column in texts)) / 1e6
