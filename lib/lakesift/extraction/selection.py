"""Which blocks are kept: the model's probabilities against the page's own level."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from lakesift.settings import Settings


class SelectionSettings(Settings):
    """How probabilities become a choice; found by cross-validation on the pages of docs/extraction.md."""

    threshold: float = Field(default=0.5, gt=0, lt=1, description="Blocks that are likelier content are kept.")
    share_of_level: float = Field(
        default=0.6,
        gt=0,
        le=1,
        description="A page on which nothing is likely keeps what reaches this share of its level instead.",
    )
    level_words: int = Field(
        default=80, ge=1, description="The level: the probability that this many of the page's words reach."
    )
    share_of_best: float = Field(
        default=0.3,
        ge=0,
        lt=1,
        description="Nothing is kept below this share of what the page's likeliest block has: the words of a page with one"
        " sentence lie in its menu.",
    )
    whole_share: float = Field(
        default=0.8,
        gt=0,
        le=1,
        description="A page of which this share of the words is kept is taken for nearly all content.",
    )
    whole_threshold: float = Field(default=0.3, gt=0, lt=1, description="What a block of such a page must be above.")


def kept_blocks(
    found: NDArray[np.float64], words: NDArray[np.float64], settings: SelectionSettings
) -> NDArray[np.bool_]:
    """Which blocks are content.

    Args:
        found: the probability of each of a page's blocks.
        words: how many words each has, see `block_words`.
        settings: see there.
    """
    if not len(found):
        return np.zeros(0, np.bool_)
    order = np.argsort(-found, kind="stable")
    reached = np.cumsum(words[order])
    place = int(np.searchsorted(reached, min(settings.level_words, reached[-1] / 2)))
    level = found[order[min(place, len(order) - 1)]]
    least = max(settings.share_of_level * level, settings.share_of_best * found.max())
    kept: NDArray[np.bool_] = found > min(settings.threshold, least)
    is_whole = words[kept].sum() >= settings.whole_share * words.sum()
    return kept | (found > settings.whole_threshold) if is_whole else kept
