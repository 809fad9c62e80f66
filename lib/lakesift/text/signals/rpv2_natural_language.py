"""RedPajama-V2's signals of natural language.

Source: togethercomputer/RedPajama-Data 6d2cee9 `app/src/core/quality_signals/natural_language.py` and
`core/document.py`; columns are the published names without `rps_doc_`. Raw words are runs of word characters and runs
of others without white space, as NLTK's WordPunctTokenizer splits; normalised words are those of `words.normalised`.
Values are not rounded; nulls of the source (no words or no lines) are 0.
"""

from __future__ import annotations

import math

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from lakesift.text.kernels.bytes import Bytes, code_point, code_point_before, signed
from lakesift.text.kernels.characters import SPACE, WORD, character_classes
from lakesift.text.kernels.compiled import compiled, pointer_to
from lakesift.text.kernels.letters import LOWERCASE, UPPERCASE, letter_kinds
from lakesift.text.kernels.ngrams import slots_for
from lakesift.text.kernels.segments import HALF, stripped_stop
from lakesift.text.kernels.splitting import LOW_BITS, WORDS_PER_TOKEN, Found
from lakesift.text.signals.family import Batch, Family
from lakesift.text.words import normalised_words

HASH, DOT, NEWLINE, EXCLAMATION, QUESTION = ord("#"), ord("."), ord("\n"), ord("!"), ord("?")
ELLIPSIS = 0x2026
FIRST_OTHER, CASE_BIT, FIRST_LETTER, LAST_LETTER = 0x80, 0x20, ord("a"), ord("z")
# The characters of a raw word, and its properties.
NOTHING, WORD_CHARACTERS, OTHERS = 0, 1, 2
ASCII_LETTER, HAS_UPPERCASE, HAS_LOWERCASE = 1, 2, 4


def measure(batch: Batch) -> NDArray[np.float64]:
    """Return one row per text, the columns of `RPV2_NATURAL_LANGUAGE`.

    Shares of nothing are 0.
    """
    texts, words = batch.texts, normalised_words(batch.texts)
    values = np.zeros((len(texts), len(RPV2_NATURAL_LANGUAGE.columns)))
    found = words.found.view(np.uint64)
    _measure(texts.data, texts.offsets, words.firsts, found, character_classes(), letter_kinds(), values)
    return values


@compiled
def _measure(
    text: NDArray[np.uint8],
    offsets: NDArray[np.int64],
    firsts: NDArray[np.int64],
    found: Found,
    classes: NDArray[np.uint32],
    letters: NDArray[np.uint32],
    values: NDArray[np.float64],
) -> None:
    text_at, classes_at, found_at = pointer_to(text), pointer_to(classes), pointer_to(found)
    letters_at = pointer_to(letters)
    for document in range(len(values)):
        row = values[document]
        start, stop = offsets[document], offsets[document + 1]
        first, last = firsts[document], firsts[document + 1]
        sentences, raw, symbols, silent, capitals = count_raw(text_at, start, stop, classes_at, letters_at)
        row[0], row[1] = sentences, last - first
        if raw:
            row[3], row[5], row[8] = symbols / raw, silent / raw, capitals / raw
        row[4] = trailing_share(text_at, start, stop, classes_at)
        if last > first:
            row[2], row[6], row[7] = vocabulary(found_at, first, last)


@compiled
def count_raw(
    text: Bytes, start: int, stop: int, classes: NDArray[np.uint32], letters: NDArray[np.uint32]
) -> tuple[int, int, int, int, int]:
    """Count sentences, raw words, symbols, and two kinds of raw words.

    The kinds are words without an ASCII letter and words in capitals. A sentence is a stretch between marks `.`, `!`,
    `?` that has a word character: the source's regular expression begins at the first of them and takes all that
    follows.
    """
    sentences, words, symbols, voiced, capitals = 0, 0, 0, 0, 0
    is_open, kind, has, dots = False, NOTHING, 0, 0
    at = start
    while at < stop:
        point, width = code_point(text, at, stop)
        bits = classes[point]
        now = NOTHING if bits & SPACE else WORD_CHARACTERS if bits & WORD else OTHERS
        if now != kind:
            voiced += has & ASCII_LETTER
            capitals += has & HAS_UPPERCASE != 0 and has & HAS_LOWERCASE == 0
            words += now != NOTHING
            kind, has = now, 0
        if point < FIRST_OTHER and now == WORD_CHARACTERS:
            has |= ASCII_LETTER if FIRST_LETTER <= point | CASE_BIT <= LAST_LETTER else 0
        if letters[point] & UPPERCASE:
            has |= HAS_UPPERCASE
        elif letters[point] & LOWERCASE:
            has |= HAS_LOWERCASE
        if now == WORD_CHARACTERS:
            sentences += not is_open
            is_open = True
        elif point == DOT or point == EXCLAMATION or point == QUESTION:
            is_open = False
        dots = dots + 1 if point == DOT else 0
        symbols += point == HASH or point == ELLIPSIS or dots == 3
        dots = 0 if dots == 3 else dots
        at += width
    voiced += has & ASCII_LETTER
    capitals += has & HAS_UPPERCASE != 0 and has & HAS_LOWERCASE == 0
    return sentences, words, symbols, words - voiced, capitals


@compiled
def trailing_share(text: Bytes, start: int, stop: int, classes: NDArray[np.uint32]) -> float:
    """Return the share of lines that end in an ellipsis before white space.

    Blank lines count, too.
    """
    lines, trailing, line = 0, 0, start
    for at in range(start, stop):
        if text[at] != NEWLINE and at < stop - 1:
            continue
        lines += 1
        last = stripped_stop(text, line, at + 1, classes)
        if last > line:
            has_dots = last - line > 2 and text[last - 1] == DOT and text[last - 2] == DOT and text[last - 3] == DOT
            trailing += has_dots or code_point_before(text, last, line)[0] == ELLIPSIS
        line = at + 1
    return trailing / lines if lines else 0.0


@compiled
def vocabulary(found: Found, first: int, last: int) -> tuple[float, float, float]:
    """Measure the vocabulary of some words.

    Returns the mean length of words, different words among all, and the entropy of their frequencies in nats.
    """
    count = last - first
    table, often = np.zeros(slots_for(count), np.int32), np.zeros(count, np.int32)
    mask = len(table) - 1
    size, different = 0, 0
    for word in range(first, last):
        key = found[word * WORDS_PER_TOKEN]
        size += signed(found[word * WORDS_PER_TOKEN + 2] & LOW_BITS)
        slot = signed(key >> HALF) & mask
        while table[slot] != 0 and found[(first + table[slot] - 1) * WORDS_PER_TOKEN] != key:
            slot = (slot + 1) & mask
        if table[slot] == 0:
            table[slot] = word - first + 1
            different += 1
        often[table[slot] - 1] += 1
    entropy = 0.0
    for times in often:
        if times:
            entropy -= times / count * math.log(times / count)
    return size / count, different / count, entropy


RPV2_NATURAL_LANGUAGE = Family(
    "rpv2_natural_language@rpv2",
    {
        "num_sentences": pa.int64(),
        "word_count": pa.int64(),
        "mean_word_length": pa.float64(),
        "symbol_to_word_ratio": pa.float64(),
        "frac_lines_end_with_ellipsis": pa.float64(),
        "frac_no_alph_words": pa.float64(),
        "frac_unique_words": pa.float64(),
        "unigram_entropy": pa.float64(),
        "frac_all_caps_words": pa.float64(),
    },
    measure,
)
