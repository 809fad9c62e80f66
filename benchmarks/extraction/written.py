"""How much of the posts and the code extractors keep of pages written in the markup of programs, and what else."""

from __future__ import annotations

from typing import NamedTuple

from benchmarks.document import Section
from benchmarks.extraction import ours
from benchmarks.extraction.attempts import attempts
from benchmarks.extraction.pages import Page
from benchmarks.extraction.texts import Texts, from_attempts
from lakesift.extraction.judging import one_spaced

KINDS = {
    "discussion": (
        "Discussions",
        "Threads; the paragraphs of all posts are wanted, and no menu, user's panel, signature or footer.",
    ),
    "comments": ("Articles with comments", "The article is wanted, and no comment, menu or footer."),
    "code": (
        "Code",
        "What is said around it and the code are wanted, the code with its lines and indentation, and no menu or footer.",
    ),
}
HOW = """\
{wanted} {number} pages of invented texts in the markup of the programs (benchmarks/extraction/markup), written for \
this; lakesift's texts are by the shipped weights, which learnt from none of them, but its rules for threads were tried \
on them. A cell has the share of the wanted texts that are found, and behind the stroke how many of the unwanted texts \
are. resiliparse and trafilatura are called without comments, as everywhere here."""


class Found(NamedTuple):
    """What of a page's texts an extractor kept: wanted ones of how many, and unwanted ones of how many."""

    wanted: int
    all_wanted: int
    unwanted: int
    all_unwanted: int


def found_in(page: Page, text: str) -> Found:
    """What of a page's texts is in the extracted text; code must be there with its lines, white space aside else."""
    flat = one_spaced(text)
    wanted = sum(part in text if "\n" in part else one_spaced(part) in flat for part in page.with_)
    unwanted = sum(one_spaced(part) in flat for part in page.without)
    return Found(wanted, len(page.with_), unwanted, len(page.without))


def our_texts(pages: list[Page]) -> Texts:
    """lakesift's own, by the shipped weights."""
    return from_attempts(pages, attempts(ours.shipped(), [page.html for page in pages]))


def sections(pages: list[Page], texts: dict[str, Texts]) -> list[Section]:
    """A table for each kind of pages, a row for each program.

    Args:
        pages: `written_pages`.
        texts: of each extractor, by name, in the order of the pages.
    """
    return [_section(kind, pages, texts) for kind in KINDS if any(page.kind == kind for page in pages)]


def _section(kind: str, pages: list[Page], texts: dict[str, Texts]) -> Section:
    title, wanted = KINDS[kind]
    chosen = [place for place, page in enumerate(pages) if page.kind == kind]
    programs: dict[str, list[int]] = {}
    for place in chosen:
        programs.setdefault(pages[place].program, []).append(place)
    rows = [
        (f"{name}: {len(places)}", *(_cell(pages, found, places) for found in texts.values()))
        for name, places in [*programs.items(), ("all", chosen)]
    ]
    how = HOW.format(number=len(chosen), wanted=wanted)
    return Section(f"{title} in the markup of programs", how, ("program: pages", *texts), tuple(rows))


def _cell(pages: list[Page], texts: Texts, places: list[int]) -> str:
    found = [found_in(pages[place], texts.texts[place]) for place in places]
    wanted, all_wanted, unwanted, all_unwanted = (sum(each) for each in zip(*found, strict=True))
    return f"{wanted / all_wanted:.3f} / {unwanted} of {all_unwanted}"
