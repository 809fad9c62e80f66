"""The data tables of a page as rows, with their captions and surroundings.

Tables for layout are left out.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from lakesift.extraction.assembly import CELLS, HEADINGS
from lakesift.extraction.elements import Tag
from lakesift.extraction.page import block_texts
from lakesift.extraction.table_grid import MAX_COLSPAN, MAX_ROWSPAN, Cell, grid_of
from lakesift.extraction.walk import Walked
from lakesift.text.kernels.bytes import hash_of

# mozilla/readability, Readability.js, _markDataTables: more columns or at least so many rows are data, as is a larger
# product.
MAX_LAYOUT_COLUMNS: Final = 4
MIN_DATA_ROWS: Final = 10
MAX_LAYOUT_CELLS: Final = 10
COLGROUP: Final = hash_of("colgroup")
OF_DATA: Final = frozenset(map(int, (Tag.TH, Tag.THEAD, Tag.TFOOT)))
ATTRIBUTE: Final = re.compile(rb'\s+([^\s=>/]+)="([^"]*)"')
NONE: Final = -1


@dataclass(frozen=True)
class DataTable:
    """One table of data.

    Attributes:
        caption: its `<caption>`.
        heading: the last heading before it.
        before, after: the blocks of text right before and behind it.
        head_rows: number of first rows that name the columns: rows of `<thead>`, or rows of `<th>` alone.
        rows: of cells, all of one length; a cell that spans columns or rows is in each (HTML, section 4.9.12).
    """

    caption: str | None
    heading: str | None
    before: str | None
    after: str | None
    head_rows: int
    rows: list[list[str]]


@dataclass
class _Found:
    """A table's parts.

    They are cells by row, the text of the caption, its blocks, and its evidence for data or layout.
    """

    rows: dict[int, list[int]]
    caption: list[str]
    heads: set[int]
    first: int = NONE
    last: int = NONE
    has_parts: bool = False
    has_table: bool = False


def data_tables(walked: Walked, max_tables: int, max_cells: int, max_chars: int) -> list[DataTable]:
    """Return the data tables of a page, in order.

    The rules are those of readability (mozilla/readability, Readability.js, _markDataTables); tables that are hidden or
    have no text are left out.

    Args:
        walked: the page.
        max_tables, max_cells: most tables and, in all of them, most cells; rows behind that are left out.
        max_chars: longest caption, heading and text around, in characters; the rest is cut.
    """
    found = _found(walked)
    if not found:
        return []
    html, texts = walked.html.tobytes(), block_texts(walked)
    tags, sources = walked.elements["tag"].tolist(), walked.elements["source"].tolist()
    headings = [place for place, element in enumerate(walked.blocks["element"].tolist()) if tags[element] in HEADINGS]
    cells = _place_blocks(walked, found, texts)

    def around(place: int) -> str | None:
        return texts[place][:max_chars] if 0 <= place < len(texts) else None

    tables: list[DataTable] = []
    for number, table in found.items():
        rows = [
            [_cell(html, sources[cell], " ".join(cells[cell]), tags[cell] == Tag.TH) for cell in row]
            for row in table.rows.values()
        ]
        if table.first == NONE or not _is_data(table, _attributes(html, sources[number]), rows):
            continue
        grid = grid_of(rows, max_cells)
        if not grid or len(tables) == max_tables:
            break
        max_cells -= sum(map(len, grid))
        nearest = bisect_left(headings, table.first) - 1
        tables.append(
            DataTable(
                " ".join(table.caption)[:max_chars] or None,
                around(headings[nearest]) if nearest >= 0 else None,
                around(table.first - 1),
                around(table.last + 1),
                min(_head_rows(table, rows), len(grid)),
                grid,
            )
        )
    return tables


def _head_rows(table: _Found, rows: Sequence[Sequence[Cell]]) -> int:
    heads = (
        row in table.heads or all(cell.is_head for cell in cells) for row, cells in zip(table.rows, rows, strict=True)
    )
    return next((place for place, is_head in enumerate(heads) if not is_head), len(rows))


def _found(walked: Walked) -> dict[int, _Found]:
    """Find the visible tables with their rows and cells."""
    tags = walked.elements["tag"].tolist()
    if Tag.TABLE not in tags:
        return {}
    parents, hidden = walked.elements["parent"].tolist(), walked.elements["is_hidden"].tolist()
    names = walked.elements["name"].tolist()
    found: dict[int, _Found] = {}
    table, row, head = [NONE] * len(tags), [NONE] * len(tags), [False] * len(tags)
    for number, tag in enumerate(tags):
        parent = parents[number]
        if parent >= 0:
            table[number], row[number], head[number] = table[parent], row[parent], head[parent]
        if tag == Tag.TABLE:
            if table[number] != NONE:
                found[table[number]].has_table = True
            table[number], row[number], head[number] = NONE, NONE, False
            if not hidden[number]:
                table[number] = number
                found[number] = _Found({}, [], set())
        owner = table[number]
        if owner == NONE:
            continue
        found[owner].has_parts |= tag in OF_DATA or names[number] == COLGROUP
        if tag == Tag.THEAD:
            head[number] = True
        elif tag == Tag.TR:
            row[number] = number
            found[owner].rows[number] = []
            if head[number]:
                found[owner].heads.add(number)
        elif tag in CELLS and row[number] != NONE:
            found[owner].rows[row[number]].append(number)
    return found


def _place_blocks(walked: Walked, found: dict[int, _Found], texts: Sequence[str]) -> dict[int, list[str]]:
    """Return the texts of each cell.

    Sets the tables' captions and their first and last blocks.
    """
    tags, parents = walked.elements["tag"].tolist(), walked.elements["parent"].tolist()
    cells: dict[int, list[str]] = defaultdict(list)
    for place, (element, words) in enumerate(zip(walked.blocks["element"].tolist(), texts, strict=True)):
        number, is_placed = element, False
        while number != NONE:
            tag = tags[number]
            if not is_placed and tag in CELLS:
                cells[number].append(" ".join(words.split()))
                is_placed = True
            elif tag == Tag.TABLE:
                # The content of a table in a cell belongs to the inner table alone.
                is_placed = True
                if number in found:
                    table = found[number]
                    table.first, table.last = place if table.first == NONE else table.first, place
            elif not is_placed and tag == Tag.CAPTION:
                owner = parents[number]
                if owner in found:
                    found[owner].caption.append(" ".join(words.split()))
                is_placed = True
            number = parents[number]
    return cells


def _attributes(html: bytes, source: int) -> dict[bytes, bytes]:
    """Return the attributes of the element whose name begins at `source`."""
    at = source
    while at < len(html) and html[at] not in b" >":
        at += 1
    found = {}
    while (match := ATTRIBUTE.match(html, at)) is not None:
        found[match[1]] = match[2]
        at = match.end()
    return found


def _cell(html: bytes, source: int, text: str, is_head: bool) -> Cell:
    attributes = _attributes(html, source)

    def span(name: bytes, max_span: int) -> int:
        value = attributes.get(name, b"1")
        return min(max(int(value), 1), max_span) if value.isdigit() and len(value) < 10 else 1

    return Cell(text, span(b"colspan", MAX_COLSPAN), span(b"rowspan", MAX_ROWSPAN), is_head)


def _is_data(table: _Found, attributes: dict[bytes, bytes], rows: Sequence[Sequence[Cell]]) -> bool:
    if attributes.get(b"role") == b"presentation" or attributes.get(b"datatable") == b"0":
        return False
    if attributes.get(b"summary") or table.caption or table.has_parts:
        return True
    if table.has_table:
        return False
    columns = max((sum(cell.columns for cell in row) for row in rows), default=0)
    count = sum(max((cell.rows for cell in row), default=1) for row in rows)
    if columns == 1 or count == 1:
        return False
    return count >= MIN_DATA_ROWS or columns > MAX_LAYOUT_COLUMNS or count * columns > MAX_LAYOUT_CELLS
