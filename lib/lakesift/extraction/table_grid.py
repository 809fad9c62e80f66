"""The cells of a table in a grid.

A cell that spans columns or rows is in each of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

MAX_COLSPAN: Final = 1_000  # HTML, section 4.9.11
MAX_ROWSPAN: Final = 65_534
NONE: Final = -1


class Cell(NamedTuple):
    """A cell: its text, the columns and rows that it spans, whether it is a `<th>`."""

    text: str
    columns: int
    rows: int
    is_head: bool


def grid_of(rows: Sequence[Sequence[Cell]], max_cells: int) -> list[list[str]]:
    """Return the texts of a table's rows in a grid, all rows of one length.

    Source: HTML, section 4.9.12, without its errors.

    Args:
        rows: the cells of each row, in order.
        max_cells: of the grid; the rows that do not fit are left out.
    """
    grid: list[list[str]] = []
    reaching: dict[int, tuple[int, str]] = {}
    width = 0
    for row in rows:
        line = list(_line(row, reaching, max_cells + 1))
        if max(width, len(line)) * (len(grid) + 1) > max_cells:
            break
        grid.append(line)
        width = max(width, len(line))
    return [line + [""] * (width - len(line)) for line in grid]


def _line(row: Sequence[Cell], reaching: dict[int, tuple[int, str]], max_columns: int) -> Iterator[str]:
    """Yield one row's cells and those that reach down into it, up to a maximum."""
    column, left, last = 0, list(reversed(row)), max(reaching, default=NONE)
    while column < max_columns and (left or column <= last):
        if column in reaching:
            rows, text = reaching.pop(column)
            if rows > 1:
                reaching[column] = rows - 1, text
            yield text
            column += 1
        elif left:
            cell = left.pop()
            for place in range(column, min(column + cell.columns, max_columns)):
                if cell.rows > 1:
                    reaching[place] = cell.rows - 1, cell.text
                yield cell.text
            column += cell.columns
        else:
            yield ""
            column += 1
