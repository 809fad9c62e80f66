"""Simplified text, in which copies with small differences are equal.

It does not depend on case, numbers, accents and punctuation.

The definition is that of huggingface/datatrove 0.10.1, utils/text.py, `simplify_text` with its default settings: lower
case; every number becomes 0; punctuation and control characters become spaces; canonical decomposition without
nonspacing marks; words are separated by white space. Two deliberate differences, both of them one character
deep: case and decomposition are those of each character on its own (a capital sigma always becomes σ), and there is no
tokenizer after that, where datatrove runs spaCy's, which further splits some words ("cannot", "10km").
"""

from __future__ import annotations

import unicodedata
from itertools import chain
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from lakesift.text.kernels.bytes import Bytes, code_point, eight_bytes, put_eight_bytes
from lakesift.text.kernels.characters import OTHER_SYMBOLS, code_points
from lakesift.text.kernels.compiled import compiled, pointer_to
from lakesift.text.kernels.kept_tables import kept

# datatrove 0.10.1, utils/text.py, PUNCTUATION: it lacks some marks that end a sentence.
PUNCTUATION = frozenset(map(chr, code_points(OTHER_SYMBOLS).tolist())) | frozenset(".!?。．！？")
DECIMAL_SEPARATORS = tuple(map(ord, ".,،٫⎖⎗⎘"))

# An action is the place of the bytes to be written among the replacements, and their number in the last four bits.
LENGTH_BITS = 4
LENGTH_MASK = (1 << LENGTH_BITS) - 1
SAME, SPACE, DIGIT = 0, 1, 1 << LENGTH_BITS | 1
FIRST_REPLACEMENTS = b" 0"
ZERO: Any = np.uint64(0)
ONE, EIGHT = np.uint64(1), np.uint64(8)
# Times a byte, this repeats the byte in all eight.
EACH = np.uint64(0x0101010101010101)
HIGHEST = np.uint64(0x8080808080808080)
# Bytes of simplified text per byte of text, at most: a Hangul syllable, three bytes, becomes three letters of three.
MAX_GROWTH = 3
# No other character has a case, a decomposition or is a digit, a mark, a space or punctuation; the second range is that
# of the variation selectors, which are marks.
CHANGEABLE = (range(0x2FA20), range(0xE0100, 0xE01F0))


Places = NDArray[np.int64]
Actions = NDArray[np.int32]


class SimplificationTable(NamedTuple):
    """The simplified form of each character.

    Attributes:
        letters: uint8 per byte: the simplified form of that ASCII character, 32 for a space; 0 for digits and other
        bytes.
        actions: int32 per code point: SAME, SPACE, DIGIT, or the place of its bytes in `replacements` << 4 | how many.
        replacements: UTF-8 bytes, uint8.
    """

    letters: Bytes
    actions: Actions
    replacements: Bytes


@kept
def simplification_table() -> SimplificationTable:
    """Return the table for the running Python's Unicode version."""
    actions = np.zeros(CHANGEABLE[-1].stop, np.int32)
    replacements = bytearray(FIRST_REPLACEMENTS)
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
    return SimplificationTable(letters, actions, np.array(replacements, np.uint8))


def simplified_character(character: str) -> str:
    """Return the simplified form of one character that is not a digit.

    This is its lower case, a space, or the character without its marks.
    """
    lower = character.lower()
    if lower in PUNCTUATION or lower.isspace():
        return " "
    if unicodedata.is_normalized("NFD", lower) and not any(map(is_mark, lower)):
        return lower
    return "".join(part for part in unicodedata.normalize("NFD", lower) if not is_mark(part))


def is_mark(character: str) -> bool:
    """Return whether a character is a nonspacing mark."""
    return unicodedata.category(character) == "Mn"


@compiled
def end_of_digits(data: Bytes, place: int, end: int, actions: Actions) -> int:
    """Return the end of the run of digits, in any script, that begins at an index.

    This is the index itself if there are none.
    """
    while place < end:
        point, length = code_point(data, place, end)
        if point >= actions.size or actions[point] != DIGIT:
            break
        place += length
    return place


@compiled
def end_of_number(data: Bytes, place: int, end: int, actions: Actions) -> int:
    """Return the end of the number around an index.

    A number is digits, then a decimal separator with digits behind it.
    """
    place = end_of_digits(data, place, end, actions)
    if place < end:
        point, length = code_point(data, place, end)
        if point in DECIMAL_SEPARATORS:
            decimals = end_of_digits(data, place + length, end, actions)
            if decimals > place + length:
                return decimals
    return place


