"""The first model's probabilities of the blocks around, as features of the second.

A block's neighbours give evidence of its kind: jusText's context-sensitive classification and boilerpipe's
classifiers use them (Pomikálek 2011, section 3.3; Kohlschütter et al. 2010); here the trees learn how (Wolpert 1992,
Stacked Generalization). Means and sums weight a block by its words. -1 stands for a missing value.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from lakesift.extraction.feature_names import CONTEXT, NEAR, WINDOWS
from lakesift.extraction.features import log, paths_of
from lakesift.extraction.walk import Walked
from lakesift.text.kernels.compiled import compiled

Floats = NDArray[np.float64]
NONE: Final = -1.0
NEAR_OFFSETS, WINDOW_REACHES = np.array(NEAR, np.int64), np.array(WINDOWS, np.int64)


def context_of(walked: Walked, found: Floats) -> NDArray[np.float32]:
    """Return the features: float32[len(CONTEXT), blocks].

    Args:
        walked: the page.
        found: each block's probability by the first model.
    """
    columns = np.empty((len(CONTEXT), len(found)), np.float32)
    if len(found):
        fill_context(walked.blocks, walked.elements, found, block_words(walked), columns)
    return columns


def block_words(walked: Walked) -> Floats:
    """Return the weight of each block: its words, two wide characters being one."""
    words: Floats = walked.blocks["words"] + walked.blocks["wide"] / 2 + 0.5
    return words


@compiled
def fill_context(blocks: Any, elements: Any, found: Floats, words: Floats, columns: NDArray[np.float32]) -> None:
    """Fill all features of all blocks."""
    columns[0] = found
    at = 1
    for by in NEAR_OFFSETS:
        for number in range(len(found)):
            other = number + by
            columns[at, number] = found[other] if 0 <= other < len(found) else NONE
        at += 1
    at = windows(found, words, columns, at)
    keys = paths_of(blocks, elements)[1]
    others(keys, len(blocks), found, words, columns[at])
    for level in range(1, 3):
        for number in range(len(found)):
            inner = blocks[number].element if level == 1 else keys[number]
            keys[number] = max(elements[inner].parent, 0)
        others(keys, len(elements), found, words, columns[at + level])
    page(found, words, columns, at + 3)


@compiled
def windows(found: Floats, words: Floats, columns: NDArray[np.float32], at: int) -> int:
    """Write the means of the blocks before, and of as many behind, for each reach.

    They are 0 at the ends of the page.
    """
    for reach in WINDOW_REACHES:
        for number in range(len(found)):
            for side in range(2):
                start = max(number - reach, 0) if side == 0 else number + 1
                stop = number if side == 0 else min(number + reach + 1, len(found))
                likely = weight = 0.0
                for other in range(start, stop):
                    likely += found[other] * words[other]
                    weight += words[other]
                columns[at + side, number] = likely / max(weight, 0.5)
        at += 2
    return at


@compiled
def others(keys: NDArray[np.int64], count: int, found: Floats, words: Floats, column: NDArray[np.float32]) -> None:
    """Write the means of the other blocks with the same key.

    Keys are below `count`.
    """
    likely, weight, blocks = np.zeros(count), np.zeros(count), np.zeros(count)
    for number in range(len(found)):
        key = keys[number]
        likely[key] += found[number] * words[number]
        weight[key] += words[number]
        blocks[key] += 1
    for number in range(len(found)):
        key, own = keys[number], words[number]
        column[number] = (likely[key] - found[number] * own) / max(weight[key] - own, 0.5) if blocks[key] > 1 else NONE


@compiled
def page(found: Floats, words: Floats, columns: NDArray[np.float32], at: int) -> None:
    """Write the likely words before, from here on and in the page.

    The likeliest block on either side follows.
    """
    total = all_words = before = 0.0
    for number in range(len(found)):
        total += found[number] * words[number]
        all_words += words[number]
    highest = NONE
    for number in range(len(found)):
        columns[at, number] = before / max(total, 1e-9)
        columns[at + 1, number], columns[at + 2, number] = log(before), log(max(total - before, 0.0))
        columns[at + 3, number], columns[at + 4, number] = log(total), total / all_words
        columns[at + 5, number] = highest
        before += found[number] * words[number]
        highest = max(highest, found[number])
    highest = NONE
    for number in range(len(found) - 1, -1, -1):
        columns[at + 6, number] = highest
        highest = max(highest, found[number])
