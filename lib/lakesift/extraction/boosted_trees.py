"""Boosted regression trees: their data, and the kernel that evaluates them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final, Self

import numpy as np
from numba import types
from numba.extending import intrinsic
from numpy.typing import NDArray

from lakesift.extraction.feature_names import CONTEXT, NAMES
from lakesift.text.kernels.compiled import compiled

LEAF: Final = -1
MAX_LEAVES: Final = 32
AT_ONCE: Final = 7  # nodes
ALL, ONE = np.uint32(0xFFFFFFFF), np.uint32(1)
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
    """Trees for the logarithm of the odds that a block is content.

    Attributes:
        baseline: the logarithm before any tree.
        trees: of each tree its nodes; a node is (feature, threshold, left, right), values up to the threshold, a
            float32, go left; a leaf is ("", value, -1, -1); a tree has at most `MAX_LEAVES` of them.
    """

    baseline: float
    trees: tuple[tuple[Node, ...], ...]

    @classmethod
    def of(cls, found: Any) -> Self:
        """Build the trees from parsed JSON.

        Raises:
            ValueError, KeyError, TypeError: it is something else.
        """
        trees = tuple(
            tuple((str(name), float(value), int(left), int(right)) for name, value, left, right in tree)
            for tree in found["trees"]
        )
        if any(sum(node[2] == LEAF for node in tree) > MAX_LEAVES for tree in trees):
            raise ValueError(f"a tree with more than {MAX_LEAVES} leaves")
        return cls(float(found["baseline"]), trees)

    def features(self) -> set[str]:
        """Return the names of the features that the trees read."""
        return {node[0] for tree in self.trees for node in tree} - {""}

    def odds(self, columns: NDArray[np.float32]) -> NDArray[np.float64]:
        """Return the logarithm of each block's odds.

        Args:
            columns: the features in the order of `ALL_NAMES`, float32[features, blocks], C-contiguous; the last may be
                left out where no tree reads them.
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
            idle = -len(features) % AT_ONCE  # nodes whose threshold no value exceeds
            features.extend([0] * idle)
            thresholds.extend([math.inf] * idle)
            masks.extend([int(ALL)] * idle)
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
    """Return the probabilities of logarithms of odds."""
    found: NDArray[np.float64] = 1 / (1 + np.exp(-odds))
    return found


def count_bits(typing_context: Any, value: Any) -> Any:
    """Count the bits of a uint32 that are set."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.ctpop(arguments[0])

    return types.uint32(types.uint32), generate


bits: Any = intrinsic(count_bits)


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
    """Add each tree's value to the rows' odds, without branches.

    Source: Lucchese et al. 2015, QuickScorer, section 3. A node whose threshold a row exceeds removes the leaves on its
    left; the row's leaf is the first one left.
    """
    # 32 bits for all of them, so that a comparison and its mask go through the vector units eight rows at a time; seven
    # nodes, all of a tree with eight leaves, between reading and writing the leaves left of a row.
    reachable = np.empty(columns.shape[1], np.uint32)
    for tree in range(len(leaves) - 1):
        reachable[:] = ALL
        for node in range(nodes[tree], nodes[tree + 1], AT_ONCE):
            c0, t0, m0 = columns[features[node]], thresholds[node], masks[node]
            c1, t1, m1 = columns[features[node + 1]], thresholds[node + 1], masks[node + 1]
            c2, t2, m2 = columns[features[node + 2]], thresholds[node + 2], masks[node + 2]
            c3, t3, m3 = columns[features[node + 3]], thresholds[node + 3], masks[node + 3]
            c4, t4, m4 = columns[features[node + 4]], thresholds[node + 4], masks[node + 4]
            c5, t5, m5 = columns[features[node + 5]], thresholds[node + 5], masks[node + 5]
            c6, t6, m6 = columns[features[node + 6]], thresholds[node + 6], masks[node + 6]
            for row in range(len(reachable)):
                left = reachable[row] & (m0 if c0[row] > t0 else ALL) & (m1 if c1[row] > t1 else ALL)
                left &= (m2 if c2[row] > t2 else ALL) & (m3 if c3[row] > t3 else ALL)
                left &= (m4 if c4[row] > t4 else ALL) & (m5 if c5[row] > t5 else ALL)
                reachable[row] = left & (m6 if c6[row] > t6 else ALL)
        for row in range(len(reachable)):
            odds[row] += values[leaves[tree] + bits(~reachable[row] & (reachable[row] - ONE))]
