"""Kept blocks as text, a line each: plain, or Markdown (CommonMark 0.31, tables of GitHub Flavored Markdown 0.29)."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import Final, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from lakesift.extraction.elements import Tag
from lakesift.extraction.walk import Walked

Form = Literal["plain", "markdown"]
HEADINGS: Final[dict[int, int]] = {Tag.H1: 1, Tag.H2: 2, Tag.H3: 3, Tag.H4: 4, Tag.H5: 5, Tag.H6: 6}
LISTS: Final = (int(Tag.UL), int(Tag.OL))
SEEN: Final = frozenset({*LISTS, *map(int, (Tag.TR, Tag.TABLE, Tag.TD, Tag.TH, Tag.LI, Tag.BLOCKQUOTE))})
NONE: Final = -1


class Line(NamedTuple):
    """A kept block.

    Attributes:
        text: as it stands in the page, white space collapsed.
        tag: of its element.
        row, table: elements of the table's row it is a cell of, and of the table; -1 outside of cells.
        is_item, is_quoted: whether a list's item, a quotation is around it.
        lists: how many lists are.
    """

    text: str
    tag: int
    row: int
    table: int
    is_item: bool
    is_quoted: bool
    lists: int


def plain_text(walked: Walked, kept: NDArray[np.bool_]) -> str:
    """A line for each block and for each row of a table, whose cells are set apart by tabs; items begin with `- `."""
    lines: list[str] = []
    for row, group in groupby(_lines(walked, kept), key=lambda line: line.row):
        if row >= 0:
            lines.append("\t".join(" ".join(line.text.split()) for line in group))
        else:
            lines += (f"- {line.text}" if line.tag == Tag.LI else line.text for line in group)
    return "\n".join(lines)


def markdown(walked: Walked, kept: NDArray[np.bool_]) -> str:
    """Headings, lists, quotes, code and tables as Markdown; blocks are set apart by a blank line."""
    parts: list[str] = []
    tables: set[int] = set()
    for row, group in groupby(_lines(walked, kept), key=lambda line: line.row):
        lines = list(group)
        if row < 0:
            parts += map(_marked, lines)
            continue
        cells = [" ".join(line.text.split()).replace("|", "\\|") for line in lines]
        written = f"| {' | '.join(cells)} |"
        if lines[0].table in tables:
            parts[-1] += f"\n{written}"
        else:
            tables.add(lines[0].table)
            parts.append(f"{written}\n|{' --- |' * len(cells)}")
    return "\n\n".join(parts)


class Around(NamedTuple):
    """What is around a block: see `Line`; `has_cell` whether a cell is."""

    row: int = NONE
    table: int = NONE
    has_cell: bool = False
    is_item: bool = False
    is_quoted: bool = False
    lists: int = 0

    def inside(self, tag: int, number: int) -> Around:
        """What is around the content of an element in it."""
        if tag not in SEEN:
            return self
        return Around(
            number if tag == Tag.TR else self.row,
            number if tag == Tag.TABLE else self.table,
            self.has_cell or tag == Tag.TD or tag == Tag.TH,
            self.is_item or tag == Tag.LI,
            self.is_quoted or tag == Tag.BLOCKQUOTE,
            self.lists + (tag in LISTS),
        )


def _lines(walked: Walked, kept: NDArray[np.bool_]) -> Iterator[Line]:
    # Lists of Python's numbers: one of NumPy's at a time takes ten times as long.
    tags, parents = walked.elements["tag"].tolist(), walked.elements["parent"].tolist()
    known = {NONE: Around()}
    text = walked.text.tobytes()
    for start, stop, element in walked.blocks[kept][["start", "stop", "element"]].tolist():
        number, inner = element, []
        while number not in known:
            inner.append(number)
            number = parents[number]
        for number in reversed(inner):
            known[number] = known[parents[number]].inside(tags[number], number)
        around = known[element]
        row = around.row if around.has_cell else NONE
        yield Line(
            text[start:stop].decode("utf-8", "replace"),
            tags[element],
            row,
            around.table,
            around.is_item,
            around.is_quoted,
            around.lists,
        )


def _marked(line: Line) -> str:
    if line.tag in HEADINGS:
        return f"{'#' * HEADINGS[line.tag]} {' '.join(line.text.split())}"
    if line.tag == Tag.PRE:
        longest = max((len(list(run)) for mark, run in groupby(line.text) if mark == "`"), default=0)
        fence = "`" * max(3, longest + 1)
        return f"{fence}\n{line.text}\n{fence}"
    if line.is_item:
        return f"{'  ' * max(line.lists - 1, 0)}- {line.text}"
    return "\n".join(f"> {part}" for part in line.text.split("\n")) if line.is_quoted else line.text
