"""The model of each block's probability of being content, in a readable file.

Pairs of boosted trees: the first model of a pair sees a block and the markup around it, the second also the first one's
probabilities of the blocks around (`context.py`). The mean of the second ones' odds decides.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from lakesift.errors import LakesiftError
from lakesift.extraction.boosted_trees import ALL_NAMES, Trees, likelihood
from lakesift.extraction.context import context_of
from lakesift.extraction.feature_names import NAMES
from lakesift.extraction.features import features_of
from lakesift.extraction.walk import Walked

FORMAT: Final = 3


class ModelUnreadable(LakesiftError):
    """A file is no model of blocks, or one for other features."""


class Pair(NamedTuple):
    """Two models: the first reads `NAMES`, the second `CONTEXT`, too."""

    first: Trees
    second: Trees


@dataclass(frozen=True)
class BlockModel:
    """The probability of each block of being content.

    Attributes:
        pairs: of models, at least one.
        record: a description of the training data, for people.
    """

    pairs: tuple[Pair, ...]
    record: dict[str, Any]

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read the model in a file.

        Raises:
            ModelUnreadable: it is none, or uses features that there are not.
        """
        try:
            found = json.loads(path.read_text("utf-8"))
            if found.get("format") != FORMAT:
                raise ValueError(f"format {found.get('format')}, not {FORMAT}")
            pairs = tuple(Pair(*map(Trees.of, (each["first"], each["second"]))) for each in found["pairs"])
            model = cls(pairs, dict(found["record"]))
            if not pairs:
                raise ValueError("no pair of models")
        except OSError as error:
            raise ModelUnreadable(
                f"cannot read {path}: {error.strerror or error}", next_step="check the path"
            ) from error
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise ModelUnreadable(
                f"{path} is no file of weights: {error!r}", next_step="train one: lakesift extractor train"
            ) from error
        unknown = {name for each in model.pairs for name in each.first.features() - {*NAMES}}
        unknown |= {name for each in model.pairs for name in each.second.features() - {*ALL_NAMES}}
        if unknown:
            raise ModelUnreadable(
                f"{path}: made for other features ({', '.join(sorted(unknown)[:3])})",
                next_step="train one: lakesift extractor train",
            )
        return model

    def write(self, path: Path) -> None:
        """Write the model, one tree per line."""
        record = json.dumps(self.record, indent=1, sort_keys=True)
        pairs = ",\n".join(
            f'{{"first": {_written(each.first)},\n"second": {_written(each.second)}}}' for each in self.pairs
        )
        path.write_text(f'{{"format": {FORMAT},\n"record": {record},\n"pairs": [\n{pairs}]}}\n', "utf-8")

    def probabilities(self, walked: Walked) -> NDArray[np.float64]:
        """Return the probability of each of a page's blocks."""
        if not len(walked.blocks):
            return np.zeros(0)
        columns = np.empty((len(ALL_NAMES), len(walked.blocks)), np.float32)
        columns[: len(NAMES)] = features_of(walked).T
        odds = np.zeros(len(walked.blocks))
        for first, second in self.pairs:
            columns[len(NAMES) :] = context_of(walked, likelihood(first.odds(columns)))
            odds += second.odds(columns)
        return likelihood(odds / len(self.pairs))


def _written(model: Trees) -> str:
    trees = ",\n".join(json.dumps(tree) for tree in model.trees)
    return f'{{"baseline": {model.baseline!r}, "trees": [\n{trees}\n]}}'
