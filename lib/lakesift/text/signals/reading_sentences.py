"""Textstat's count of the sentences of an English text.

Source: textstat 0.7.5, `textstat/textstat.py`, `sentence_count` and `linsear_write_formula`. A sentence begins at a
letter, digit or underscore and ends after the next run of full stops, exclamation and question marks.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lakesift.text.kernels.bytes import Bytes, code_point
from lakesift.text.kernels.characters import SPACE, WORD
from lakesift.text.kernels.compiled import compiled

MIN_WORDS = 3  # of a sentence that counts
LINSEAR_WORDS = 100  # that are looked at
FIRST_OTHER = 0x80  # first byte beyond ASCII
DOT, EXCLAMATION, QUESTION = ord("."), ord("!"), ord("?")


@compiled
def count_sentences(text: Bytes, start: int, stop: int, classes: NDArray[np.uint32]) -> tuple[int, int]:
    """Count the sentences of three words or more, in the text and its beginning.

    The beginning is its first hundred words. Each count is at least one.
    """
    sentences, words, is_open, is_closing, is_counted = 0, 0, False, False, False
    at, number, is_inside, early = start, 0, False, -1
    while at < stop:
        if is_open and is_counted and not is_closing:
            # The state stays the same up to the end of these letters.
            while at < stop and text[at] < FIRST_OTHER and classes[text[at]] & WORD:
                at += 1
            if at == stop:
                break
        point, width = code_point(text, at, stop)
        at += width
        kind = classes[point]
        if kind & SPACE:
            if is_inside and number == LINSEAR_WORDS:
                early = sentences + (is_open and words >= MIN_WORDS)
            is_inside = False
        elif not is_inside:
            is_inside, number = True, number + 1
        is_mark = point == DOT or point == EXCLAMATION or point == QUESTION
        if is_open and is_closing and not is_mark:
            sentences += words >= MIN_WORDS
            is_open = False
        is_closing = is_open and is_mark
        if kind & WORD and not is_open:
            is_open, words, is_counted = True, 0, False
        if kind & WORD and not is_counted:
            is_counted, words = True, words + 1
        is_counted = is_counted and not kind & SPACE
    sentences += is_open and words >= MIN_WORDS
    return max(1, sentences), max(1, sentences if early < 0 else early)
