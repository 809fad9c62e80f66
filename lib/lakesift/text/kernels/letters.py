"""Properties of each code point by Python's string methods and its Unicode name.

This is a second table beside `characters`.
"""

from __future__ import annotations

import unicodedata

import numpy as np
from numpy.typing import NDArray

from lakesift.text.kernels.characters import CODE_POINTS
from lakesift.text.kernels.kept_tables import kept

UPPERCASE = 1  # str.isupper
LOWERCASE = 2  # str.islower or str.istitle, but not str.isupper
NUMERIC = 4  # its lower case in canonical decomposition has a character that is str.isnumeric
WHITE_SPACE = 8  # Unicode's White_Space, which lacks the separators U+001C to U+001F that are in str.isspace
ALPHABETIC = 16  # general categories L* and Nl
BASE_SHIFT = 8
BASE_MASK = 0xFF << BASE_SHIFT
SIZE_SHIFT = 16


@kept
def letter_kinds() -> NDArray[np.uint32]:
    """Return the bits of every code point, uint32[0x110000].

    From `BASE_SHIFT` on, eight bits: the first character of its lower case in canonical decomposition where it is
    ASCII, else 0. From `SIZE_SHIFT` on: number of code points of that decomposition.
    """
    table = np.zeros(CODE_POINTS, np.uint32)
    separators = range(0x1C, 0x20)
    for point in range(CODE_POINTS):
        character = chr(point)
        lower = unicodedata.normalize("NFD", character.lower())
        bits = len(lower) << SIZE_SHIFT
        if lower[0] < "\x80":
            bits |= ord(lower[0]) << BASE_SHIFT
        if character.isupper():
            bits |= UPPERCASE
        elif character.islower() or character.istitle():
            bits |= LOWERCASE
        if any(each.isnumeric() for each in lower):
            bits |= NUMERIC
        if character.isspace() and point not in separators:
            bits |= WHITE_SPACE
        if character.isalpha() or unicodedata.category(character) == "Nl":
            bits |= ALPHABETIC
        table[point] = bits
    return table
