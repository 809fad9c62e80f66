"""Characters of a text: kinds, scripts, entropy, and the form of its lines.

lakesift's own definitions, of the kind that RedPajama v2, Dolma and data-prep-kit publish under many names. Kinds are
general categories of Unicode (letters L*, digits Nd, P*, S*, control C*); white space is nothing else. Shares are of
code points unless they name another unit. Lines are between newlines and not blank, measured in code points
without the white space around it. Words are between white space.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from lakesift.text.kernels.buffers import MAX_INT32, TextBuffers
from lakesift.text.kernels.bytes import Bytes, characters_in, code_point, code_point_before
from lakesift.text.kernels.categories import CATEGORIES, categories_in, general_categories
from lakesift.text.kernels.characters import CODE_POINTS, SPACE, character_classes, code_points
from lakesift.text.kernels.compiled import compiled, pointer_to
from lakesift.text.kernels.ngrams import HALF, slots_for
from lakesift.text.kernels.scripts import OTHER, SCRIPTS, letter_scripts
from lakesift.text.kernels.segments import NEWLINE, stripped_start, stripped_stop
from lakesift.text.kernels.splitting import WORDS_PER_TOKEN, Found
from lakesift.text.signals.family import Batch, Family
from lakesift.text.words import whitespace_words

CENSUS = "census of characters"
KINDS = ("letter", "uppercase", "digit", "punctuation", "symbol", "control", "space")
LETTERS, UPPERCASE, SPACES = 0, 1, 6
CHARACTERS, ENTROPY, FIRST_SCRIPT = len(KINDS), len(KINDS) + 1, len(KINDS) + 2
# Marks before the items of a list: the ten of RedPajama v2, those of Dolma and Gopher, and a black circle.
BULLETS = code_points("2a 2d 2013 2022-2023 25aa-25ab 25a0-25a1 25b6 25c0 25cf 25e6")
DOT, ELLIPSIS = ord("."), 0x2026
KIND_OF = np.full(len(CATEGORIES), len(KINDS), np.int64)
for _kind, _categories in enumerate((("L",), ("Lu", "Lt"), ("Nd",), ("P",), ("S",), ("C",))):
    KIND_OF[categories_in(*_categories)] = _kind


def census(buffers: TextBuffers) -> NDArray[np.float64]:
    """Count the code points of each of `KINDS` and the letters of each script.

    The columns are `KINDS`, all code points, their entropy, then the scripts.

    A letter in upper case counts under `uppercase` alone here, white space under `space` alone. Found at the first call
    and kept with the buffers.

    Raises:
        ValueError: more than 2 GiB in one text.
    """
    kept: NDArray[np.float64] | None = buffers.derived.get(CENSUS)
    if kept is None:
        if np.diff(buffers.offsets).max(initial=0) > MAX_INT32:
            raise ValueError(f"a text of more than {MAX_INT32} bytes")
        kept = np.zeros((len(buffers), FIRST_SCRIPT + OTHER + 1))
        tables = character_classes(), general_categories(), letter_scripts()
        _count(buffers.data, buffers.offsets, *tables, np.zeros(CODE_POINTS, np.int32), kept)
        buffers.derived[CENSUS] = kept
    return kept


def measure_characters(batch: Batch) -> NDArray[np.float64]:
    """Return one row per text, the columns of `CHARACTERS_FAMILY`.

    Shares of nothing are 0.
    """
    counts = census(batch.texts)
    characters = counts[:, CHARACTERS : CHARACTERS + 1]
    letters = counts[:, LETTERS] + counts[:, UPPERCASE]
    values = np.zeros((len(counts), len(CHARACTERS_FAMILY.columns)))
    values[:, 0] = characters[:, 0]
    values[:, 1 : 1 + len(KINDS)] = counts[:, : len(KINDS)] / np.maximum(1, characters)
    values[:, 1] = letters / np.maximum(1, characters[:, 0])
    values[:, 2] = counts[:, UPPERCASE] / np.maximum(1, letters)
    values[:, 1 + len(KINDS)] = counts[:, ENTROPY]
    _lines(batch.texts.data, batch.texts.offsets, character_classes(), values[:, 2 + len(KINDS) :])
    words = whitespace_words(batch.texts)
    values[:, -2] = np.diff(words.firsts)
    _distinct(words.found.view(np.uint64), words.firsts, values[:, -1])
    values[:, -1] /= np.maximum(1, values[:, -2])
    return values


def measure_scripts(batch: Batch) -> NDArray[np.float64]:
    """Return one row per text, the columns of `SCRIPTS_FAMILY`.

    A text without letters has zeros.
    """
    letters = census(batch.texts)[:, FIRST_SCRIPT + 1 :]
    shares = letters / np.maximum(1, letters.sum(axis=1, keepdims=True))
    return np.column_stack([shares, (shares >= MIN_SHARE).sum(axis=1)])


@compiled
def _count(
    text: Bytes,
    offsets: NDArray[np.int64],
    classes: NDArray[np.uint32],
    categories: NDArray[np.uint8],
    scripts: NDArray[np.uint8],
    often: NDArray[np.int32],
    values: NDArray[np.float64],
) -> None:
    text_at, often_at = pointer_to(text), pointer_to(often)
    met = np.empty(len(often), np.int32)
    for document in range(len(values)):
        row, different, total = values[document], 0, 0
        at, stop = offsets[document], offsets[document + 1]
        while at < stop:
            point, width = code_point(text_at, at, stop)
            if often_at[point] == 0:
                met[different] = point
                different += 1
            often_at[point] += 1
            total += 1
            at += width
        information = 0.0
        for place in range(different):
            point = met[place]
            count = often[point]
            often[point] = 0
            information += count * np.log2(count)
            kind = SPACES if classes[point] & SPACE else KIND_OF[categories[point]]
            if kind < len(KINDS):
                row[kind] += count
            row[FIRST_SCRIPT + scripts[point]] += count
        row[CHARACTERS] = total
        row[ENTROPY] = max(0.0, np.log2(total) - information / total) if total else 0.0


@compiled
def _lines(text: Bytes, offsets: NDArray[np.int64], classes: NDArray[np.uint32], values: NDArray[np.float64]) -> None:
    text_at, classes_at = pointer_to(text), pointer_to(classes)
    for document in range(len(values)):
        at, stop = offsets[document], offsets[document + 1]
        lines, max_length, total, bullets, ellipses = 0, 0, 0, 0, 0
        while at < stop:
            end = at
            while end < stop and text_at[end] != NEWLINE:
                end += 1
            first = stripped_start(text_at, at, end, classes_at)
            last = stripped_stop(text_at, first, end, classes_at)
            at = end + 1
            if first == last:
                continue
            size = characters_in(text_at, first, last)
            lines, total, max_length = lines + 1, total + size, max(max_length, size)
            point, _ = code_point(text_at, first, last)
            bullets += point in BULLETS
            point, _ = code_point_before(text_at, last, first)
            has_dots = last - first > 2 and text_at[last - 1] == DOT and text_at[last - 2] == DOT
            ellipses += point == ELLIPSIS or (has_dots and text_at[last - 3] == DOT)
        if lines:
            row = values[document]
            row[0], row[1], row[2] = lines, max_length, total / lines
            row[3], row[4] = bullets / lines, ellipses / lines


@compiled
def _distinct(found: Found, firsts: NDArray[np.int64], values: NDArray[np.float64]) -> None:
    for document in range(len(values)):
        first, last = firsts[document], firsts[document + 1]
        table = np.zeros(slots_for(last - first), np.uint64)
        mask, different = np.uint64(len(table) - 1), 0
        for word in range(first, last):
            key = max(found[word * WORDS_PER_TOKEN], np.uint64(1))  # 0 is an empty slot
            slot = (key ^ key >> HALF) & mask
            while table[slot] != 0 and table[slot] != key:
                slot = (slot + np.uint64(1)) & mask
            different += table[slot] == 0
            table[slot] = key
        values[document] = different


CHARACTERS_FAMILY = Family(
    "characters@lakesift",
    {
        "characters": pa.int64(),
        "letter_ratio": pa.float64(),
        "uppercase_letter_ratio": pa.float64(),
        "digit_ratio": pa.float64(),
        "punctuation_ratio": pa.float64(),
        "symbol_ratio": pa.float64(),
        "control_ratio": pa.float64(),
        "space_ratio": pa.float64(),
        "entropy": pa.float64(),
        "lines": pa.int64(),
        "longest_line": pa.int64(),
        "mean_line_length": pa.float64(),
        "bullet_line_ratio": pa.float64(),
        "ellipsis_line_ratio": pa.float64(),
        "words": pa.int64(),
        "unique_word_ratio": pa.float64(),
    },
    measure_characters,
)
MIN_SHARE = 0.05  # of the letters, for a script to count
SCRIPTS_FAMILY = Family(
    "scripts@lakesift",
    {**{f"{script}_ratio": pa.float64() for script in (*SCRIPTS, "other")}, "scripts": pa.int64()},
    measure_scripts,
)
