"""Simplified text: what two copies of a document still share after a change of case, numbers, accents and punctuation.

The definition is that of huggingface/datatrove 0.10.1, utils/text.py, `simplify_text` with its default settings: lower
case; every number becomes 0; punctuation and control characters become spaces; canonical decomposition without
nonspacing marks; words are what stands between white space. Two deliberate differences, both of them one character
deep: case and decomposition are those of each character on its own (a capital sigma always becomes σ), and there is no
tokenizer after that, where datatrove runs spaCy's, which further splits some words ("cannot", "10km").
"""

from __future__ import annotations

import unicodedata
from functools import cache
from itertools import chain
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lakesift.text.compiled import compiled

# datatrove 0.10.1, utils/text.py, PUNCTUATION; the control characters are 0-8, 11-31 and 127-159.
PUNCTUATION = frozenset(
    "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~«´»–—’“”„…∶━►、。〈〉《》「」【】！％（），．１：；？～"
) | frozenset(map(chr, (*range(9), *range(11, 32), *range(127, 160))))
DECIMAL_SEPARATORS = tuple(map(ord, ".,،٫⎖⎗⎘"))

SAME, SPACE, DIGIT = 0, -1, -2
ONE = np.uint64(1)
LENGTH_BITS = 4
# Bytes of simplified text per byte of text, at most: a Hangul syllable, three bytes, becomes three letters of three.
LARGEST_GROWTH = 3
# No other character has a case, a decomposition or is a digit, a mark, a space or punctuation; the second range is that
# of the variation selectors, which are marks.
CHANGEABLE = (range(0x2FA20), range(0xE0100, 0xE01F0))


class SimplificationTable(NamedTuple):
    """What becomes of each character.

    Attributes:
        letters: uint8 per byte: what is written for this ASCII character, 32 for a space; 0 for digits and other bytes.
        actions: int32 per code point: SAME, SPACE, DIGIT, or place << 4 | length of its bytes in `replacements`.
        replacements: UTF-8 bytes, uint8.
    """

    letters: NDArray[np.uint8]
    actions: NDArray[np.int32]
    replacements: NDArray[np.uint8]


@cache
def simplification_table() -> SimplificationTable:
    """The table of the running Python's Unicode version; made once per process (0.2 s)."""
    actions = np.zeros(CHANGEABLE[-1].stop, np.int32)
    replacements = bytearray(1)  # place 0 is taken, so that no replacement has the value of SAME
    for point in chain(*CHANGEABLE):
        character = chr(point)
        simple = simplified_character(character)
        if character.isdecimal():
            actions[point] = DIGIT
        elif simple == " ":
            actions[point] = SPACE
        elif simple != character:
            written = simple.encode()
            actions[point] = len(replacements) << LENGTH_BITS | len(written)
            replacements += written
    letters = np.zeros(256, np.uint8)
    for point in range(128):
        letters[point] = 0 if actions[point] == DIGIT else ord(simplified_character(chr(point)))
    return SimplificationTable(letters, actions, np.frombuffer(bytes(replacements), np.uint8))


def simplified_character(character: str) -> str:
    """One character, not a digit, in simplified text: lower case, a space, or what is left without marks."""
    lower = character.lower()
    if lower in PUNCTUATION or lower.isspace():
        return " "
    if unicodedata.is_normalized("NFD", lower) and not any(map(is_mark, lower)):
        return lower
    return "".join(part for part in unicodedata.normalize("NFD", lower) if not is_mark(part))


def is_mark(character: str) -> bool:
    """Whether a character is a nonspacing mark."""
    return unicodedata.category(character) == "Mn"


@compiled
def character_at(data: NDArray[np.uint8], place: int, end: int) -> tuple[int, int]:
    """Code point at a place of UTF-8 text and the place of the next one; never looks at or behind `end`."""
    first = np.int64(data[place])
    length = 1 + (first >= 0xC0) + (first >= 0xE0) + (first >= 0xF0)
    stop = min(place + length, end)
    if length == 1:
        return first, stop
    point = first & (0x7F >> length)
    for at in range(place + 1, stop):
        point = point << 6 | (np.int64(data[at]) & 0x3F)
    return point, stop


