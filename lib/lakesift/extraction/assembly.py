"""Assembly of the kept blocks as text, one line each.

The text is plain or Markdown (CommonMark 0.31, tables of GitHub Flavored Markdown 0.29).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import Final, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from lakesift.extraction.elements import Tag
from lakesift.extraction.inline import code_fence, marked_texts
from lakesift.extraction.page import block_texts
from lakesift.extraction.walk import Walked

Form = Literal["plain", "markdown"]
HEADINGS: Final[dict[int, int]] = {Tag.H1: 1, Tag.H2: 2, Tag.H3: 3, Tag.H4: 4, Tag.H5: 5, Tag.H6: 6}
LISTS: Final = (int(Tag.UL), int(Tag.OL))
CELLS: Final = (int(Tag.TD), int(Tag.TH))
CELL_BITS: Final = np.uint64(sum(1 << tag for tag in CELLS))
SEEN: Final = frozenset({*LISTS, *CELLS, *map(int, (Tag.TR, Tag.TABLE, Tag.LI, Tag.BLOCKQUOTE))})
NONE: Final = -1


class Around(NamedTuple):
    """The surroundings of a block.

    Attributes:
        row, table: elements of the table's row and of the table; -1 outside of them.
        cell: element of the innermost cell, -1 outside of cells.
        item: element of the innermost list's item, -1 outside of lists.
        marker: the start of the item's first line.
        indent: width of the markers of the items around it.
        is_numbered: whether the innermost list is.
        is_quoted: whether a quotation is.
    """

    row: int = NONE
    table: int = NONE
    cell: int = NONE
    item: int = NONE
    marker: str = ""
    indent: int = 0
    is_numbered: bool = False
    is_quoted: bool = False

    def inside(self, tag: int, element: int, number: int) -> Around:
        """Return the surroundings of the content of an element inside this one.

        `number` is the element's position in its list, if it is an item.
        """
        if tag not in SEEN:
            return self
        if tag == Tag.LI:
            marker = f"{number}. " if self.is_numbered else "- "
            return self._replace(item=element, marker=marker, indent=self.indent + len(self.marker))
        return self._replace(
            row=element if tag == Tag.TR else self.row,
            table=element if tag == Tag.TABLE else self.table,
            cell=element if tag in CELLS else self.cell,
            is_numbered=tag == Tag.OL if tag in LISTS else self.is_numbered,
            is_quoted=self.is_quoted or tag == Tag.BLOCKQUOTE,
        )


class Line(NamedTuple):
    """A kept block.

    Its fields are its text with white space collapsed, the tag of its element, and its surroundings.
    """

    text: str
    tag: int
    around: Around

    @property
    def row(self) -> int:
        """Element of the table row that the block is a cell of, -1 for none."""
        return self.around.row if self.around.cell != NONE else NONE


def plain_text(walked: Walked, kept: NDArray[np.bool_]) -> str:
    """Return the blocks as plain text, a line each; items begin with `- `.

    A table row whose cells are one block each is one line, with tabs between its cells. A row with several blocks in a
    cell only gives the page its layout.
    """
    lines: list[str] = []
    texts = block_texts(walked, walked.blocks[kept])
    elements = walked.blocks["element"][kept]
    if not (walked.elements["all_tags"][elements] & CELL_BITS).any():  # no rows, and no other surroundings are shown
        tags = walked.elements["tag"][elements].tolist()
        return "\n".join(f"- {text}" if tag == Tag.LI else text for text, tag in zip(texts, tags, strict=True))
    for is_row, group in _rows(_lines(walked, kept, texts, {})):
        if is_row:
            lines.append("\t".join(" ".join(line.text.split()) for line in group))
        else:
            lines += (f"- {line.text}" if line.tag == Tag.LI else line.text for line in group)
    return "\n".join(lines)


def markdown(walked: Walked, kept: NDArray[np.bool_], base_url: str | None = None) -> str:
    """Return headings, lists, quotes, code and tables as Markdown.

    A blank line separates the blocks.

    Args:
        walked: the page.
        kept: which of its blocks.
        base_url: base of relative addresses in links; without it links are left out.
    """
    parts: list[str] = []
    table = NONE
    items: set[int] = set()
    lines = _lines(walked, kept, marked_texts(walked, kept, base_url), _item_numbers(walked))
    for is_row, group in _rows(lines):
        if not is_row:
            table = NONE
            for line in group:
                parts.append(_marked(line, line.around.item not in items))
                items.add(line.around.item)
            continue
        cells = [" ".join(line.text.split()).replace("|", "\\|") for line in group]
        written = f"| {' | '.join(cells)} |"
        if group[0].around.table == table:
            parts[-1] += f"\n{written}"
        else:
            table = group[0].around.table
            parts.append(f"{written}\n|{' --- |' * len(cells)}")
    return "\n\n".join(parts)


def _rows(lines: Iterator[Line]) -> Iterator[tuple[bool, list[Line]]]:
    """Yield the lines of each row, and whether each line is a cell of its own.

    Lines outside of rows are yielded with False.
    """
    for row, group in groupby(lines, key=lambda line: line.row):
        of_row = list(group)
        yield row >= 0 and len({line.around.cell for line in of_row}) == len(of_row), of_row


def _lines(walked: Walked, kept: NDArray[np.bool_], texts: list[str], numbers: Mapping[int, int]) -> Iterator[Line]:
    """Yield the kept blocks with their surroundings.

    Items have the given numbers; plain text needs none.
    """
    # Lists of Python's numbers: one of NumPy's at a time takes ten times as long.
    tags, parents = walked.elements["tag"].tolist(), walked.elements["parent"].tolist()
    known = {NONE: Around()}
    for text, element in zip(texts, walked.blocks["element"][kept].tolist(), strict=True):
        number, inner = element, []
        while number not in known:
            inner.append(number)
            number = parents[number]
        for number in reversed(inner):
            known[number] = known[parents[number]].inside(tags[number], number, numbers.get(number, 1))
        yield Line(text, tags[element], known[element])


def _item_numbers(walked: Walked) -> dict[int, int]:
    """Return the position of each item in its list, from 1 on."""
    items = np.flatnonzero(walked.elements["tag"] == Tag.LI)
    counts: dict[int, int] = {}
    numbers = {}
    for element, parent in zip(items.tolist(), walked.elements["parent"][items].tolist(), strict=True):
        numbers[element] = counts[parent] = counts.get(parent, 0) + 1
    return numbers


def _marked(line: Line, is_first: bool) -> str:
    """Return a block with its marker or indent.

    The first block of an item gets the item's marker; the others are below its text.
    """
    around = line.around
    if line.tag in HEADINGS:
        written = f"{'#' * HEADINGS[line.tag]} {' '.join(line.text.split())}"
    elif line.tag == Tag.PRE:
        fence = code_fence(line.text, 3)
        written = f"{fence}\n{line.text}\n{fence}"
    else:
        written = line.text
    if around.item >= 0:
        space = " " * (around.indent + len(around.marker))
        start = f"{' ' * around.indent}{around.marker}" if is_first else space
        written = start + written.replace("\n", f"\n{space}")
    return "\n".join(f"> {part}" for part in written.split("\n")) if around.is_quoted else written
