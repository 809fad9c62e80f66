"""The script of each letter: one number per Unicode code point.

Source: Unicode 14 `Scripts.txt`, of letters (general category L*) only; the ranges include code points between them
that are no letters. Hiragana and Katakana are one, `kana`.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from lakesift.text.kernels.categories import categories_in, general_categories
from lakesift.text.kernels.characters import CODE_POINTS, code_points

SCRIPTS = {
    "latin": "41-aa ba-2b8 2e0-2e4 1d00-1d25 1d2c-1d5c 1d62-1d65 1d6b-1d77 1d79-1dbe 1e00-1eff 2071-209c 212a-212b 2132"
    " 214e-2184 2c60-2c7f a722-a787 a78b-a7ff ab30-ab64 ab66-ab69 fb00-fb06 ff21-ff5a 10780-107ba 1df00-1df1e",
    "cyrillic": "400-52f 1c80-1c88 1d2b 1d78 a640-a69d",
    "greek": "370-373 376-3e1 3f0-3ff 1d26-1d2a 1d5d-1d61 1d66-1d6a 1dbf 1f00-1ffc 2126 ab65",
    "arabic": "620-63f 641-6ff 750-77f 870-8c9 fb50-fefc 1ee00-1eebb",
    "hebrew": "5d0-5f2 fb1d-fb4f",
    "devanagari": "904-97f a8f2-a8fe",
    "bengali": "980-9fc",
    "thai": "e01-e46",
    "han": "3005 303b 3400-9fff f900-fad9 16fe3 20000-323af",
    "kana": "3041-30fa 30fd-30ff 31f0-31ff ff66-ff6f ff71-ff9d 1aff0-1b167",
    "hangul": "1100-11ff 3131-318e a960-a97c ac00-d7fb ffa0-ffdc",
}
NO_LETTER, OTHER = 0, len(SCRIPTS) + 1


@cache
def letter_scripts() -> NDArray[np.uint8]:
    """Return the script of each letter, 0 for other code points.

    The number is the index in `SCRIPTS` from 1 on, or `OTHER`.
    """
    table = np.full(CODE_POINTS, OTHER, np.uint8)
    for place, ranges in enumerate(SCRIPTS.values(), 1):
        table[code_points(ranges)] = place
    table[~np.isin(general_categories(), categories_in("L"))] = NO_LETTER
    return table
