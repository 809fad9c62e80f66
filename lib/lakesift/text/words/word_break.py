"""The Word_Break property of every code point, and the pairs that stay together.

Source: Unicode Standard Annex 29, section 4.1 (rules WB3 to WB16); the values of code points are those of the package
`regex`, of a newer Unicode than `uniseg` 0.10, so that some hundred rare or then unassigned code points have others.
"""

from __future__ import annotations

import numpy as np
import regex  # type: ignore[import-untyped]
from numpy.typing import NDArray

from lakesift.text.kernels.characters import CODE_POINTS, WORD, character_classes
from lakesift.text.kernels.kept_tables import kept

VALUES = (
    "Other",
    "CR",
    "LF",
    "Newline",
    "Extend",
    "Format",
    "ZWJ",
    "WSegSpace",
    "Regional_Indicator",
    "Katakana",
    "Hebrew_Letter",
    "ALetter",
    "Single_Quote",
    "Double_Quote",
    "MidNumLet",
    "MidLetter",
    "MidNum",
    "Numeric",
    "ExtendNumLet",
)
VALUE_SHIFT = np.uint32(20)  # the value's place in VALUES, above the bits of `character_classes`
VALUE_MASK = np.uint32(31)
PICTURE = np.uint32(1 << 25)  # Extended_Pictographic
ALPHANUMERIC = np.uint32(1 << 26)  # str.isalnum
ALIKE = np.uint32(1 << 27)  # a letter or number, which stay together in any order

# The condition for a pair of values to stay together.
BREAK, JOIN, LETTER_NEXT, HEBREW_NEXT, NUMBER_NEXT, LETTER_BEFORE, HEBREW_BEFORE, NUMBER_BEFORE, ODD_FLAGS = range(9)

LETTERS = ("ALetter", "Hebrew_Letter")
IN_LETTERS = ("MidLetter", "MidNumLet", "Single_Quote")
IN_NUMBERS = ("MidNum", "MidNumLet", "Single_Quote")
SKIPPED = ("Extend", "Format", "ZWJ")


@kept
def word_break_classes() -> NDArray[np.uint32]:
    """Return `character_classes` with the bits of Word_Break added, uint32[0x110000].

    The bits are the value, PICTURE, ALPHANUMERIC and ALIKE.
    """
    table = character_classes().copy()
    table[(table & WORD) > 0] |= ALPHANUMERIC
    table[ord("_")] &= ~ALPHANUMERIC
    points = np.concatenate([np.arange(0xD800), np.arange(0xE000, CODE_POINTS)])
    every = "".join(map(chr, points.tolist()))
    for value, name in enumerate(VALUES[1:], 1):
        alike = ALIKE if name in (*LETTERS, "Numeric") else np.uint32(0)
        table[_places(rf"\p{{Word_Break={name}}}", every, points)] |= np.uint32(value) << VALUE_SHIFT | alike
    table[_places(r"\p{Extended_Pictographic}", every, points)] |= PICTURE
    return table


def _places(pattern: str, every: str, points: NDArray[np.int64]) -> NDArray[np.int64]:
    return points[np.fromiter((match.start() for match in regex.finditer(pattern, every)), np.int64)]


def pair_rules() -> NDArray[np.uint8]:
    """Return for each pair of values the condition for no break, uint8[32, 32].

    SKIPPED values between them are left out.
    """
    rules = np.full((32, 32), BREAK, np.uint8)

    def rule(need: int, before: tuple[str, ...], after: tuple[str, ...]) -> None:
        for first in before:
            rules[VALUES.index(first), [VALUES.index(second) for second in after]] = need

    rule(LETTER_NEXT, LETTERS, IN_LETTERS)  # WB6
    rule(LETTER_BEFORE, IN_LETTERS, LETTERS)  # WB7
    rule(JOIN, ("Hebrew_Letter",), ("Single_Quote",))  # WB7a
    rule(HEBREW_NEXT, ("Hebrew_Letter",), ("Double_Quote",))  # WB7b
    rule(HEBREW_BEFORE, ("Double_Quote",), ("Hebrew_Letter",))  # WB7c
    rule(JOIN, (*LETTERS, "Numeric"), (*LETTERS, "Numeric"))  # WB5, WB8 to WB10
    rule(NUMBER_BEFORE, IN_NUMBERS, ("Numeric",))  # WB11
    rule(NUMBER_NEXT, ("Numeric",), IN_NUMBERS)  # WB12
    rule(JOIN, ("Katakana",), ("Katakana",))  # WB13
    connected = (*LETTERS, "Numeric", "Katakana")
    rule(JOIN, (*connected, "ExtendNumLet"), ("ExtendNumLet",))  # WB13a
    rule(JOIN, ("ExtendNumLet",), connected)  # WB13b
    rule(ODD_FLAGS, ("Regional_Indicator",), ("Regional_Indicator",))  # WB15, WB16
    return rules


def values(*names: str) -> np.uint32:
    """Return a set of values of Word_Break, one bit each."""
    return np.uint32(sum(1 << VALUES.index(name) for name in names))
