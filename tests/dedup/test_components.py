from __future__ import annotations

import random
from collections.abc import Callable, Iterator

import pytest
from pyspark.sql import DataFrame, SparkSession

from lakesift.dedup.minhash.components import connected_components
from lakesift.dedup.shared.settings import NearDuplicateSettings
from lakesift.errors import StageError

Stage = Callable[[DataFrame, str], DataFrame]
Edge = tuple[int, int]
SCHEMA = "larger BIGINT, smaller BIGINT"

pytestmark = pytest.mark.spark


def union_find(edges: list[Edge]) -> dict[int, int]:
    parent: dict[int, int] = {}

    def root(node: int) -> int:
        parent.setdefault(node, node)
        while parent[node] != node:
            parent[node] = parent[parent[node]]
            node = parent[node]
        return node

    for first, second in edges:
        low, high = sorted((root(first), root(second)))
        parent[high] = low
    return {node: root(node) for node in parent}


def shapes(draw: random.Random) -> Iterator[list[Edge]]:
    yield [(node, node + 1) for node in range(16)]
    yield [(node, (node + 1) % 12) for node in range(12)]
    yield [(0, node) for node in range(1, 200)]
    yield [(draw.randrange(node), node) for node in range(1, 200)]
    yield [(first, second) for first in range(12) for second in range(first)]
    for nodes in range(2, 30):
        pairs = [(draw.randrange(nodes), draw.randrange(nodes)) for _ in range(draw.randrange(1, 2 * nodes))]
        yield [pair for pair in pairs if pair[0] != pair[1]]


def random_edges(seed: int) -> list[Edge]:
    """Graphs of many shapes side by side, with numbers that say nothing about their place."""
    draw = random.Random(seed)
    edges: list[Edge] = []
    for shape in shapes(draw):
        names = {node: draw.getrandbits(64) - 2**63 for edge in shape for node in edge}
        found = [(names[first], names[second]) for first, second in shape]
        edges += [(max(pair), min(pair)) for pair in found + found[:3]]
    draw.shuffle(edges)
    return edges


@pytest.mark.parametrize("one_task_edges", [0, 10**6], ids=["stars", "one_task"])
def test_both_ways_find_the_components_that_union_find_finds(
    spark: SparkSession, stage: Stage, one_task_edges: int
) -> None:
    edges = random_edges(seed=3)
    settings = NearDuplicateSettings(one_task_edges=one_task_edges)
    frame = spark.createDataFrame(edges, SCHEMA).repartition(3)
    labels = connected_components(frame, settings, stage).collect()
    assert len(labels) == len({row.node for row in labels})
    assert {row.node: row.component for row in labels} == union_find(edges)


@pytest.mark.parametrize("one_task_edges", [0, 10**6], ids=["stars", "one_task"])
def test_no_edges_give_no_clusters(spark: SparkSession, stage: Stage, one_task_edges: int) -> None:
    settings = NearDuplicateSettings(one_task_edges=one_task_edges)
    assert connected_components(spark.createDataFrame([], SCHEMA), settings, stage).collect() == []


def test_stars_are_recognised_without_a_round(spark: SparkSession, stage: Stage) -> None:
    staged: list[str] = []

    def counting(frame: DataFrame, name: str) -> DataFrame:
        staged.append(name)
        return stage(frame, name)

    edges = spark.createDataFrame([(2, 1), (3, 1), (8, 7)], SCHEMA)
    labels = connected_components(edges, NearDuplicateSettings(one_task_edges=0), counting).collect()
    assert {tuple(row) for row in labels} == {(1, 1), (2, 1), (3, 1), (7, 7), (8, 7)}
    assert staged == []


def test_too_few_rounds_are_an_error_that_names_the_setting(spark: SparkSession, stage: Stage) -> None:
    chain = [(node + 1, node) for node in range(20)]
    settings = NearDuplicateSettings(one_task_edges=0, max_rounds=1)
    with pytest.raises(StageError, match=r"in 1 rounds.*near_duplicates\.max_rounds"):
        connected_components(spark.createDataFrame(chain, SCHEMA), settings, stage)
