"""A kernel that counts a string in a text as `str.count` does, in linear time.

Source: D. E. Knuth, J. H. Morris, V. R. Pratt, Fast pattern matching in strings (SIAM J. Comput. 6, 1977).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lakesift.text.kernels.bytes import Bytes
from lakesift.text.kernels.compiled import compiled


@compiled
def occurrences(text: Bytes, start: int, stop: int, pattern: Bytes, size: int, borders: NDArray[np.int32]) -> int:
    """Count `pattern[:size]` (not empty) in `text[start:stop]`, without overlaps.

    `borders` is room for `size` numbers.
    """
    borders[0], border = 0, 0
    for at in range(1, size):
        while border and pattern[at] != pattern[border]:
            border = borders[border - 1]
        border += pattern[at] == pattern[border]
        borders[at] = border
    count, equal = 0, 0
    for at in range(start, stop):
        while equal and text[at] != pattern[equal]:
            equal = borders[equal - 1]
        equal += text[at] == pattern[equal]
        if equal == size:
            count += 1
            equal = 0
    return count