@compiled
def plain_letters(eight: np.uint64) -> tuple[np.uint64, np.uint64]:
    """Return eight ASCII letters or spaces in lower case, and a mask of the spaces.

    A byte that is something else is 0; the mask has the highest bit of each space. The highest bit of a byte's sum with
    0x7F is set unless it was 0, with 0x1F from "a" on, with 0x05 behind "z".
    """
    lower = eight | EACH * np.uint64(0x20)
    spaces = ~((eight ^ EACH * np.uint64(0x20)) + EACH * np.uint64(0x7F)) & HIGHEST
    is_letter = lower + EACH * np.uint64(0x1F) & ~(lower + EACH * np.uint64(0x05))
    return (lower if (is_letter | spaces) & HIGHEST == HIGHEST else ZERO), spaces


@compiled
def plain_run(
    data: Any, place: Any, stop: Any, simple: Any, at: Any, starts: Any, words: Any, after_space: bool
) -> tuple[Any, Any, Any, bool]:
    """Simplify eight `plain_letters` at a time, and return the state reached.

    Stops before other characters and before the last eight bytes. Arrays are passed by address.
    """
    while place + EIGHT < stop:
        eight = eight_bytes(data, np.int64(place))
        if eight & HIGHEST:
            break
        lower, spaces = plain_letters(eight)
        # Two spaces that meet become one.
        if lower == ZERO or spaces & (spaces << EIGHT | np.uint64(after_space) << np.uint64(7)):
            break
        put_eight_bytes(simple, np.int64(at), lower)
        for _ in range(EIGHT):
            at += ONE
            starts[words + ONE] = at
            words += spaces >> np.uint64(7) & ONE
            spaces >>= EIGHT
        after_space = lower >> np.uint64(56) == 32
        place += EIGHT
    return place, at, words, after_space


# A processor cannot predict the ends of words, so the inner loop does not branch on them; places are unsigned, which
# spares the test for negative ones; and all but `plain_run` is one function, because a call passes each array in seven
# parts. Together that is three times as fast as the obvious form.
@compiled
def simplify(data: Bytes, start: int, end: int, table: SimplificationTable, simple: Bytes, starts: Places) -> int:
    """Write the words of `data[start:end]`, a space after each; return their number.

    `simple` takes the words, up to `MAX_GROWTH * (end - start) + 1` bytes; `starts` the places of the words and of
    the end, up to `end - start + 3` of them.
    """
    letters, actions, replacements = table
    text, written, begins = pointer_to(data), pointer_to(simple), pointer_to(starts)
    place: Any = np.uint64(start)
    stop: Any = np.uint64(end)
    at, words, after_space = ZERO, ZERO, True
    starts[0] = 0
    while place < stop:
        # Tested here as well, so that letters of other scripts do not pay for a call.
        if place + EIGHT < stop and eight_bytes(text, np.int64(place)) & HIGHEST == ZERO:
            place, at, words, after_space = plain_run(text, place, stop, written, at, begins, words, after_space)
        letter = letters[data[place]]
        least = min(place + EIGHT, stop)
        while letter != 0:
            is_space = letter == 32
            simple[at] = letter
            at += np.uint64(not (is_space and after_space))
            starts[words + ONE] = at
            words += np.uint64(is_space and not after_space)
            after_space = is_space
            place += ONE
            if place == least:
                break
            letter = letters[data[place]]
        if letter != 0:
            continue
        point, length = code_point(data, int(place), end)
        following: Any = np.int64(place) + length
        action = actions[point] if point < actions.size else SAME
        if action == SAME:
            for source in range(place, np.uint64(following)):
                simple[at] = data[source]
                at += ONE
        first = action >> LENGTH_BITS
        for source in range(first, first + (action & LENGTH_MASK)):
            simple[at] = replacements[source]
            at += ONE
        if action == SPACE:
            at -= np.uint64(after_space)
            words += np.uint64(not after_space)
            starts[words] = at
        elif action == DIGIT:
            following = end_of_number(data, following, end, actions)
        after_space = np.uint64(starts[words]) == at
        place = np.uint64(following)
    if not after_space:
        simple[at] = 32
        words += ONE
        starts[words] = at + ONE
    return int(words)
