"""How far two sides agree, and where they do not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

TOLERANCE = 1e-6
"""Largest difference of two equal values, relative to the larger one above 1."""
SHOWN = 3


@dataclass(frozen=True)
class Agreement:
    """One rule, edit or value compared.

    Attributes:
        name: of the rule, edit or signal.
        compared: documents for which both sides have an answer.
        equal: of them those with the same answer.
        ours, theirs: of them those that lakesift and the other implementation drop; none for edits and values.
        differing: (document, our answer, theirs) of the first that differ.
    """

    name: str
    compared: int
    equal: int
    ours: int | None
    theirs: int | None
    differing: tuple[tuple[str, Any, Any], ...]

    @property
    def share(self) -> float:
        """Share of equal answers; 1 where nothing could be compared."""
        return self.equal / self.compared if self.compared else 1.0


def same(ours: Any, theirs: Any) -> bool:
    """Whether two answers are equal; numbers within `TOLERANCE`."""
    if isinstance(ours, int | float) and isinstance(theirs, int | float):
        return abs(ours - theirs) <= TOLERANCE * max(1.0, abs(theirs))
    return bool(ours == theirs)


def compare(name: str, documents: Sequence[str], ours: Sequence[Any], theirs: Sequence[Any]) -> Agreement:
    """Compare answers document by document; where the other side has none the document does not count."""
    rows = [row for row in zip(documents, ours, theirs, strict=True) if row[2] is not None]
    different = [row for row in rows if not same(row[1], row[2])]
    is_decision = all(isinstance(their, bool) for _, _, their in rows)
    we_drop, they_drop = (
        (sum(our for _, our, _ in rows), sum(their for _, _, their in rows)) if is_decision else (None, None)
    )
    return Agreement(name, len(rows), len(rows) - len(different), we_drop, they_drop, tuple(different[:SHOWN]))
