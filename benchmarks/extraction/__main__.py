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
from benchmarks.extraction import cost, ours, written
from benchmarks.extraction.discussions import written_pages
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
forums, manuals or lists; discussions and code are pages of invented texts in the markup of programs. A difference \
whose interval contains 0 may be chance. The folds keep sites out of the models' training, but lakesift's features and settings were chosen by these same figures, which are therefore \
optimistic for it; pages with snippets are labelled for the training by trafilatura first. The shipped weights \
learnt from all of these pages. trafilatura is evaluated with its defaults (`favor: balanced` in lakesift; the \
reference), in its fast mode, which lakesift does not offer, and with `favor: precision`."""


def options() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.extraction", description="Extractors on real pages.")
    known = [OURS, *PEERS]
    parser.add_argument("--only", nargs="+", choices=known, default=known, help=f"extractors; {BASE} is always there")
    parser.add_argument("--quick", action="store_true", help="only the quality; the document stays as it is")
    parser.add_argument("--written", action="store_true", help="only the pages in the markup of programs")
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
    with tempfile.TemporaryDirectory(prefix="lakesift-bench-") as name:
        sections = written_sections(chosen.only, Path(name)) if chosen.written else all_sections(chosen, Path(name))
    if not chosen.quick:
        earlier = chosen.output.read_text(encoding="utf-8") if chosen.written and chosen.output.is_file() else ""
        chosen.output.write_text(_page(chosen, sections, (before, versions_before), earlier), encoding="utf-8")
        print(f"written: {chosen.output}")


def all_sections(chosen: argparse.Namespace, folder: Path) -> list[Section]:
    """Judge the extractors on all pages, and measure them unless it shall be quick."""
    pages = read_pages(REAL_PAGES)
    found = texts(pages, chosen.only, chosen.folds, folder)
    judged = Judged(pages, found)
    judged.write(FOLDER / "scores.csv")
    sections = judged.sections()
    print("\n\n".join(map(str, sections)), flush=True)
    sections += written_sections(chosen.only, folder)
    if not chosen.quick:
        sections.append(cost.measure(pages, found, chosen.rounds, folder))
        print(f"\n{sections[-1]}")
    return sections


def written_sections(names: list[str], folder: Path) -> list[Section]:
    """Judge the extractors on the pages in the markup of programs."""
    pages = written_pages()
    found = {OURS: written.our_texts(pages)} if OURS in names else {}
    found |= of_peers(pages, [name for name in PEERS if name in {*names, BASE}], folder)
    sections = written.sections(pages, found)
    print("\n\n".join(map(str, sections)), flush=True)
    return sections


def _page(
    chosen: argparse.Namespace, sections: list[Section], begun: tuple[float, dict[str, str]], earlier: str
) -> str:
    before, ours_before = begun
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
    return document(facts, sections, missing, earlier, BEGINS.format(folds=chosen.folds))


if __name__ == "__main__":
    main()
