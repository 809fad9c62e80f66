"""Connected components of a graph of documents, in one task or in rounds of Spark joins."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyspark.sql.functions as F
from pyspark.sql import DataFrame
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components as scipy_components

from lakesift.dedup.settings import NearDuplicateSettings
from lakesift.errors import StageError

Stage = Callable[[DataFrame, str], DataFrame]
"""Writes a frame as a stage table of the given name and returns the table: what follows starts from there."""

LABELS = "doc_id STRING, cluster_id STRING"
ROWS_PER_BATCH = 65_536


def connected_components(edges: DataFrame, settings: NearDuplicateSettings, stage: Stage) -> DataFrame:
    """Labels every document that has an edge with the smallest doc_id it is connected to.

    Args:
        edges: larger STRING, smaller STRING; a stage table, for it is read several times. Repeated edges are harmless.
        settings: `one_task_edges` decides how, `max_rounds` bounds the rounds.
        stage: keeps the plan short by writing each round's edges.

    Returns:
        doc_id STRING, cluster_id STRING: one row per document in a component of two or more.

    Raises:
        StageError: when `max_rounds` were not enough.
    """
    if edges.count() <= settings.one_task_edges:
        return edges.select("larger", "smaller").repartition(1).mapInArrow(_one_task_labels, LABELS)
    return _labels(_stars(edges, settings.max_rounds, stage))


def _one_task_labels(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    edges = pa.Table.from_batches(batches, schema=pa.schema([("larger", pa.string()), ("smaller", pa.string())]))
    # More than 2 GB of ids do not fit Arrow's 32-bit offsets.
    larger, smaller = (edges.column(name).cast(pa.large_string()) for name in ("larger", "smaller"))
    ids = pc.unique(pa.chunked_array([*larger.chunks, *smaller.chunks], pa.large_string()))
    ids = ids.take(pc.sort_indices(ids))
    ends = [pc.index_in(end, value_set=ids).to_numpy() for end in (larger, smaller)]
    graph = coo_matrix((np.ones(edges.num_rows, dtype=bool), ends), shape=(len(ids), len(ids)))
    _, component = scipy_components(graph, directed=False)
    # The ids are sorted, so the first document of a component is its smallest.
    _, first = np.unique(component, return_index=True)
    smallest = first[component]
    for start in range(0, len(ids), ROWS_PER_BATCH):
        rows = slice(start, start + ROWS_PER_BATCH)
        columns = [ids[rows], ids.take(pa.array(smallest[rows]))]
        yield pa.RecordBatch.from_arrays([column.cast(pa.string()) for column in columns], ["doc_id", "cluster_id"])


def _stars(edges: DataFrame, max_rounds: int, stage: Stage) -> DataFrame:
    """Alternates the two operations of Kiveris et al. 2014, "Connected Components in MapReduce and Beyond" (SOCC)."""
    for number in range(max_rounds + 1):
        if _tangled(edges).isEmpty():
            return edges
        if number < max_rounds:
            edges = stage(_large_star(edges), f"large_star_{number:02d}")
            edges = stage(_small_star(edges), f"small_star_{number:02d}")
    raise StageError(
        f"connected components were not found in {max_rounds} rounds",
        where="near_duplicates",
        next_step="raise near_duplicates.max_rounds",
    )


def _large_star(edges: DataFrame) -> DataFrame:
    """Links every larger neighbour of a document to the smallest of the document and its neighbours."""
    upward = edges.select(F.col("smaller").alias("node"), F.col("larger").alias("neighbour"))
    downward = edges.select(F.col("larger").alias("node"), F.col("smaller").alias("neighbour"))
    smallest = upward.union(downward).groupBy("node").agg(F.min("neighbour").alias("neighbour_minimum"))
    minima = smallest.select("node", F.least("node", "neighbour_minimum").alias("smaller"))
    return upward.join(minima, "node", how="inner").select(F.col("neighbour").alias("larger"), "smaller").distinct()


def _small_star(edges: DataFrame) -> DataFrame:
    """Links a document and its smaller neighbours to the smallest of them."""
    minima = edges.groupBy("larger").agg(F.min("smaller").alias("minimum"))
    neighbours = edges.join(minima, "larger", how="inner").where(F.col("smaller") != F.col("minimum"))
    moved = neighbours.select(F.col("smaller").alias("larger"), F.col("minimum").alias("smaller"))
    return moved.union(minima.withColumnRenamed("minimum", "smaller")).distinct()


def _tangled(edges: DataFrame) -> DataFrame:
    """Documents that keep the edges from being stars: linked to two others, or linked while others link to them."""
    linked_twice = edges.groupBy("larger").count().where("count > 1").select("larger")
    centres = edges.select(F.col("smaller").alias("larger")).distinct()
    return linked_twice.union(edges.select("larger").join(centres, "larger", how="left_semi"))


def _labels(stars: DataFrame) -> DataFrame:
    members = stars.select(F.col("larger").alias("doc_id"), F.col("smaller").alias("cluster_id"))
    centres = stars.select(F.col("smaller").alias("doc_id"), F.col("smaller").alias("cluster_id")).distinct()
    return members.union(centres)
