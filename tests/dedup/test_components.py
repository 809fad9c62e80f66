from __future__ import annotations

import random
from collections.abc import Callable, Iterator

import pytest
from pyspark.sql import DataFrame, SparkSession

from lakesift.dedup.components import connected_components
from lakesift.dedup.settings import NearDuplicateSettings
from lakesift.errors import StageError

Stage = Callable[[DataFrame, str], DataFrame]
Edge = tuple[str, str]
SCHEMA = "larger STRING, smaller STRING"

pytestmark = pytest.mark.spark


def union_find(edges: list[Edge]) -> dict[str, str]:
    parent: dict[str, str] = {}

    def root(node: str) -> str:
        parent.setdefault(node, node)
        while parent[node] != node:
            parent[node] = parent[parent[node]]
            node = parent[node]
        return node

    for first, second in edges:
        low, high = sorted((root(first), root(second)))
        parent[high] = low
    return {node: root(node) for node in parent}


def shapes(draw: random.Random) -> Iterator[list[tuple[int, int]]]:
    yield [(node, node + 1) for node in range(300)]
    yield [(node, (node + 1) % 50) for node in range(50)]
    yield [(0, node) for node in range(1, 400)]
    yield [(draw.randrange(node), node) for node in range(1, 300)]
    yield [(first, second) for first in range(12) for second in range(first)]
    for nodes in range(2, 80):
        pairs = [(draw.randrange(nodes), draw.randrange(nodes)) for _ in range(draw.randrange(1, 2 * nodes))]
        yield [pair for pair in pairs if pair[0] != pair[1]]


def random_edges(seed: int) -> list[Edge]:
    """Graphs of many shapes side by side, with ids that say nothing about their place."""
    draw = random.Random(seed)
    edges: list[Edge] = []
    for shape in shapes(draw):
        names = {node: f"{draw.getrandbits(64):016x}é" for edge in shape for node in edge}
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
    assert len(labels) == len({row.doc_id for row in labels})
    assert {row.doc_id: row.cluster_id for row in labels} == union_find(edges)


@pytest.mark.parametrize("one_task_edges", [0, 10**6], ids=["stars", "one_task"])
def test_no_edges_give_no_clusters(spark: SparkSession, stage: Stage, one_task_edges: int) -> None:
    settings = NearDuplicateSettings(one_task_edges=one_task_edges)
    assert connected_components(spark.createDataFrame([], SCHEMA), settings, stage).collect() == []


def test_stars_are_recognised_without_a_round(spark: SparkSession, stage: Stage) -> None:
    staged: list[str] = []

    def counting(frame: DataFrame, name: str) -> DataFrame:
        staged.append(name)
        return stage(frame, name)

    edges = spark.createDataFrame([("b", "a"), ("c", "a"), ("y", "x")], SCHEMA)
    labels = connected_components(edges, NearDuplicateSettings(one_task_edges=0), counting).collect()
    assert {tuple(row) for row in labels} == {("a", "a"), ("b", "a"), ("c", "a"), ("x", "x"), ("y", "x")}
    assert staged == []


def test_too_few_rounds_are_an_error_that_names_the_setting(spark: SparkSession, stage: Stage) -> None:
    chain = [(f"{node + 1:04d}", f"{node:04d}") for node in range(200)]
    settings = NearDuplicateSettings(one_task_edges=0, max_rounds=1)
    with pytest.raises(StageError, match=r"in 1 rounds.*near_duplicates\.max_rounds"):
        connected_components(spark.createDataFrame(chain, SCHEMA), settings, stage)
