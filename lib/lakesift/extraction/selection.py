"""The choice of the kept blocks.

It compares the model's probabilities with the page's level, and looks for sentences among the kept blocks.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from lakesift.settings import Settings
from lakesift.text.kernels.compiled import compiled


class SelectionSettings(Settings):
    """The settings of the choice.

    They were found by cross-validation on the pages of docs/extraction.md.
    """

    threshold: float = Field(
        default=0.5, gt=0, lt=1, description="Blocks that end a sentence and are likelier content are kept."
    )
    between_threshold: float = Field(
        default=0.2,
        gt=0,
        lt=1,
        description="What a block that ends a sentence must be above where blocks before and behind it are kept.",
    )
    share_of_level: float = Field(
        default=0.6,
        gt=0,
        le=1,
        description="Others must reach this share of the page's level, and so may all where nothing is likely.",
    )
    level_words: int = Field(
        default=80, ge=1, description="The level: the probability that this many of the page's words reach."
    )
    share_of_best: float = Field(
        default=0.3,
        ge=0,
        lt=1,
        description="Nothing is kept below this share of what the page's likeliest block has: the words of a page with "
        "one sentence lie in its menu.",
    )
    whole_share: float = Field(
        default=0.8,
        gt=0,
        le=1,
        description="A page of which this share of the words is kept is taken for nearly all content.",
    )
    whole_threshold: float = Field(default=0.3, gt=0, lt=1, description="What a block of such a page must be above.")


def kept_blocks(
    found: NDArray[np.float64],
    words: NDArray[np.float64],
    ends_sentence: NDArray[np.bool_],
    settings: SelectionSettings,
) -> NDArray[np.bool_]:
    """Return which blocks are content.

    Args:
        found: the probability of each of a page's blocks.
        words: number of words of each, see `block_words`.
        ends_sentence: whether its last character does.
        settings: see there.
    """
    kept = np.zeros(len(found), np.bool_)
    if len(found):
        shares = (settings.share_of_level, settings.level_words, settings.share_of_best)
        whole = (settings.whole_share, settings.whole_threshold)
        choose(found, words, ends_sentence, settings.threshold, settings.between_threshold, shares, whole, kept)
    return kept


@compiled
def choose(
    found: NDArray[np.float64],
    words: NDArray[np.float64],
    ends_sentence: NDArray[np.bool_],
    threshold: float,
    between: float,
    shares: tuple[float, int, float],
    whole: tuple[float, float],
    kept: NDArray[np.bool_],
) -> None:
    """Set `kept` where a block is content."""
    share_of_level, level_words, share_of_best = shares
    whole_share, whole_threshold = whole
    all_words, highest = words.sum(), found.max()
    reached, level = 0.0, highest
    for number in np.argsort(-found):
        level = found[number]
        reached += words[number]
        if reached >= min(level_words, all_words / 2):
            break
    least = max(share_of_level * level, share_of_best * highest)
    kept_words = 0.0
    for number in range(len(found)):
        kept[number] = found[number] > (min(threshold, least) if ends_sentence[number] else least)
        kept_words += words[number] * kept[number]
    if kept_words >= whole_share * all_words:
        for number in range(len(found)):
            kept[number] |= found[number] > whole_threshold
    last = len(found) - 1
    while last >= 0 and not kept[last]:
        last -= 1
    is_behind = False
    for number in range(last):
        is_behind |= kept[number]
        kept[number] |= is_behind and ends_sentence[number] and found[number] > between
