"""The model that gives each block its probability of being content, in a file that one can read.

Two models of boosted trees: the first sees a block and the markup around it, the second also what the first made of the
blocks around (`context.py`).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Self

import numpy as np
from numpy.typing import NDArray

from lakesift.errors import LakesiftError
from lakesift.extraction.boosted_trees import ALL_NAMES, Trees
from lakesift.extraction.context import context_of
from lakesift.extraction.feature_names import NAMES
from lakesift.extraction.features import features_of
from lakesift.extraction.walk import Walked

FORMAT: Final = 2


class ModelUnreadable(LakesiftError):
    """A file is no model of blocks, or one for other features."""


@dataclass(frozen=True)
class BlockModel:
    """How likely each block is content.

    Attributes:
        first: asks for `NAMES`.
        second: for `CONTEXT`, too.
        record: what they were trained on, for people.
    """

    first: Trees
    second: Trees
    record: dict[str, Any]

    @classmethod
    def read(cls, path: Path) -> Self:
        """The model in a file.

        Raises:
            ModelUnreadable: it is none, or uses features that there are not.
        """
        try:
            found = json.loads(path.read_text("utf-8"))
            if found.get("format") != FORMAT:
                raise ValueError(f"format {found.get('format')}, not {FORMAT}")
            model = cls(Trees.of(found["first"]), Trees.of(found["second"]), dict(found["record"]))
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise ModelUnreadable(f"{path}: {error!r}", next_step="train one: lakesift extractor train") from error
        unknown = (model.first.features() - {*NAMES}) | (model.second.features() - {*ALL_NAMES})
        if unknown:
            raise ModelUnreadable(
                f"{path}: made for other features ({', '.join(sorted(unknown)[:3])})",
                next_step="train one: lakesift extractor train",
            )
        return model

    def write(self, path: Path) -> None:
        """Write the model, a tree in a line."""
        record = json.dumps(self.record, indent=1, sort_keys=True)
        first, second = map(_written, (self.first, self.second))
        path.write_text(
            f'{{"format": {FORMAT},\n"record": {record},\n"first": {first},\n"second": {second}}}\n', "utf-8"
        )

    def probabilities(self, walked: Walked) -> NDArray[np.float64]:
        """The probability of each of a page's blocks."""
        if not len(walked.blocks):
            return np.zeros(0)
        columns = np.ascontiguousarray(features_of(walked).T)
        context = context_of(walked, self.first.probabilities(columns))
        return self.second.probabilities(np.concatenate([columns, context]))


def _written(model: Trees) -> str:
    trees = ",\n".join(json.dumps(tree) for tree in model.trees)
    return f'{{"baseline": {model.baseline!r}, "trees": [\n{trees}\n]}}'
