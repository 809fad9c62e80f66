"""`python -m benchmarks.extraction`: judges extractors on the real pages, prints it and writes docs/extraction.md."""

from __future__ import annotations

import argparse
import shlex
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from benchmarks import machine
from benchmarks.document import Section, document
from benchmarks.extraction import cost, ours
from benchmarks.extraction.judged import Judged
from benchmarks.extraction.pages import Page, read_pages
from benchmarks.extraction.texts import BASE, FOLDER, OURS, PACKAGES, PEERS, Texts, from_attempts, of_peers
from benchmarks.inputs import REAL_PAGES
from benchmarks.peer import PYTHON, ROOT, versions

DOCUMENT = ROOT / "docs" / "extraction.md"
OUR_PACKAGES = ("lakesift", "numba", "numpy", "Resiliparse", "pycld2")
BEGINS = """# Extraction

Written by `make bench-extraction`, not by hand: extractors on the same real pages, each given the same HTML, \
decoded by lakesift. lakesift is evaluated with models that learnt from no page of the same site (registered \
domain), in {folds} folds; resiliparse is lakesift's call for `extractor: resiliparse`. The scores of every page are \
in .bench/extraction/scores.csv.

Limits of these figures: 335 labelled pages, news, blogs, shops and public bodies, mostly German and English; few \
forums, manuals or lists. A difference whose interval contains 0 may be chance. The folds keep sites out of the \
models' training, but lakesift's features and settings were chosen by these same figures, which are therefore \
optimistic for it; pages with snippets are labelled for the training by trafilatura first. The shipped weights \
learnt from all of these pages. trafilatura is evaluated with its defaults (`favor: balanced` in lakesift; the \
reference), in its fast mode, which lakesift does not offer, and with `favor: precision`."""


def options() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.extraction", description="Extractors on real pages.")
    known = [OURS, *PEERS]
    parser.add_argument("--only", nargs="+", choices=known, default=known, help=f"extractors; {BASE} is always there")
    parser.add_argument("--quick", action="store_true", help="only the quality; the document stays as it is")
    parser.add_argument("--folds", type=int, default=5, help="of the sites, for lakesift")
    parser.add_argument("--rounds", type=int, default=5, help="pairs of measurements of the speed")
    parser.add_argument("--output", type=Path, default=DOCUMENT, help="the document to write")
    return parser.parse_args()


def texts(pages: list[Page], names: list[str], folds: int, folder: Path) -> dict[str, Texts]:
    """The texts of the extractors: ours first, then the peers in their order."""
    found = {OURS: from_attempts(pages, ours.cross_validated(pages, folds))} if OURS in names else {}
    return found | of_peers(pages, [name for name in PEERS if name in {*names, BASE}], folder)


def main() -> None:
    """Judge, measure and write."""
    chosen = options()
    if not REAL_PAGES.is_dir():
        sys.exit(f"the real pages are not in {REAL_PAGES}")
    if not PYTHON.is_file():
        sys.exit(f"no peers in {PYTHON.parents[1]}: make bench-extraction installs them")
    before, versions_before = machine.load(), machine.our_versions(OUR_PACKAGES)
    pages = read_pages(REAL_PAGES)
    with tempfile.TemporaryDirectory(prefix="lakesift-bench-") as folder:
        found = texts(pages, chosen.only, chosen.folds, Path(folder))
        judged = Judged(pages, found)
        judged.write(FOLDER / "scores.csv")
        sections = judged.sections()
        print("\n\n".join(map(str, sections)), flush=True)
        if chosen.quick:
            return
        sections.append(cost.measure(pages, found, chosen.rounds, Path(folder)))
    print(f"\n{sections[-1]}")
    chosen.output.write_text(_page(chosen, sections, before, versions_before), encoding="utf-8")
    print(f"written: {chosen.output}")


def _page(chosen: argparse.Namespace, sections: list[Section], before: float, ours_before: dict[str, str]) -> str:
    if machine.our_versions(OUR_PACKAGES) != ours_before:
        ours_before["lakesift"] += " at the start; ITS CODE CHANGED DURING THE RUN"
    loads = f"{before:.1f} when the run began, {machine.load():.1f} at its end (the benchmark itself included)"
    facts = [
        *machine.describe().items(),
        ("load", loads),
        ("date", f"{datetime.now(UTC):%Y-%m-%d}"),
        ("lakesift's side", ", ".join(f"{name} {number}" for name, number in ours_before.items())),
        ("the peers' side", ", ".join(f"{name} {number}" for name, number in versions(PACKAGES).items())),
        ("command", f"`{shlex.join(['python', '-m', 'benchmarks.extraction', *sys.argv[1:]])}`"),
    ]
    missing = [f"Not in this run: {name}." for name in (OURS, *PEERS) if name not in {*chosen.only, BASE}]
    return document(facts, sections, missing, begins=BEGINS.format(folds=chosen.folds))


if __name__ == "__main__":
    main()
