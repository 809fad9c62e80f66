"""Gopher's quality signals as DCLM defines them.

Source: mlfoundations/dclm 361714b `baselines/mappers/filters/content_filters.py` and `baselines/mappers/core_utils.py`.
The length counts fastText's tokens, the default of the source's `split_words`, if their
first character is a letter or digit: they are between ASCII white space or NULs. All other words are between white
space. Lines are stripped, blank ones do not count; lengths are in code points. The signals of a text without words,
which the source always drops, are 0.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from lakesift.text.kernels.bytes import BASE, ONE, Bytes, characters_in, code_point, code_point_before, signed
from lakesift.text.kernels.characters import LETTER, WORD, character_classes
from lakesift.text.kernels.compiled import compiled, pointer_to
from lakesift.text.kernels.segments import segment_end, stripped_start, stripped_stop
from lakesift.text.kernels.splitting import LOW_BITS, WORDS_PER_TOKEN, Found, flags_of, start_of, stop_of
from lakesift.text.kernels.substrings import LOWER_CASE
from lakesift.text.signals.family import Batch, Family, per_text
from lakesift.text.signals.gopher_quality import STOP_MASK, STOP_SHIFT, STOP_WORDS, STOPS
from lakesift.text.words import whitespace_words

MAX_STOP_WORD = max(map(len, STOP_WORDS))
DOT, HASH, SPACE = ord("."), ord("#"), ord(" ")
ELLIPSIS = 0x2026
BULLETS = (0x25CF, 0x2022, ord("*"), ord("-"))
UNDERSCORE = ord("_")  # the one word character that is neither letter nor digit
FIRST_OTHER = 0x80
SEPARATORS = np.zeros(256, np.bool_)
SEPARATORS[list(b" \n\r\t\v\f\0")] = True


def measure(batch: Batch) -> NDArray[np.float64]:
    """Return one row per text, the columns of `GOPHER_QUALITY_DCLM`.

    Shares of nothing are 0.
    """
    return per_text(_measure, whitespace_words(batch.texts), len(GOPHER_QUALITY_DCLM.columns), character_classes())


@compiled
def _measure(
    text: NDArray[np.uint8],
    offsets: NDArray[np.int64],
    firsts: NDArray[np.int64],
    found: Found,
    classes: NDArray[np.uint32],
    values: NDArray[np.float64],
) -> None:
    text_at, classes_at, found_at = pointer_to(text), pointer_to(classes), pointer_to(found)
    for document in range(len(values)):
        row = values[document]
        start, stop = offsets[document], offsets[document + 1]
        first, last = firsts[document], firsts[document + 1]
        size, silent, stops = count_words(text_at, found_at, first, last)
        row[0] = spoken_tokens(text_at, start, stop, classes_at)
        row[1], row[2], row[8] = characters_in(text_at, start, stop), last - first, stops
        if last > first:
            row[3], row[7] = size / (last - first), silent / (last - first)
            row[4] = count_symbols(text_at, start, stop) / (last - first)
        lines, bullets, trailing = count_lines(text_at, start, stop, classes_at)
        if lines:
            row[5], row[6] = bullets / lines, trailing / lines


@compiled
def spoken_tokens(text: Bytes, start: int, stop: int, classes: NDArray[np.uint32]) -> int:
    """Count fastText's tokens that begin with a letter or digit."""
    tokens, is_apart = 0, True
    for at in range(start, stop):
        is_separator = SEPARATORS[text[at]]
        if is_apart and not is_separator:
            point, _ = code_point(text, at, stop)
            tokens += classes[point] & WORD != 0 and point != UNDERSCORE
        is_apart = is_separator
    return tokens


@compiled
def count_words(text: Bytes, found: Found, first: int, last: int) -> tuple[int, int, int]:
    """Count the words' code points, words without a letter, and stop words.

    Stop words count in any case, at each occurrence.
    """
    size, silent, stops = 0, 0, 0
    for word in range(first, last):
        size += signed(found[word * WORDS_PER_TOKEN + 2] & LOW_BITS)
        silent += not flags_of(found, word) & LETTER
        start, stop = start_of(found, word), stop_of(found, word)
        if stop - start <= MAX_STOP_WORD:
            key, weight = np.uint64(0), ONE
            for at in range(start, stop):
                key += (np.uint64(LOWER_CASE[text[at]]) + ONE) * weight
                weight *= BASE
            stops += STOPS[signed(key >> STOP_SHIFT & STOP_MASK)] == key
    return size, silent, stops


@compiled
def count_symbols(text: Bytes, start: int, stop: int) -> int:
    """Count number signs and ellipses, each kind without overlap.

    An ellipsis is one character, three dots, or three dots with spaces between.
    """
    symbols, tight, spaced = 0, start, start
    for at in range(start, stop):
        byte = text[at]
        if byte == HASH:
            symbols += 1
        elif byte == DOT:
            if at >= tight and has_dots(text, at, stop, 1):
                symbols += 1
                tight = at + 3
            if at >= spaced and has_dots(text, at, stop, 2):
                symbols += 1
                spaced = at + 5
        elif byte >= FIRST_OTHER:
            symbols += code_point(text, at, stop)[0] == ELLIPSIS
    return symbols


@compiled
def has_dots(text: Bytes, at: int, stop: int, step: int) -> bool:
    """Return whether three dots begin at a byte, one every `step` bytes.

    With a step of 2 there are spaces between them.
    """
    if at + 2 * step >= stop:
        return False
    are_dots = text[at] == DOT and text[at + step] == DOT and text[at + 2 * step] == DOT
    return are_dots and (step == 1 or (text[at + 1] == SPACE and text[at + 3] == SPACE))


@compiled
def count_lines(text: Bytes, start: int, stop: int, classes: NDArray[np.uint32]) -> tuple[int, int, int]:
    """Count the lines that are not blank, and two kinds of them.

    The kinds are lines that start with a bullet and lines that end in an ellipsis.
    """
    lines, bullets, trailing = 0, 0, 0
    while start <= stop:
        end, after, _ = segment_end(text, start, stop, 1, 1)
        first = stripped_start(text, start, end, classes)
        if first < end:
            last = stripped_stop(text, first, end, classes)
            lines += 1
            point, _ = code_point(text, first, last)
            bullets += point == BULLETS[0] or point == BULLETS[1] or point == BULLETS[2] or point == BULLETS[3]
            point, _ = code_point_before(text, last, first)
            has_tight = last - first >= 3 and has_dots(text, last - 3, last, 1)
            has_spaced = last - first >= 5 and has_dots(text, last - 5, last, 2)
            trailing += point == ELLIPSIS or has_tight or has_spaced
        start = after
    return lines, bullets, trailing


GOPHER_QUALITY_DCLM = Family(
    "gopher_quality@dclm",
    {
        "words": pa.int64(),
        "characters": pa.int64(),
        "whitespace_words": pa.int64(),
        "mean_word_length": pa.float64(),
        "symbol_to_word_ratio": pa.float64(),
        "bullet_line_ratio": pa.float64(),
        "ellipsis_line_ratio": pa.float64(),
        "non_alphabetic_word_ratio": pa.float64(),
        "stop_words": pa.int64(),
    },
    measure,
)
