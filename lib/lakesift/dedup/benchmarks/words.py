"""Words as the rules for contamination compare them, and their places.

Two normal forms, both written by `lakesift.text.kernels.simplified.simplify`: datatrove's simplified text, and
Janitor's, in which ASCII letters are lower case and ASCII punctuation is deleted (EleutherAI/lm-evaluation-harness
121b709, lm_eval/decontamination/janitor.py). PaLM and Llama 2 do not say theirs; they are compared in simplified text.
"""

from __future__ import annotations

import string
from functools import cache

import numpy as np
from numpy.typing import NDArray

from lakesift.dedup.benchmarks.settings import Method
from lakesift.text.kernels.bytes import Bytes, code_point
from lakesift.text.kernels.characters import SPACE as IS_SPACE
from lakesift.text.kernels.characters import character_classes
from lakesift.text.kernels.compiled import compiled
from lakesift.text.kernels.simplified import (
    DIGIT,
    FIRST_REPLACEMENTS,
    LENGTH_BITS,
    LENGTH_MASK,
    SAME,
    SPACE,
    SimplificationTable,
    end_of_number,
    simplification_table,
)

# An action that writes none of the replacements.
DELETED = len(FIRST_REPLACEMENTS) << LENGTH_BITS
ASCII = 128


@cache
def janitor_table() -> SimplificationTable:
    """Return the table of Janitor's normal form.

    It is `str.maketrans(ascii_lowercase + ascii_uppercase, 2 * ascii_lowercase, punctuation)`.
    """
    spaces = np.flatnonzero(character_classes() & IS_SPACE)
    actions = np.full(int(spaces[-1]) + 1, SAME, np.int32)
    actions[spaces] = SPACE
    actions[list(map(ord, string.punctuation))] = DELETED
    letters = np.zeros(256, np.uint8)
    for point in range(1, ASCII):
        if actions[point] != DELETED:
            letters[point] = ord(" ") if actions[point] == SPACE else ord(chr(point).lower())
    return SimplificationTable(letters, actions, np.array(bytearray(FIRST_REPLACEMENTS), np.uint8))


def table_of_method(method: Method) -> SimplificationTable:
    """Return the normal form of a rule."""
    return janitor_table() if method == "gpt3" else simplification_table()


@compiled
def word_spans(data: Bytes, start: int, end: int, table: SimplificationTable, spans: NDArray[np.int64]) -> int:
    """Find the words of `simplify` in the text `data[start:end]`; return their number.

    `spans` receives for each word the place of its first byte, the place behind its last one, both counted from
    `start`, and its number among the runs between spaces, of which some (in Janitor's form those of punctuation) are no
    words.
    """
    actions = table.actions
    words, runs, place, first, written = 0, 0, start, start, 0
    while place < end:
        point, length = code_point(data, place, end)
        action = actions[point] if point < actions.size else SAME
        following = place + length
        if action == DIGIT:
            following = end_of_number(data, following, end, actions)
        if action == SPACE:
            if written > 0:
                spans[words, 0], spans[words, 1], spans[words, 2] = first - start, place - start, runs
                words += 1
            runs += place > first
            first, written = following, 0
        else:
            written += length if action == SAME else action & LENGTH_MASK
        place = following
    if written > 0:
        spans[words, 0], spans[words, 1], spans[words, 2] = first - start, end - start, runs
        words += 1
    return words
