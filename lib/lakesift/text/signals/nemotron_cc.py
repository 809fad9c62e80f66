"""Nemotron-CC's heuristics by NeMo Curator, all but `gopher_repetition@nemo`.

Source: NVIDIA/NeMo-Curator ecd5c579 `nemo_curator/filters/heuristic_filter.py` and `nemo_curator/utils/constants.py`,
in the set that `config/heuristic_filter_en.yaml` names. Words are between white space, sentences are lines that are
not blank, paragraphs are separated by two newlines, lengths are in code points. Three differences: common words are
counted to the end; of the notices on cookies that are whole paragraphs in the source the opening words are looked for;
shares of nothing, where the source fails, are 0.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from lakesift.text.kernels.bytes import Bytes, code_point, code_point_before, signed
from lakesift.text.kernels.characters import DECIMAL, LETTER, character_classes
from lakesift.text.kernels.compiled import compiled, pointer_to
from lakesift.text.kernels.segments import segment_end, stripped_start, stripped_stop
from lakesift.text.kernels.splitting import LOW_BITS, WORDS_PER_TOKEN, Found, flags_of, start_of, stop_of
from lakesift.text.kernels.substrings import Strings, is_at, next_string, strings_of
from lakesift.text.signals.family import Batch, Family, per_text
from lakesift.text.signals.gopher_quality import STOP_MASK, STOP_SHIFT, STOPS
from lakesift.text.words import whitespace_words

LOREM_IPSUM = 0
BOILERPLATE = strings_of(
    [
        "lorem ipsum",
        *("terms of use", "privacy policy", "cookie policy", "uses cookies", "privacy overview", "use of cookies"),
        *("use cookies", "privacy & cookies policy", "privacy and cookies policy"),
        *("necessary cookies are absolutely essential", "any cookies that may not be particularly necessary"),
        "if you continue to browse this site without changing your cookie",
    ],
    ignore_case=True,
)
ELLIPSES = strings_of(["...", "[...]", "…", "(...)", "[…]", "-»", "read more..", "read more"], ignore_case=True)
ELLIPSIS_SIZES = np.diff(ELLIPSES.starts)
BULLETS = np.array([ord(bullet) for bullet in "•‣⁃⁌⁍∙○●◘◦⦾⦿"])
FIRST_BULLET = int(BULLETS.min())
END_MARKS = np.array([ord(mark) for mark in ".?!\"'"])
ANGLES = (0x27E8, 0x27E9)
HASH, NEWLINE, LETTER_H, COLON, SLASH = ord("#"), ord("\n"), ord("h"), ord(":"), ord("/")
LETTER_P, LETTER_S, LETTER_T = ord("p"), ord("s"), ord("t")
FIRST_OTHER = 0x80
PLAIN, DIGIT, WHITE, BRACKET, ADDRESS = 1, 2, 4, 8, 16
KINDS = np.zeros(256, np.uint8)
for _kind, _bytes in (
    (PLAIN, b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789\n?!,."),
    (DIGIT, b"0123456789"),
    (WHITE, b"\t\n\r\b "),
    (BRACKET, b"{}[]()"),
    (ADDRESS, bytes(range(ord("$"), ord("_") + 1)) + b"abcdefghijklmnopqrstuvwxyz!"),
):
    KINDS[list(_bytes)] |= _kind


def measure(batch: Batch) -> NDArray[np.float64]:
    """Return one row per text, the columns of `NEMOTRON_CC`.

    An empty text has 1 in the shares of its characters, else 0.
    """
    return per_text(
        _measure, whitespace_words(batch.texts), len(NEMOTRON_CC.columns), character_classes(), BOILERPLATE, ELLIPSES
    )


@compiled
def _measure(
    text: NDArray[np.uint8],
    offsets: NDArray[np.int64],
    firsts: NDArray[np.int64],
    found: Found,
    classes: NDArray[np.uint32],
    boilerplate: Strings,
    ellipses: Strings,
    values: NDArray[np.float64],
) -> None:
    text_at, classes_at, found_at = pointer_to(text), pointer_to(classes), pointer_to(found)
    for document in range(len(values)):
        row = values[document]
        start, stop = offsets[document], offsets[document + 1]
        if start == stop:
            row[:5] = 1
            continue
        size, plain, digits, white, brackets, addresses = count_characters(text_at, start, stop, classes_at)
        row[0], row[1], row[2] = (size - plain) / size, digits / size, addresses / size
        row[3], row[4] = white / size, brackets / size
        row[5] = boilerplate_share(text_at, start, stop, boilerplate)
        measure_words(text_at, found_at, firsts[document], firsts[document + 1], ellipses, row[6:12])
        measure_lines(text_at, start, stop, classes_at, ellipses, row[12:])


@compiled
def count_characters(
    text: Bytes, start: int, stop: int, classes: NDArray[np.uint32]
) -> tuple[int, int, int, int, int, int]:
    """Count the code points of a text by kind.

    The kinds are all, letters with digits and common marks, digits, white space, brackets, and those in addresses.
    """
    size, plain, digits, white, brackets, addresses = 0, 0, 0, 0, 0, 0
    at, free = start, start
    while at < stop:
        byte = text[at]
        size += 1
        if byte >= FIRST_OTHER:
            point, width = code_point(text, at, stop)
            digits += classes[point] & DECIMAL != 0
            brackets += point == ANGLES[0] or point == ANGLES[1]
            at += width
            continue
        kind = KINDS[byte]
        plain += kind & PLAIN
        digits += kind & DIGIT != 0
        white += kind & WHITE != 0
        brackets += kind & BRACKET != 0
        if byte == LETTER_H and at >= free:
            free = address_end(text, at, stop)
            addresses += free - at
        at += 1
    return size, plain, digits, white, brackets, addresses


@compiled
def address_end(text: Bytes, at: int, stop: int) -> int:
    """Return the end of the ASCII web address at a byte, or `at` if there is none."""
    if at + 8 > stop or text[at + 1] != LETTER_T or text[at + 2] != LETTER_T or text[at + 3] != LETTER_P:
        return at
    end = at + 5 if text[at + 4] == LETTER_S else at + 4
    if end + 3 >= stop or text[end] != COLON or text[end + 1] != SLASH or text[end + 2] != SLASH:
        return at
    end += 3
    if not KINDS[text[end]] & ADDRESS:
        return at
    while end < stop and KINDS[text[end]] & ADDRESS:
        end += 1
    return end


@compiled
def boilerplate_share(text: Bytes, start: int, stop: int, boilerplate: Strings) -> float:
    """Return the share of paragraphs with a notice on cookies, terms or privacy.

    It is 1 if a paragraph has placeholder text.
    """
    paragraphs, flagged, at = 0, 0, start
    while at <= stop:
        end, after, _ = segment_end(text, at, stop, 2, 2)
        paragraphs += 1
        place, string = next_string(text, at, at, end, boilerplate)
        flagged += string >= 0
        while string >= 0:
            if string == LOREM_IPSUM:
                return 1.0
            place, string = next_string(text, place, at, end, boilerplate)
        at = after
    return flagged / paragraphs


@compiled
def measure_words(
    text: Bytes, found: Found, first: int, last: int, ellipses: Strings, values: NDArray[np.float64]
) -> None:
    """Measure the words of a text.

    The values are symbols, words, mean and maximum length, common words, and words with a letter. All counts but that
    of words are shares.
    """
    symbols, size, max_length, common, alphabetic = 0, 0, 0, 0, 0
    for word in range(first, last):
        key = found[word * WORDS_PER_TOKEN]
        length = signed(found[word * WORDS_PER_TOKEN + 2] & LOW_BITS)
        size += length
        max_length = max(max_length, length)
        common += STOPS[signed(key >> STOP_SHIFT & STOP_MASK)] == key
        if flags_of(found, word) & LETTER:
            alphabetic += 1
            symbols += is_mostly_hashes(text, start_of(found, word), stop_of(found, word), length)
        else:
            start, stop = start_of(found, word), stop_of(found, word)
            symbols += is_ellipsis(text, start, stop, ellipses) or is_mostly_hashes(text, start, stop, length)
    values[1], values[3], values[4] = last - first, max_length, common
    if last > first:
        values[0], values[2], values[5] = symbols / (last - first), size / (last - first), alphabetic / (last - first)


@compiled
def is_mostly_hashes(text: Bytes, start: int, stop: int, length: int) -> bool:
    """Return whether a word's runs of number signs exceed half of its code points."""
    runs = 0
    for at in range(start, stop):
        runs += text[at] == HASH and (at == start or text[at - 1] != HASH)
    return 2 * runs > length


