"""Show what each edit changes in one text, as a short unified diff."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any, Final

import pyarrow as pa

from lakesift.documents.measuring.steps import EditStep, Step
from lakesift.text.edits import EDITS
from lakesift.text.kernels.buffers import array_of, buffers_of

MOST_LINES: Final = 20
MOST_CHARACTERS: Final = 200
# Lines compared with one another from the first difference on: comparing takes time in proportion to the square.
_MOST_COMPARED: Final = 400
_SHOWN_BEFORE: Final = 40
_CUT: Final = "…"


@dataclass(frozen=True)
class EditDiff:
    """What one edit did to a text.

    Attributes:
        edit: its name, such as `pii@datatrove`.
        counted: its struct, what it says it did.
        lines: the lines that changed, as in a unified diff without context: a header `@@ -from,lines +to,lines @@`
            before each place, then `-` lines and `+` lines. Characters that are not printed are escaped as Python
            writes them; a line that is too long is cut to the part where it changed.
        more: whether there are changed lines that are not shown.
    """

    edit: str
    counted: dict[str, Any]
    lines: tuple[str, ...]
    more: bool


def edit_diffs(text: str, steps: Sequence[Step]) -> list[EditDiff]:
    """Return what the edits among the steps do to a text, one after the other.

    Args:
        text: as it was before the first step.
        steps: those of the recipe; only its edits count.

    Returns:
        One diff per edit; its lines are empty where the edit changed nothing.
    """
    diffs = []
    for step in steps:
        if isinstance(step, EditStep):
            edited, counted = EDITS[step.edit].apply(buffers_of(pa.array([text], pa.string())))
            after = array_of(edited)[0].as_py()
            lines, more = _changed_lines(text, after)
            diffs.append(EditDiff(step.edit, counted[0].as_py(), tuple(lines), more))
            text = after
    return diffs


def _changed_lines(before: str, after: str) -> tuple[list[str], bool]:
    if before == after:
        return [], False
    old, new = before.split("\n"), after.split("\n")
    first = _shared(old, new)
    last = _shared(old[first:][::-1], new[first:][::-1])
    old, new = old[first : len(old) - last], new[first : len(new) - last]
    is_cut = max(len(old), len(new)) > _MOST_COMPARED
    matcher = SequenceMatcher(None, old[:_MOST_COMPARED], new[:_MOST_COMPARED], autojunk=False)
    lines: list[str] = []
    for kind, i, j, k, m in matcher.get_opcodes():
        if kind != "equal":
            lines.append(f"@@ -{_place(first + i, j - i)} +{_place(first + k, m - k)} @@")
            lines += _replaced(old[i:j][:MOST_LINES], new[k:m][:MOST_LINES])
            is_cut |= max(j - i, m - k) > MOST_LINES
        if len(lines) > MOST_LINES:
            return lines[:MOST_LINES], True
    return lines, is_cut


def _shared(old: Sequence[str], new: Sequence[str]) -> int:
    shared = 0
    for one, other in zip(old, new, strict=False):
        if one != other:
            break
        shared += 1
    return shared


def _place(start: int, count: int) -> str:
    # As in GNU diff: of no lines the line before is named, of one line its number alone.
    return f"{start},0" if count == 0 else f"{start + 1}" if count == 1 else f"{start + 1},{count}"


def _replaced(old: Sequence[str], new: Sequence[str]) -> list[str]:
    changed_at = [_shared(one, other) for one, other in zip(old, new, strict=False)]
    starts = changed_at + [0] * abs(len(old) - len(new))
    taken = [f"-{_shown(line, start)}" for line, start in zip(old, starts, strict=False)]
    return taken + [f"+{_shown(line, start)}" for line, start in zip(new, starts, strict=False)]


def _shown(line: str, changed_at: int) -> str:
    start = max(0, changed_at - _SHOWN_BEFORE) if len(line) > MOST_CHARACTERS else 0
    part = line[start : start + MOST_CHARACTERS]
    escaped = "".join(character if character.isprintable() else ascii(character)[1:-1] for character in part)
    room = MOST_CHARACTERS - 2 * len(_CUT)
    is_cut = start + MOST_CHARACTERS < len(line) or len(escaped) > room
    return f"{_CUT if start else ''}{escaped[:room] if is_cut else escaped}{_CUT if is_cut else ''}"
