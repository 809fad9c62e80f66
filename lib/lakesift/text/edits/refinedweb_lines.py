"""`refinedweb_lines@dclm`: apply RefinedWeb's line rules as DCLM-Baseline does.

The edit also counts the words before and after.

Source: mlfoundations/dclm 361714b, `baselines/baselines_configs/dclm_baseline_refinedweb.yaml` and the modifiers that
it names in `baselines/mappers/modifiers.py`, after appendix G.2 of RefinedWeb (arXiv 2306.01116). The rules follow one
another; after each but the fourth the text is stripped, so that white space at its ends can decide what a later rule
sees. Where the source drops an emptied page, the text here is empty. "Read more..." is a pattern there: its dots match
any three characters. Words of a line are runs without white space; those counted for the ratio are fastText's
(line_rows.py). Case is folded for ASCII.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from lakesift.text.edits.edit import Edit
from lakesift.text.edits.line_phrases import is_counter, without_items_in_cart, without_read_more, without_sign_in
from lakesift.text.edits.line_rows import (
    COUNTED_WORDS,
    DIGITS,
    POINTS,
    ROW,
    START,
    STOP,
    UPPERCASE,
    WORDS,
    Rows,
    line_characters,
    lines_in,
    measure_row,
    strip_rows,
)
from lakesift.text.kernels.buffers import TextBuffers
from lakesift.text.kernels.bytes import Bytes
from lakesift.text.kernels.characters import character_classes
from lakesift.text.kernels.compiled import compiled, pointer_to
from lakesift.text.kernels.segments import stripped_start

MAX_UPPERCASE, MAX_DIGITS = 0.5, 0.999999  # shares of a line's code points
MIN_WORDS, MAX_WORDS = 2, 10
NEWLINE = ord("\n")
COLUMNS: dict[str, pa.DataType] = {
    "lines": pa.int64(),
    "uppercase": pa.int64(),
    "numeric": pa.int64(),
    "counter": pa.int64(),
    "too_few_words": pa.int64(),
    "items_in_cart": pa.int64(),
    "read_more": pa.int64(),
    "sign_in": pa.int64(),
    "emptied": pa.int64(),
    "words_before": pa.int64(),
    "words_removed": pa.int64(),
    "removed_ratio": pa.float64(),
}
LINES, UPPERCASE_RULE, NUMERIC_RULE, COUNTER_RULE, WORDS_RULE = range(5)
CART_RULE, READ_MORE_RULE, SIGN_IN_RULE, EMPTIED, WORDS_BEFORE, WORDS_REMOVED = range(5, 11)


def remove_lines(buffers: TextBuffers) -> tuple[TextBuffers, pa.StructArray]:
    """Return the texts without the lines and phrases that RefinedWeb removes.

    Per text, the struct has the counts of `COLUMNS`.

    Returns:
        The texts, stripped; and a struct array of n: lines of the text; lines removed by the rules on capitals, digits,
        counters and words; places where a phrase was removed; lines gone with their phrase; words before, words
        removed, and the share of the removed (0 of a text without words).
    """
    begin = int(buffers.offsets[0])
    text = buffers.data[begin : int(buffers.offsets[-1])].copy()
    offsets = np.zeros(len(buffers) + 1, np.int64)
    counts = np.zeros((len(buffers), len(COLUMNS) - 1), np.int64)
    is_changed = _remove(text, buffers.offsets - begin, offsets, line_characters(), character_classes(), counts)
    before, removed = counts[:, WORDS_BEFORE], counts[:, WORDS_REMOVED]
    ratio = removed / np.maximum(before, 1)
    arrays = [*(pa.array(column) for column in np.ascontiguousarray(counts.T)), pa.array(ratio)]
    counted = pa.StructArray.from_arrays(arrays, names=list(COLUMNS))
    return (TextBuffers(text[: offsets[-1]], offsets) if is_changed else buffers), counted


@compiled
def _remove(
    text: Bytes,
    offsets: NDArray[np.int64],
    to_offsets: NDArray[np.int64],
    kinds: NDArray[np.uint8],
    classes: NDArray[np.uint32],
    counts: NDArray[np.int64],
) -> bool:
    text_at, kinds_at, classes_at = pointer_to(text), pointer_to(kinds), pointer_to(classes)
    rows = np.empty((256, ROW), np.int64)
    is_changed, to = False, 0
    for document in range(len(counts)):
        counted = counts[document]
        start, stop = offsets[document], offsets[document + 1]
        count, rows = lines_in(text_at, start, stop, kinds_at, rows)
        counted[LINES] = count
        counted[WORDS_BEFORE] = words_in(rows, count)
        for rule in range(UPPERCASE_RULE, SIGN_IN_RULE + 1):
            count = apply_rule(text_at, rows, count, rule, kinds_at, classes_at, counted)
            if rule != WORDS_RULE:
                count = strip_rows(text_at, rows, count, kinds_at, classes_at)
        counted[WORDS_REMOVED] = counted[WORDS_BEFORE] - words_in(rows, count)
        begin = to
        for line in range(count):
            if line > 0:
                text_at[to] = NEWLINE
                to += 1
            for at in range(rows[line, START], rows[line, STOP]):
                text_at[to] = text_at[at]
                to += 1
        to_offsets[document + 1] = to
        # Rules only remove, so a text of the same length is the same text.
        is_changed |= to - begin < stop - start
    return is_changed


@compiled
def words_in(rows: Rows, count: int) -> int:
    """Return the words of the lines, as counted for the ratio."""
    words = 0
    for line in range(count):
        words += rows[line, COUNTED_WORDS]
    return words


@compiled
def apply_rule(
    text: Bytes,
    rows: Rows,
    count: int,
    rule: int,
    kinds: NDArray[np.uint8],
    classes: NDArray[np.uint32],
    counted: NDArray[np.int64],
) -> int:
    """Remove lines or phrases by one rule, and return the number of lines left."""
    kept = 0
    for line in range(count):
        row = rows[line]
        if row[START] < row[STOP] and rule <= WORDS_RULE:
            if is_removed(text, row, rule, kinds):
                counted[rule] += 1
                continue
        elif row[START] < row[STOP] and row[WORDS] <= MAX_WORDS:
            if rule == CART_RULE:
                removed = without_items_in_cart(text, row, kinds)
            elif rule == READ_MORE_RULE:
                removed = without_read_more(text, row, kinds)
            else:
                removed = without_sign_in(text, row, kinds)
            counted[rule] += removed
            if stripped_start(text, row[START], row[STOP], classes) == row[STOP]:
                counted[EMPTIED] += 1
                continue
            if removed:
                measure_row(text, row, kinds)
        rows[kept] = row
        kept += 1
    return kept


@compiled
def is_removed(text: Bytes, row: NDArray[np.int64], rule: int, kinds: NDArray[np.uint8]) -> bool:
    """Return whether a rule on whole lines removes a line that is not empty."""
    if rule == UPPERCASE_RULE:
        return bool(row[UPPERCASE] / row[POINTS] > MAX_UPPERCASE)
    if rule == NUMERIC_RULE:
        return bool(row[DIGITS] / row[POINTS] > MAX_DIGITS)
    if rule == COUNTER_RULE:
        return row[DIGITS] > 0 and is_counter(text, row[START], row[STOP], kinds)
    return bool(row[WORDS] < MIN_WORDS)


REFINEDWEB_LINES = Edit("refinedweb_lines@dclm", COLUMNS, remove_lines)
