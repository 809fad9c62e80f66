"""`python -m benchmarks`: runs the parts of the benchmark one after the other, prints them and writes the document."""

from __future__ import annotations

import argparse
import shlex
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa

from benchmarks import dedup, every_signal, growth, machine, minhash, per_document, whole_job
from benchmarks.document import Section, document
from benchmarks.inputs import REAL_PAGES, extracted, sound_crawl, spread
from benchmarks.peer import PYTHON, ROOT, versions
from benchmarks.timing import one_core

PARTS = ("per-document", "signals", "minhash", "whole-job", "growth", "dedup")
OURS = ("lakesift", "numba", "numpy", "pyarrow", "pyspark", "delta-spark", "Resiliparse", "trafilatura", "pycld2")
PEERS = ("datatrove", "spacy", "trafilatura", "warcio", "datasketch", "rensa", "daft", "numpy", "pyarrow")
DOCUMENT = ROOT / "docs" / "performance.md"
SAMPLE_PAGES = 1_000


def options() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="lakesift and its peers on one input.")
    parser.add_argument("--pages", type=int, default=2_500, help="pages of the whole job")
    parser.add_argument("--grown", type=int, help="pages of the larger job for growth; four times as many if left out")
    parser.add_argument("--documents", type=int, default=300, help="of each input, for the per-document pass")
    parser.add_argument("--rounds", type=int, default=5, help="pairs of measurements of what runs on one core")
    parser.add_argument("--job-rounds", type=int, default=3, help="pairs of measurements of whole jobs")
    parser.add_argument("--corpus", type=int, default=200_000, help="documents of the deduplication")
    parser.add_argument("--corpus-datatrove", type=int, help="of them for datatrove; all if left out")
    parser.add_argument("--corpus-grown", type=int, help="documents for growth; four times as many if left out")
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=PARTS, help="what to measure")
    parser.add_argument("--output", type=Path, default=DOCUMENT, help="the document to write")
    return parser.parse_args()


def texts(folder: Path) -> dict[str, pa.Table]:
    """Extracted pages by the name of their input."""
    found = {"sample crawl": extracted(sound_crawl(folder / "sample", SAMPLE_PAGES))}
    return ({"real pages": extracted(REAL_PAGES)} if REAL_PAGES.is_dir() else {}) | found


def sections(chosen: argparse.Namespace, folder: Path) -> list[Section]:
    """What was chosen, measured; printed as soon as it is there."""
    found: list[Section] = []

    def add(section: Section) -> None:
        print(f"{section}\n", flush=True)
        found.append(section)

    if {"per-document", "signals", "minhash"} & set(chosen.parts):
        inputs = texts(folder)
        with one_core():
            if "per-document" in chosen.parts:
                given = {name: spread(pages, chosen.documents) for name, pages in inputs.items()}
                add(per_document.measure(given, chosen.rounds, folder))
            if "signals" in chosen.parts:
                add(every_signal.measure(next(iter(inputs.values())), chosen.rounds))
            if "minhash" in chosen.parts:
                all_texts = [text for pages in inputs.values() for text in pages["text"].to_pylist()]
                add(minhash.measure(all_texts, 4 * chosen.documents, chosen.rounds, folder))
    if {"whole-job", "growth"} & set(chosen.parts):
        whole_job.warm_up(folder)
    if "whole-job" in chosen.parts:
        add(whole_job.measure(chosen.pages, chosen.job_rounds, folder))
    if "growth" in chosen.parts:
        grown = chosen.grown or 4 * chosen.pages
        add(growth.measure(chosen.pages, grown, chosen.job_rounds, folder))
    if "dedup" in chosen.parts:
        for_datatrove, grown = chosen.corpus_datatrove or chosen.corpus, chosen.corpus_grown or 4 * chosen.corpus
        for section in dedup.measure(chosen.corpus, for_datatrove, grown, chosen.job_rounds, folder):
            add(section)
    return found


def main() -> None:
    """Measure and write."""
    chosen = options()
    if not PYTHON.is_file():
        sys.exit(f"no peers in {PYTHON.parents[1]}: make bench installs them")
    before, ours = machine.load(), machine.our_versions(OURS)
    with tempfile.TemporaryDirectory(prefix="lakesift-bench-") as folder:
        found = sections(chosen, Path(folder))
    loads = f"{before:.1f} when the run began, {machine.load():.1f} at its end"
    if machine.our_versions(OURS) != ours:
        ours["lakesift"] += " at the start; ITS CODE CHANGED DURING THE RUN"
    facts = [
        *machine.describe().items(),
        ("load", f"{loads} (the benchmark itself included)"),
        ("date", f"{datetime.now(UTC):%Y-%m-%d}"),
        ("lakesift's side", ", ".join(f"{name} {number}" for name, number in ours.items())),
        ("the peers' side", ", ".join(f"{name} {number}" for name, number in versions(PEERS).items())),
        ("command", f"`{shlex.join(['python', '-m', 'benchmarks', *sys.argv[1:]])}`"),
    ]
    missing = [f"Not measured in this run: {part}." for part in PARTS if part not in chosen.parts]
    if not REAL_PAGES.is_dir():
        missing.append("The real pages were not there: everything is measured on the sample crawl, an invented web.")
    chosen.output.parent.mkdir(parents=True, exist_ok=True)
    earlier = chosen.output.read_text(encoding="utf-8") if chosen.output.is_file() else ""
    chosen.output.write_text(document(facts, found, missing, earlier), encoding="utf-8")
    print(f"written: {chosen.output}")


if __name__ == "__main__":
    main()
