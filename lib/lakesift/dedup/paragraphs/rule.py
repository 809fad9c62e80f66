"""The conditions under which a unit goes, and a document with it."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

NOTHING_LEFT, REPEATED_NGRAMS, FEW_WORDS, FEW_SENTENCES = (
    "nothing_left",
    "repeated_ngrams",
    "few_words_left",
    "few_sentences_left",
)
REASONS = (NOTHING_LEFT, REPEATED_NGRAMS, FEW_WORDS, FEW_SENTENCES)
"""Why a document is dropped, in the order in which it is asked."""


class Rule(NamedTuple):
    """A method's decisions.

    Attributes:
        threshold: a unit goes when more than this share of its keys was seen before.
        inclusive: or just this share.
        everywhere: a key counts as seen when any other text has it; else when one before has it.
        joined: units are joined by newlines, so that no newline is left behind the last.
        stripped: white space goes from the front of a text that was cut.
        document_threshold: a document goes when more than this share of all its keys was seen before; 1: never.
        min_weight: a document that was cut and has less weight left is dropped.
        min_units: one that has fewer units left.
    """

    threshold: float
    inclusive: bool = False
    everywhere: bool = False
    joined: bool = False
    stripped: bool = False
    document_threshold: float = 1.0
    min_weight: int = 0
    min_units: int = 0

    def goes(self, contained: NDArray[np.int64], total: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Return which units go: `contained` of their `total` keys were seen."""
        share = contained / np.maximum(total, 1)
        goes: NDArray[np.bool_] = (share > self.threshold) | ((share == self.threshold) & (total > 0) & self.inclusive)
        return goes


ANY = Rule(0.0)
"""A unit with one key goes when that key was seen."""
