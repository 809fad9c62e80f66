"""Which blocks are kept: the model's probabilities against the likeliest of the page."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from lakesift.settings import Settings


class SelectionSettings(Settings):
    """How probabilities become a choice; found by cross-validation on the pages of docs/extraction.md."""

    share_of_best: float = Field(
        default=0.5,
        gt=0,
        lt=1,
        description="Blocks are kept that are likelier content than this share of what the page's likeliest block is; "
        "so a page on which nothing is likely keeps something, and one with a single likely sentence that alone.",
    )


def kept_blocks(found: NDArray[np.float64], settings: SelectionSettings) -> NDArray[np.bool_]:
    """Which blocks are content.

    Args:
        found: the probability of each of a page's blocks.
        settings: see there.
    """
    kept: NDArray[np.bool_] = found > settings.share_of_best * found.max(initial=0)
    return kept
