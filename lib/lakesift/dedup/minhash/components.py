"""Connected components of a graph whose nodes are numbers.

They are found in one task or in rounds of Spark joins.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
import pyarrow as pa
import pyspark.sql.functions as F
from pyspark.sql import Column, DataFrame
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components as scipy_components

from lakesift.dedup.shared.settings import ComponentSettings
from lakesift.errors import StageError
from lakesift.operators.operator import Materialize

LABELS = "node BIGINT, component BIGINT"
ROWS_PER_BATCH = 65_536
ENDS = 2
"""Of an edge, in the columns `larger` and `smaller`."""


def edge(first: Column, second: Column) -> tuple[Column, Column]:
    """Return the columns `larger` and `smaller` of an edge between two nodes."""
    return F.greatest(first, second).alias("larger"), F.least(first, second).alias("smaller")


def connected_components(edges: DataFrame, settings: ComponentSettings, materialize: Materialize) -> DataFrame:
    """Label every node that has an edge with the smallest node of its component.

    Args:
        edges: larger BIGINT, smaller BIGINT; materialized, because it is read several times. Repeated edges are
            harmless.
        settings: `one_task_edges` decides how, `max_rounds` bounds the rounds.
        materialize: keeps the plan short by writing each round's edges.

    Returns:
        node BIGINT, component BIGINT: one row per node.

    Raises:
        StageError: when `max_rounds` were not enough.
    """
    if edges.count() <= settings.one_task_edges:
        return edges.select("larger", "smaller").repartition(1).mapInArrow(_one_task_labels, LABELS)
    return labels_of_stars(_stars(edges, settings, materialize))


def _one_task_labels(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    read = [[batch.column(place).to_numpy() for place in range(ENDS)] for batch in batches]
    ends = np.concatenate(
        [np.zeros(0, np.int64), *(column for columns in zip(*read, strict=True) for column in columns)]
    )
    nodes, indices = np.unique(ends, return_inverse=True)
    larger, smaller = np.split(indices.astype(np.int32), ENDS)
    graph = coo_matrix((np.ones(len(larger), dtype=bool), (larger, smaller)), shape=(len(nodes), len(nodes)))
    _, component = scipy_components(graph, directed=False)
    # The nodes are sorted, so the first of a component is its smallest.
    _, first = np.unique(component, return_index=True)
    labels = pa.table({"node": nodes, "component": nodes[first[component]]})
    yield from labels.to_batches(max_chunksize=ROWS_PER_BATCH)


def _stars(edges: DataFrame, settings: ComponentSettings, materialize: Materialize) -> DataFrame:
    """Alternate the two operations of Kiveris et al. 2014 until stars are left.

    Source: "Connected Components in MapReduce and Beyond" (SOCC).
    """
    for number in range(settings.max_rounds + 1):
        if _tangled(edges).isEmpty():
            return edges
        if number < settings.max_rounds:
            edges = materialize(_large_star(edges), f"large_star_{number:02d}")
            edges = materialize(_small_star(edges), f"small_star_{number:02d}")
    raise StageError(
        f"connected components were not found in {settings.max_rounds} rounds",
        where=settings.STAGE,
        next_step=f"raise {settings.STAGE}.max_rounds",
    )


def _large_star(edges: DataFrame) -> DataFrame:
    """Link every larger neighbour of a node to the smallest of node and neighbours."""
    upward = edges.select(F.col("smaller").alias("node"), F.col("larger").alias("neighbour"))
    downward = edges.select(F.col("larger").alias("node"), F.col("smaller").alias("neighbour"))
    smallest = upward.union(downward).groupBy("node").agg(F.min("neighbour").alias("neighbour_minimum"))
    minima = smallest.select("node", F.least("node", "neighbour_minimum").alias("smaller"))
    return upward.join(minima, "node", how="inner").select(F.col("neighbour").alias("larger"), "smaller").distinct()


def _small_star(edges: DataFrame) -> DataFrame:
    """Link a node and its smaller neighbours to the smallest of them."""
    minima = edges.groupBy("larger").agg(F.min("smaller").alias("minimum"))
    neighbours = edges.join(minima, "larger", how="inner").where(F.col("smaller") != F.col("minimum"))
    moved = neighbours.select(F.col("smaller").alias("larger"), F.col("minimum").alias("smaller"))
    return moved.union(minima.withColumnRenamed("minimum", "smaller")).distinct()


def _tangled(edges: DataFrame) -> DataFrame:
    """Return the nodes that keep the edges from being stars.

    They are linked to two others, or linked while others link to them.
    """
    linked_twice = edges.groupBy("larger").count().where("count > 1").select("larger")
    centres = edges.select(F.col("smaller").alias("larger")).distinct()
    return linked_twice.union(edges.select("larger").join(centres, "larger", how="left_semi"))


def labels_of_stars(stars: DataFrame) -> DataFrame:
    """Return the labels of `connected_components` for edges that form stars.

    In a star, each edge joins a node to the smallest of its component.
    """
    members = stars.select(F.col("larger").alias("node"), F.col("smaller").alias("component"))
    centres = stars.select(F.col("smaller").alias("node"), F.col("smaller").alias("component")).distinct()
    return members.union(centres)
