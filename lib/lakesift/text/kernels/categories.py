"""General category and lower case of each code point, by the running Python."""

from __future__ import annotations

import unicodedata
from functools import cache

import numpy as np
from numpy.typing import NDArray

from lakesift.text.kernels.characters import CODE_POINTS
from lakesift.text.kernels.kept_tables import kept

CATEGORIES = (
    *("Cc", "Cf", "Cn", "Co", "Cs", "Ll", "Lm", "Lo", "Lt", "Lu", "Mc", "Me", "Mn", "Nd", "Nl", "No"),
    *("Pc", "Pd", "Pe", "Pf", "Pi", "Po", "Ps", "Sc", "Sk", "Sm", "So", "Zl", "Zp", "Zs"),
)
# The one character whose lower case has two code points: "i" and a dot above.
DOTTED_CAPITAL_I, DOT_ABOVE = 0x130, 0x307
MAX_CASED = 0x20000


@kept
def general_categories() -> NDArray[np.uint8]:
    """Return the index in `CATEGORIES` of each code point's category, uint8[0x110000]."""
    indices = {category: place for place, category in enumerate(CATEGORIES)}
    found = map(indices.__getitem__, map(unicodedata.category, map(chr, range(CODE_POINTS))))
    return np.fromiter(found, np.uint8, CODE_POINTS)


def categories_in(*majors: str) -> list[int]:
    """Return the indices of the categories that begin with one of `L`, `Nd` or others."""
    return [place for place, category in enumerate(CATEGORIES) if category.startswith(majors)]


@cache
def lower_case() -> NDArray[np.int32]:
    """Return the lower case of each code point on its own, int32[0x110000].

    `DOTTED_CAPITAL_I` stays as it is. A capital sigma always becomes σ, where `str.lower` writes ς at the end of a
    word.
    """
    table = np.arange(CODE_POINTS, dtype=np.int32)
    for point in range(MAX_CASED):
        lower = chr(point).lower()
        if len(lower) == 1:
            table[point] = ord(lower)
    return table
