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
from lakesift.extraction.feature_names import NAMES
from lakesift.text.bytes import ONE
from lakesift.text.compiled import compiled

LEAF: Final = -1
ALL = np.uint64(0xFFFFFFFFFFFFFFFF)
Arrays = tuple[
    NDArray[np.int32],
    NDArray[np.float64],
    NDArray[np.uint64],
    NDArray[np.int64],
    NDArray[np.float64],
    NDArray[np.int64],
]
Node = tuple[str, float, int, int]
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
    trees: tuple[tuple[Node, ...], ...]
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
        odds = np.full(len(features), self.baseline)
        add_trees(np.ascontiguousarray(features.T), *self._arrays, odds)
        found: NDArray[np.float64] = 1 / (1 + np.exp(-odds))
        return found

    @cached_property
    def _arrays(self) -> Arrays:
        numbers = {name: number for number, name in enumerate(NAMES)}
        features: list[int] = []
        thresholds: list[float] = []
        masks: list[int] = []
        values: list[float] = []
        nodes, leaves = [0], [0]
        for tree in self.trees:
            first = len(values)

            def put(number: int, tree: tuple[Node, ...] = tree, first: int = first) -> int:
                """Number a node's leaves from left to right; the bits of its leaves."""
                name, value, left, right = tree[number]
                if left == LEAF:
                    values.append(value)
                    return 1 << len(values) - 1 - first
                bits = put(left)
                features.append(numbers[name])
                thresholds.append(value)
                masks.append(int(ALL) ^ bits)
                return bits | put(right)

            put(0)
            nodes.append(len(features))
            leaves.append(len(values))
        return (
            np.array(features, np.int32),
            np.array(thresholds, np.float64),
            np.array(masks, np.uint64),
            np.array(nodes, np.int64),
            np.array(values, np.float64),
            np.array(leaves, np.int64),
        )


@compiled
def add_trees(
    columns: NDArray[np.float32],
    features: NDArray[np.int32],
    thresholds: NDArray[np.float64],
    masks: NDArray[np.uint64],
    nodes: NDArray[np.int64],
    values: NDArray[np.float64],
    leaves: NDArray[np.int64],
    odds: NDArray[np.float64],
) -> None:
    """Add each tree's value to the rows' odds, without branches (Lucchese et al. 2015, QuickScorer, section 3).

    A node whose threshold a row is above takes the leaves on its left away; the row's leaf is the first that is left.
    """
    reachable = np.empty(columns.shape[1], np.uint64)
    for tree in range(len(leaves) - 1):
        reachable[:] = ALL
        for node in range(nodes[tree], nodes[tree + 1]):
            column, threshold, mask = columns[features[node]], thresholds[node], masks[node]
            for row in range(len(reachable)):
                reachable[row] &= mask if column[row] > threshold else ALL
        for row in range(len(reachable)):
            bits, leaf = reachable[row], leaves[tree]
            while not bits & ONE:
                bits >>= ONE
                leaf += 1
            odds[row] += values[leaf]
