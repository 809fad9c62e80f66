"""Which blocks are kept: the model's probabilities, evened out over blocks of one kind, against the page's own level."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from lakesift.extraction.walk import Walked
from lakesift.settings import Settings


class SelectionSettings(Settings):
    """How probabilities become a choice; found by cross-validation on the pages of docs/extraction.md."""

    path_weight: float = Field(
        default=0.3, ge=0, le=1, description="Weight of the mean of all blocks with the same path of tags and classes."
    )
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


def kept_blocks(walked: Walked, found: NDArray[np.float64], settings: SelectionSettings) -> NDArray[np.bool_]:
    """Which blocks are content.

    Args:
        walked: the page.
        found: each block's probability.
        settings: see there.
    """
    if not len(found):
        return np.zeros(0, np.bool_)
    words = walked.blocks["words"] + walked.blocks["wide"] / 2 + 0.5
    paths = walked.elements["signature"][walked.blocks["element"]]
    even = (1 - settings.path_weight) * found + settings.path_weight * _means(paths, found, words)
    order = np.argsort(-even, kind="stable")
    reached = np.cumsum(words[order])
    place = int(np.searchsorted(reached, min(settings.level_words, reached[-1] / 2)))
    level = even[order[min(place, len(order) - 1)]]
    kept: NDArray[np.bool_] = even > min(settings.threshold, settings.share_of_level * level)
    return kept


def _means(keys: NDArray[np.generic], values: NDArray[np.float64], weights: NDArray[np.float64]) -> NDArray[np.float64]:
    _, group = np.unique(keys, return_inverse=True)
    means: NDArray[np.float64] = (np.bincount(group, values * weights) / np.bincount(group, weights))[group]
    return means
