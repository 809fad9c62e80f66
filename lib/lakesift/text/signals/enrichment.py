"""The signals of data-prep-kit's enrichment.

They measure paragraphs, words, kinds of characters and repetition.

Source: data-prep-kit b50a9816, `transforms/language/enrichment/dpk_enrichment/analyzers.py`, `text_enrichers`. Words
are English tokens; repetition is that of their lower case without punctuation, with datatrove's definitions. Where the
source fails (a text without words but with paragraphs), it says so with a mean word length of -1 and zeros, and so do
we. A capital sigma always becomes σ.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from lakesift.text.kernels.bytes import ONE, Bytes, characters_in, code_point, code_point_before
from lakesift.text.kernels.categories import CATEGORIES, categories_in, general_categories, lower_case
from lakesift.text.kernels.characters import character_classes
from lakesift.text.kernels.compiled import compiled, pointer_to
from lakesift.text.kernels.ngrams import (
    FACTOR,
    HALF,
    MAX_REPEATED,
    MIN_REPEATED,
    TOP_SIZES,
    repeated_ngrams,
    top_ngrams,
)
from lakesift.text.kernels.segments import repeats_among, stripped_start, stripped_stop
from lakesift.text.kernels.splitting import LOW_BITS, WORDS_PER_TOKEN, Found, start_of
from lakesift.text.kernels.tokens import tokens_of
from lakesift.text.signals.family import Batch, Family
from lakesift.text.signals.normalized_words import normalize

COUNTS = ("num_newlines", "num_paragraphs", "num_words", "num_chars", "total_non_newline_chars")
RATIOS = (
    *("avg_word_length", "avg_paragraph_length_chars", "avg_paragraph_length_words"),
    *("alphanumeric_char_ratio", "control_char_ratio", "punctuation_char_ratio", "other_symbol_char_ratio"),
    *("tabs_word_ratio", "hashes_word_ratio", "ellipsis_ratio", "bulletpoint_ratio"),
    *("dup_paragraphs_ratio", "dup_paragraphs_char_ratio"),
    *(f"top_{size}_gram_char_ratio" for size in range(2, 2 + TOP_SIZES)),
    *(f"dup_{size}_gram_char_ratio" for size in range(MIN_REPEATED, MAX_REPEATED + 1)),
)
AVG_WORD_LENGTH, FIRST_KIND, FIRST_MARK, FIRST_REPEAT, FIRST_TOP = 5, 8, 12, 16, 18
FIRST_DUPLICATE = FIRST_TOP + TOP_SIZES
PARAGRAPH_ENDS = (0x0A, 0x0B, 0x0C, 0x0D, 0x85, 0x2028, 0x2029)
# First bytes of a paragraph's end: ASCII line ends, and the lead bytes of U+0085, U+2028 and U+2029.
MAY_END = np.zeros(256, np.bool_)
MAY_END[[0x0A, 0x0B, 0x0C, 0x0D, 0xC2, 0xE2]] = True
TAB, SPACE, HASH, DOT, ELLIPSIS = ord("\t"), ord(" "), ord("#"), ord("."), 0x2026
BULLETS = (0x25CF, 0x2022, ord("*"), ord("-"))
FROM_END = 15  # code points that may follow an ellipsis
KIND_OF = np.zeros(len(CATEGORIES), np.int64)  # column of each category, from FIRST_KIND on; 4 for the others
KIND_OF[:] = 4
for _kind, _majors in enumerate((("L", "N"), ("C",), ("P",), ("S",))):
    KIND_OF[categories_in(*_majors)] = _kind


def measure(batch: Batch) -> NDArray[np.float64]:
    """Return one row per text, the columns of `ENRICHMENT`.

    A text of nothing but line ends has zeros.
    """
    tokens = tokens_of(batch.texts)
    values = np.zeros((len(tokens.firsts) - 1, len(ENRICHMENT.columns)))
    longest = int(np.diff(tokens.firsts).max(initial=0))
    simple = np.empty(max(1, longest) * WORDS_PER_TOKEN, np.uint64)
    tables = character_classes(), general_categories(), lower_case()
    _measure(tokens.text, tokens.offsets, tokens.firsts, tokens.found.view(np.uint64), *tables, simple, values)
    return values


@compiled
def _measure(
    text: Bytes,
    offsets: NDArray[np.int64],
    firsts: NDArray[np.int64],
    found: Found,
    classes: NDArray[np.uint32],
    categories: NDArray[np.uint8],
    lower: NDArray[np.int32],
    simple: Found,
    values: NDArray[np.float64],
) -> None:
    text_at, classes_at, found_at = pointer_to(text), pointer_to(classes), pointer_to(found)
    categories_at, lower_at, simple_at = pointer_to(categories), pointer_to(lower), pointer_to(simple)
    rows = np.empty((1024, 2), np.uint64)
    for document in range(len(values)):
        row = values[document]
        first, last = firsts[document], firsts[document + 1]
        start, stop = offsets[document], offsets[document + 1]
        at, token, simple_words, simple_paragraphs, size = start, first, 0, 0, 0
        while at < stop:
            after, ends = next_paragraph_end(text_at, at, stop)
            if ends > at:
                count_paragraph(text_at, at, ends, classes_at, categories_at, row)
                if simple_paragraphs == len(rows):
                    larger = np.empty((2 * len(rows), 2), np.uint64)
                    larger[:simple_paragraphs] = rows
                    rows = larger
                before, key, length = simple_words, ONE, 0
                while token < last and start_of(found_at, token) < ends:
                    size += found_at[token * WORDS_PER_TOKEN + 2] & LOW_BITS
                    kept = normalize(text_at, found_at, token, classes_at, lower_at, simple_at, simple_words)
                    if kept > simple_words:
                        place = simple_words * WORDS_PER_TOKEN
                        key = (key ^ key >> HALF) * FACTOR + simple_at[place]
                        length += 1 + np.int64(simple_at[place + 2] & LOW_BITS)
                    simple_words = kept
                    token += 1
                if simple_words > before:
                    rows[simple_paragraphs, 0], rows[simple_paragraphs, 1] = key, length - 1
                    simple_paragraphs += 1
            at = after
        if row[1]:
            finish(row, characters_in(text_at, start, stop), last - first, np.float64(size))
        if row[1] and last > first:
            measure_repeats(row, rows, simple_paragraphs, simple_at, simple_words)


@compiled
def next_paragraph_end(text: Bytes, at: int, stop: int) -> tuple[int, int]:
    """Return the place after the next paragraph end, and the place of that end.

    Both are `stop` if there is none.
    """
    while at < stop:
        if not MAY_END[text[at]]:
            at += 1
            continue
        point, width = code_point(text, at, stop)
        if point in PARAGRAPH_ENDS:
            return at + width, at
        at += width
    return stop, stop


@compiled
def count_paragraph(
    text: Bytes,
    start: int,
    stop: int,
    classes: NDArray[np.uint32],
    categories: NDArray[np.uint8],
    row: NDArray[np.float64],
) -> None:
    """Add a paragraph's characters and marks to the document's row, as counts.

    `finish` turns the counts into ratios.
    """
    kinds = np.zeros(8, np.int64)
    tabs, hashes, total, at = 0, 0, 0, start
    while at < stop:
        point, width = code_point(text, at, stop)
        at += width
        if point == TAB:
            tabs += 1
            continue
        total += 1
        hashes += point == HASH
        kinds[KIND_OF[categories[point]]] += 1
    row[1] += 1
    row[4] += total
    for kind in range(4):
        row[FIRST_KIND + kind] += kinds[kind]
    row[FIRST_MARK] += tabs
    row[FIRST_MARK + 1] += hashes
    first = stripped_start(text, start, stop, classes)
    last = stripped_stop(text, first, stop, classes)
    row[FIRST_MARK + 2] += ends_near_ellipsis(text, first, last)
    if first < last:
        point, _ = code_point(text, first, last)
        row[FIRST_MARK + 3] += point in BULLETS


@compiled
def ends_near_ellipsis(text: Bytes, start: int, stop: int) -> bool:
    """Return whether an ellipsis is followed by at most 15 code points.

    An ellipsis is one character, three dots, or three dots with spaces.
    """
    for _ in range(FROM_END + 1):
        if stop == start:
            break
        point, width = code_point_before(text, stop, start)
        if point == ELLIPSIS:
            return True
        if point == DOT:
            if stop - start >= 3 and text[stop - 2] == DOT and text[stop - 3] == DOT:
                return True
            is_wide = stop - start >= 5 and text[stop - 3] == DOT and text[stop - 5] == DOT
            if is_wide and text[stop - 2] == SPACE and text[stop - 4] == SPACE:
                return True
        stop -= width
    return False


@compiled
def finish(row: NDArray[np.float64], characters: int, words: int, size: float) -> None:
    """Turn the counts of a document with paragraphs into its ratios."""
    if words == 0:
        row[:] = 0
        row[AVG_WORD_LENGTH] = -1
        return
    paragraphs, total = row[1], row[4]
    row[0], row[2], row[3] = characters - total, words, characters
    row[5], row[6], row[7] = size / words, total / paragraphs, words / paragraphs
    for kind in range(4):
        row[FIRST_KIND + kind] /= total
    row[FIRST_MARK] /= words
    row[FIRST_MARK + 1] /= words
    row[FIRST_MARK + 2] /= paragraphs
    row[FIRST_MARK + 3] /= paragraphs


@compiled
def measure_repeats(
    row: NDArray[np.float64], paragraphs: NDArray[np.uint64], paragraph_count: int, simple: Found, words: int
) -> None:
    """Write the shares of repeated paragraphs and n-grams of simplified words."""
    if words == 0:
        return
    total, size = 0, 0
    for paragraph in range(paragraph_count):
        total += np.int64(paragraphs[paragraph, 1])
    for word in range(words):
        size += np.int64(simple[word * WORDS_PER_TOKEN + 2] & LOW_BITS)
    repeats, characters = repeats_among(paragraphs, paragraph_count)
    row[FIRST_REPEAT], row[FIRST_REPEAT + 1] = repeats / paragraph_count, characters / total
    top_ngrams(simple, 0, words, row[FIRST_TOP:FIRST_DUPLICATE])
    repeated_ngrams(simple, 0, words, row[FIRST_DUPLICATE:])
    row[FIRST_TOP:] /= size


ENRICHMENT = Family(
    "enrichment@dpk",
    {**dict.fromkeys(COUNTS, pa.int64()), **dict.fromkeys(RATIOS, pa.float64())},
    measure,
)
