"""The model that gives each block its probability of being content: boosted trees in a file that one can read."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Final, Self

import numpy as np
from numpy.typing import NDArray

from lakesift.errors import LakesiftError
from lakesift.extraction.features import NAMES
from lakesift.text.compiled import compiled

LEAF: Final = -1
FORMAT: Final = 1


class ModelUnreadable(LakesiftError):
    """A file is no model of blocks, or one for other features."""


@dataclass(frozen=True)
class BlockModel:
    """Boosted regression trees for the logarithm of the odds that a block is content.

    Attributes:
        baseline: the logarithm before any tree.
        trees: of each tree its nodes; a node is (feature, threshold, left, right), values up to the threshold go left;
            a leaf is ("", value, -1, -1).
        record: what it was trained on, for people.
    """

    baseline: float
    trees: tuple[tuple[tuple[str, float, int, int], ...], ...]
    record: dict[str, Any]

    @classmethod
    def read(cls, path: Path) -> Self:
        """The model in a file.

        Raises:
            ModelUnreadable: it is none, or uses features that there are not.
        """
        try:
            found = json.loads(path.read_text("utf-8"))
            trees = tuple(
                tuple((str(name), float(value), int(left), int(right)) for name, value, left, right in tree)
                for tree in found["trees"]
            )
            model = cls(float(found["baseline"]), trees, dict(found["record"]))
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise ModelUnreadable(f"{path}: {error!r}", next_step="train one: lakesift extractor train") from error
        unknown = {node[0] for tree in trees for node in tree} - {*NAMES, ""}
        if found.get("format") != FORMAT or unknown:
            raise ModelUnreadable(
                f"{path}: made for other features ({', '.join(sorted(unknown)[:3])})",
                next_step="train one: lakesift extractor train",
            )
        return model

    def write(self, path: Path) -> None:
        """Write the model, a tree in a line."""
        trees = ",\n".join(json.dumps(tree) for tree in self.trees)
        record = json.dumps(self.record, indent=1, sort_keys=True)
        path.write_text(
            f'{{"format": {FORMAT},\n"record": {record},\n"baseline": {self.baseline!r},\n"trees": [\n{trees}\n]}}\n',
            "utf-8",
        )

    def probabilities(self, features: NDArray[np.float32]) -> NDArray[np.float64]:
        """The probability of each block: float64[blocks] from float32[blocks, len(NAMES)]."""
        found: NDArray[np.float64] = 1 / (1 + np.exp(-sums(features, self.baseline, *self._arrays)))
        return found

    @cached_property
    def _arrays(self) -> tuple[NDArray[np.int32], NDArray[np.float64], NDArray[np.int32], NDArray[np.int64]]:
        numbers = {name: number for number, name in enumerate(NAMES)}
        nodes = [node for tree in self.trees for node in tree]
        firsts = np.cumsum([0, *(len(tree) for tree in self.trees)], dtype=np.int64)
        features = np.array([numbers.get(node[0], LEAF) for node in nodes], np.int32)
        values = np.array([node[1] for node in nodes], np.float64)
        children = np.array([node[2:] for node in nodes], np.int32).reshape(-1, 2)
        return features, values, children, firsts[:-1]


@compiled
def sums(
    found: NDArray[np.float32],
    baseline: float,
    features: NDArray[np.int32],
    values: NDArray[np.float64],
    children: NDArray[np.int32],
    firsts: NDArray[np.int64],
) -> NDArray[np.float64]:
    """The sum of all trees' leaves for each row."""
    result = np.full(len(found), baseline, np.float64)
    for first in firsts:
        for row in range(len(found)):
            node = first
            while features[node] >= 0:
                goes_right = found[row, features[node]] > values[node]
                node = first + children[node, 1 if goes_right else 0]
            result[row] += values[node]
    return result