@compiled
def is_ellipsis(text: Bytes, start: int, stop: int, ellipses: Strings) -> bool:
    """Return whether a word is one of the ellipses."""
    for string in range(len(ELLIPSIS_SIZES)):
        if stop - start == ELLIPSIS_SIZES[string] and is_at(text, start, stop, string, ellipses):
            return True
    return False


@compiled
def measure_lines(
    text: Bytes,
    start: int,
    stop: int,
    classes: NDArray[np.uint32],
    ellipses: Strings,
    values: NDArray[np.float64],
) -> None:
    """Return the shares of three kinds of lines among those that are not blank.

    The kinds are without an end mark, ending in an ellipsis, and starting with a bullet.
    """
    lines, open_ends, trailing, bullets = 0, 0, 0, 0
    while start <= stop:
        end, after, _ = segment_end(text, start, stop, 1, 1)
        first = stripped_start(text, start, end, classes)
        if first < end:
            last = stripped_stop(text, first, end, classes)
            lines += 1
            point, _ = code_point(text, first, last)
            bullets += point >= FIRST_BULLET and np.equal(BULLETS, point).any()
            point, _ = code_point_before(text, last, first)
            open_ends += not np.equal(END_MARKS, point).any()
            for string in range(len(ELLIPSIS_SIZES)):
                place = last - ELLIPSIS_SIZES[string]
                if place >= first and is_at(text, place, last, string, ellipses):
                    trailing += 1
                    break
        start = after
    if lines:
        values[0], values[1], values[2] = open_ends / lines, trailing / lines, bullets / lines


NEMOTRON_CC = Family(
    "nemotron_cc@nemo",
    {
        "alpha_numeric": pa.float64(),
        "numbers_ratio": pa.float64(),
        "urls_ratio": pa.float64(),
        "white_space": pa.float64(),
        "parentheses_ratio": pa.float64(),
        "boilerplate_string_ratio": pa.float64(),
        "symbol_to_word": pa.float64(),
        "word_count": pa.int64(),
        "mean_word_length": pa.float64(),
        "max_word_length": pa.int64(),
        "common_english_words": pa.int64(),
        "words_without_alphabets": pa.float64(),
        "punctuation": pa.float64(),
        "ellipsis": pa.float64(),
        "bullet_ratio": pa.float64(),
    },
    measure,
)
