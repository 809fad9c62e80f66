"""Boosted regression trees: what they hold and the kernel that asks them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final, Self

import numpy as np
from numpy.typing import NDArray

from lakesift.extraction.feature_names import CONTEXT, NAMES
from lakesift.text.compiled import compiled

LEAF: Final = -1
MOST_LEAVES: Final = 32
ALL, ONE = np.uint32(0xFFFFFFFF), np.uint32(1)
DE_BRUIJN, FIVE_BITS = np.uint32(0x077CB531), np.uint32(27)
PLACES = np.argsort([(int(DE_BRUIJN) << place) % 2**32 >> int(FIVE_BITS) for place in range(MOST_LEAVES)])
"""The place of the only bit that is set, by the first five bits of its product with the de Bruijn sequence."""
ALL_NAMES: Final = (*NAMES, *CONTEXT)
Arrays = tuple[
    NDArray[np.int32],
    NDArray[np.float32],
    NDArray[np.uint32],
    NDArray[np.int64],
    NDArray[np.float64],
    NDArray[np.int64],
]
Node = tuple[str, float, int, int]


@dataclass(frozen=True)
class Trees:
    """For the logarithm of the odds that a block is content.

    Attributes:
        baseline: the logarithm before any tree.
        trees: of each tree its nodes; a node is (feature, threshold, left, right), values up to the threshold, a float32,
            go left; a leaf is ("", value, -1, -1), of which a tree has `MOST_LEAVES` at most.
    """

    baseline: float
    trees: tuple[tuple[Node, ...], ...]

    @classmethod
    def of(cls, found: Any) -> Self:
        """What was read from JSON.

        Raises:
            ValueError, KeyError, TypeError: it is something else.
        """
        trees = tuple(
            tuple((str(name), float(value), int(left), int(right)) for name, value, left, right in tree)
            for tree in found["trees"]
        )
        if any(sum(node[2] == LEAF for node in tree) > MOST_LEAVES for tree in trees):
            raise ValueError(f"a tree with more than {MOST_LEAVES} leaves")
        return cls(float(found["baseline"]), trees)

    def features(self) -> set[str]:
        """The names of the features that they ask for."""
        return {node[0] for tree in self.trees for node in tree} - {""}

    def odds(self, columns: NDArray[np.float32]) -> NDArray[np.float64]:
        """The logarithm of each block's odds.

        Args:
            columns: the features in the order of `ALL_NAMES`, float32[features, blocks], C-contiguous; the last may be
                left out where no tree asks for them.
        """
        odds = np.full(columns.shape[1], self.baseline)
        add_trees(columns, *self._arrays, odds)
        return odds

    @cached_property
    def _arrays(self) -> Arrays:
        numbers = {name: number for number, name in enumerate(ALL_NAMES)}
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
            np.array(thresholds, np.float32),
            np.array(masks, np.uint32),
            np.array(nodes, np.int64),
            np.array(values, np.float64),
            np.array(leaves, np.int64),
        )


def likelihood(odds: NDArray[np.float64]) -> NDArray[np.float64]:
    """The probabilities of logarithms of odds."""
    found: NDArray[np.float64] = 1 / (1 + np.exp(-odds))
    return found


@compiled
def add_trees(
    columns: NDArray[np.float32],
    features: NDArray[np.int32],
    thresholds: NDArray[np.float32],
    masks: NDArray[np.uint32],
    nodes: NDArray[np.int64],
    values: NDArray[np.float64],
    leaves: NDArray[np.int64],
    odds: NDArray[np.float64],
) -> None:
    """Add each tree's value to the rows' odds, without branches (Lucchese et al. 2015, QuickScorer, section 3).

    A node whose threshold a row is above takes the leaves on its left away; the row's leaf is the first that is left.
    """
    # 32 bits for all of them, so that a comparison and its mask go through the vector units eight rows at a time.
    reachable = np.empty(columns.shape[1], np.uint32)
    for tree in range(len(leaves) - 1):
        reachable[:] = ALL
        for node in range(nodes[tree], nodes[tree + 1]):
            column, threshold, mask = columns[features[node]], thresholds[node], masks[node]
            for row in range(len(reachable)):
                reachable[row] &= mask if column[row] > threshold else ALL
        for row in range(len(reachable)):
            first = np.uint32(reachable[row] & np.uint32(~reachable[row] + ONE))
            odds[row] += values[leaves[tree] + PLACES[np.uint32(first * DE_BRUIJN) >> FIVE_BITS]]