@compiled
def end_of_digits(data: NDArray[np.uint8], place: int, end: int, actions: NDArray[np.int32]) -> int:
    """Place behind the run of digits, in any script, that begins at a place; the place itself when there is none."""
    while place < end:
        point, after = character_at(data, place, end)
        if point >= actions.size or actions[point] != DIGIT:
            break
        place = after
    return place


@compiled
def end_of_number(data: NDArray[np.uint8], place: int, end: int, actions: NDArray[np.int32]) -> int:
    """Place behind the number that begins at a place: digits, and a decimal separator if digits follow it."""
    place = end_of_digits(data, place, end, actions)
    if place < end:
        point, after = character_at(data, place, end)
        if point in DECIMAL_SEPARATORS:
            decimals = end_of_digits(data, after, end, actions)
            if decimals > after:
                return decimals
    return place


@compiled
def simplify_ascii(
    data: NDArray[np.uint8],
    place: np.uint64,
    end: np.uint64,
    letters: NDArray[np.uint8],
    simple: NDArray[np.uint8],
    starts: NDArray[np.int64],
    at: np.uint64,
    words: np.uint64,
) -> tuple[np.uint64, np.uint64, np.uint64]:
    """Simplify up to the next digit or character beyond ASCII; the places reached and the words closed so far.

    Where words end cannot be foretold by a processor, so nothing is decided by branches, and everything is unsigned,
    which spares the test for negative places: three times as fast as the obvious loop.
    """
    after_space = starts[words] == np.int64(at)
    while place < end:
        letter = letters[data[place]]
        if letter == 0:
            break
        is_space = letter == 32
        simple[at] = letter
        at += np.uint64(not (is_space and after_space))
        starts[words + ONE] = at
        words += np.uint64(is_space and not after_space)
        after_space = is_space
        place += ONE
    return place, at, words


@compiled
def simplify_character(
    data: NDArray[np.uint8],
    place: int,
    end: int,
    table: SimplificationTable,
    simple: NDArray[np.uint8],
    starts: NDArray[np.int64],
    at: int,
    words: int,
) -> tuple[int, int, int]:
    """Simplify one character, or one number; the places reached and the words closed so far."""
    point, after = character_at(data, place, end)
    action = table.actions[point] if point < table.actions.size else SAME
    if action == SPACE:
        return after, *close_word(simple, starts, at, words)
    if action == DIGIT:
        simple[at] = 48
        return end_of_number(data, place, end, table.actions), at + 1, words
    if action == SAME:
        length = after - place
        simple[at : at + length] = data[place:after]
    else:
        first, length = action >> LENGTH_BITS, action & (1 << LENGTH_BITS) - 1
        simple[at : at + length] = table.replacements[first : first + length]
    return after, at + length, words


@compiled
def close_word(simple: NDArray[np.uint8], starts: NDArray[np.int64], at: int, words: int) -> tuple[int, int]:
    """Write the space behind a word, if there is a word; the place reached and the words closed so far."""
    if at == starts[words]:
        return at, words
    simple[at] = 32
    starts[words + 1] = at + 1
    return at + 1, words + 1


@compiled
def simplify(
    data: NDArray[np.uint8],
    start: int,
    end: int,
    table: SimplificationTable,
    simple: NDArray[np.uint8],
    starts: NDArray[np.int64],
) -> int:
    """Write the words of one text, each followed by one space, and give their number.

    Args:
        data: UTF-8 bytes; the text is `data[start:end]`.
        start: first byte of the text.
        end: place behind its last byte.
        table: what becomes of each character.
        simple: filled with the words; at least `LARGEST_GROWTH * (end - start) + 1` bytes.
        starts: filled with the place of each word in `simple` and of the end; at least `end - start + 2` places.
    """
    at, words, place = 0, 0, start
    starts[0] = 0
    while place < end:
        reached = simplify_ascii(
            data, np.uint64(place), np.uint64(end), table.letters, simple, starts, np.uint64(at), np.uint64(words)
        )
        place, at, words = np.int64(reached[0]), np.int64(reached[1]), np.int64(reached[2])
        if place < end:
            place, at, words = simplify_character(data, place, end, table, simple, starts, at, words)
    return close_word(simple, starts, at, words)[1]
