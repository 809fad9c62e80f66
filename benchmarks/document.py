"""A page of docs/ that a benchmark writes: what was measured, beside the targets."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

OURS = "lakesift's side"
EARLIER = "*Of an earlier run:"
PERFORMANCE = (
    "# Performance\n\nWritten by `make bench`, not by hand. Every ratio is the median over pairs that were measured in turn, in one run on "
    "one machine; the range beside it is the smallest and the largest, and how many pairs there were."
)


@dataclass(frozen=True)
class Section:
    """One line of the benchmark.

    Attributes:
        title: of the section.
        how: how it was measured.
        columns: of the table.
        rows: cells, as many as columns.
    """

    title: str
    how: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def __str__(self) -> str:
        """For a terminal."""
        widths = [max(map(len, cells)) for cells in zip(self.columns, *self.rows, strict=True)]
        lines = ("  ".join(map(str.ljust, row, widths)).rstrip() for row in (self.columns, *self.rows))
        return "\n".join((self.title, *(f"  {line}" for line in lines)))

    def to_markdown(self) -> str:
        """For the document."""
        lines = [self.columns, tuple("---" for _ in self.columns), *self.rows]
        table = "\n".join(f"| {' | '.join(row)} |" for row in lines)
        return f"## {self.title}\n\n{self.how}\n\n{table}\n"


def against(value: float, target: float, *, at_most: bool = False) -> str:
    """A target and whether it is reached."""
    reached = value <= target if at_most else value >= target
    return f"{'<=' if at_most else '>='} {target:g}x: {'reached' if reached else 'not reached'}"


def number(value: float) -> str:
    """Three digits, or the whole number when it has more."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def document(
    facts: Sequence[tuple[str, str]],
    sections: Sequence[Section],
    left_out: Sequence[str],
    earlier: str = "",
    begins: str = PERFORMANCE,
) -> str:
    """The whole page.

    Args:
        facts: name and value: the machine, the date, versions, the command.
        sections: what was measured.
        left_out: what this run did not measure, one sentence each.
        earlier: the page before this run; its sections that this run did not measure stay.
        begins: title and introduction.
    """
    lines = "\n".join(f"| {name} | {value} |" for name, value in facts)
    missing = "".join(f"\n{sentence}\n" for sentence in left_out)
    head = f"{begins}\n{missing}\n| | |\n|---|---|\n{lines}\n"
    stay = kept(earlier, [section.title for section in sections])
    return "\n".join((head, *(section.to_markdown() for section in sections), *stay))


def kept(page: str, measured: Sequence[str]) -> list[str]:
    """The sections of an earlier page that were not measured anew, each with where it comes from.

    Args:
        page: the earlier page, as `document` wrote it; empty if there is none.
        measured: titles of the sections that were.
    """
    head, *sections = page.split("\n## ")
    facts: dict[str, str] = dict(re.findall(r"^\| (.+?) \| (.+) \|$", head, re.MULTILINE))
    mark = f"{EARLIER} {facts.get('date')}, {facts.get(OURS, '').split(', numba')[0]}, `{facts.get('command', '').strip('`')}`.*"
    found = []
    for section in sections:
        title, _, text = section.partition("\n\n")
        if title not in measured:
            origin = "" if text.startswith(EARLIER) else f"{mark}\n\n"
            found.append(f"## {title}\n\n{origin}{text}".rstrip("\n") + "\n")
    return found
