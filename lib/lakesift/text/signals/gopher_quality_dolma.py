"""Gopher's quality signals as Dolma defines them.

Source: allenai/dolma 669f534 `python/dolma/taggers/gopher.py` (`gopher_v1`). Words are between white space; lines
are between newlines, blank ones count and none is stripped; lengths are in code points.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from lakesift.text.kernels.bytes import Bytes, characters_in, code_point, code_point_before, signed
from lakesift.text.kernels.characters import LETTER
from lakesift.text.kernels.compiled import compiled, pointer_to
from lakesift.text.kernels.segments import segment_end
from lakesift.text.kernels.splitting import LOW_BITS, WORDS_PER_TOKEN, Found, flags_of, stop_of
from lakesift.text.signals.family import Batch, Family, per_text
from lakesift.text.signals.gopher_quality import STOP_MASK, STOP_SHIFT, STOPS
from lakesift.text.words import whitespace_words

HASH, ELLIPSIS = ord("#"), 0x2026
BULLETS = (ord("*"), ord("-"))
FIRST_OTHER = 0x80
COUNTED_SIZES = 64  # words of so many code points and more are counted together


def measure(batch: Batch) -> NDArray[np.float64]:
    """Return one row per text, the columns of `GOPHER_QUALITY_DOLMA`.

    An empty text has zeros.
    """
    return per_text(_measure, whitespace_words(batch.texts), len(GOPHER_QUALITY_DOLMA.columns))


@compiled
def _measure(
    text: NDArray[np.uint8],
    offsets: NDArray[np.int64],
    firsts: NDArray[np.int64],
    found: Found,
    values: NDArray[np.float64],
) -> None:
    text_at, found_at = pointer_to(text), pointer_to(found)
    often = np.empty(COUNTED_SIZES + 1, np.int64)
    for document in range(len(values)):
        row = values[document]
        start, stop = offsets[document], offsets[document + 1]
        if start == stop:
            continue
        first, last = firsts[document], firsts[document + 1]
        row[0], row[1] = characters_in(text_at, start, stop), last - first
        if last > first:
            alphabetic, required = 0, 0
            for word in range(first, last):
                alphabetic += flags_of(found_at, word) & LETTER
                key = found_at[word * WORDS_PER_TOKEN]
                required += STOPS[signed(key >> STOP_SHIFT & STOP_MASK)] == key
            row[2] = median_size(found_at, first, last, often)
            row[3] = words_with_symbols(text_at, found_at, start, stop, first) / (last - first)
            row[4], row[5] = alphabetic / (last - first), required
        row[6], row[7] = line_shares(text_at, start, stop)


@compiled
def median_size(found: Found, first: int, last: int, often: NDArray[np.int64]) -> float:
    """Return the median of the code points of the words.

    With an even number of words it is the mean of the two in the middle.
    """
    often[:] = 0
    for word in range(first, last):
        often[min(signed(found[word * WORDS_PER_TOKEN + 2] & LOW_BITS), COUNTED_SIZES)] += 1
    lower, upper = (last - first - 1) // 2, (last - first) // 2
    if last - first - often[COUNTED_SIZES] > upper:
        return (size_at(often, lower) + size_at(often, upper)) / 2
    sizes = np.empty(last - first, np.int64)
    for word in range(first, last):
        sizes[word - first] = signed(found[word * WORDS_PER_TOKEN + 2] & LOW_BITS)
    return float(np.median(sizes))


@compiled
def size_at(often: NDArray[np.int64], place: int) -> int:
    """Return the size of the word at an index in the order of sizes."""
    size, seen = 0, often[0]
    while seen <= place:
        size += 1
        seen += often[size]
    return size


@compiled
def words_with_symbols(text: Bytes, found: Found, start: int, stop: int, word: int) -> int:
    """Count the words, from `word` on, with a number sign or a one-character ellipsis."""
    count, free = 0, start
    for at in range(start, stop):
        byte = text[at]
        if byte != HASH and byte < FIRST_OTHER:
            continue
        if at >= free and (byte == HASH or code_point(text, at, stop)[0] == ELLIPSIS):
            while stop_of(found, word) <= at:
                word += 1
            count += 1
            free = stop_of(found, word)
    return count


@compiled
def line_shares(text: Bytes, start: int, stop: int) -> tuple[float, float]:
    """Return the shares of lines that start with a bullet and that end in an ellipsis."""
    lines, bullets, trailing = 0, 0, 0
    while start <= stop:
        end, after, _ = segment_end(text, start, stop, 1, 1)
        lines += 1
        if end > start:
            bullets += text[start] == BULLETS[0] or text[start] == BULLETS[1]
            trailing += code_point_before(text, end, start)[0] == ELLIPSIS
        start = after
    return bullets / lines, trailing / lines


GOPHER_QUALITY_DOLMA = Family(
    "gopher_quality@dolma",
    {
        "character_count": pa.int64(),
        "word_count": pa.int64(),
        "median_word_length": pa.float64(),
        "symbol_to_word_ratio": pa.float64(),
        "fraction_of_words_with_alpha_character": pa.float64(),
        "required_word_count": pa.int64(),
        "fraction_of_lines_starting_with_bullet_point": pa.float64(),
        "fraction_of_lines_ending_with_ellipsis": pa.float64(),
    },
    measure,
)
