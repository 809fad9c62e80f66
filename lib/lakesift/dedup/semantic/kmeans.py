"""Spherical k-means that gives the same clusters under any partitioning.

Its sums are exact (see unit_vectors.py).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial
from typing import Any

import numpy as np
import pyarrow as pa
import pyspark.sql.functions as F
from numpy.typing import NDArray
from pyspark.sql import DataFrame

from lakesift.dedup.semantic.settings import ClusteringSettings
from lakesift.dedup.semantic.unit_vectors import SQUARED_SCALE, fixed_point, packed_rows, vectors_of

CLUSTERS = "doc_id STRING, cluster INT, similarity DOUBLE"
SUMS = "cluster INT, sums BINARY"
# Bounds the similarities that are in memory at once: 1,024 x 4,096 doubles are 32 MB.
ROWS, CENTROIDS = 1024, 4096

Matrix = NDArray[np.float64]


def spherical_kmeans(vectors: DataFrame, settings: ClusteringSettings) -> DataFrame:
    """Run Lloyd's rounds with centroids of length 1, as faiss with `spherical=True`.

    Source: Dhillon, Modha 2001.

    The first centroids are distinct vectors, drawn by hash. A vector goes to the most similar centroid, of equally
    similar ones to the one with the smallest number. A cluster without vectors keeps its centroid (as in
    facebookresearch/ssl-data-curation `src/kmeans_gpu.py`; faiss would split another one). The centroids, k x
    dimensions numbers, are on the driver between the rounds and go to the workers with the plan.

    Args:
        vectors: doc_id, vector (see `unit_vectors`); materialized, because each round reads it.
        settings: see `ClusteringSettings`; fewer clusters come out where there are fewer distinct vectors.

    Returns:
        doc_id STRING, cluster INT (0 to k - 1), similarity DOUBLE (cosine to the centroid, at most 1): one row a
        vector.

    Raises:
        StageError: vectors differ in length.
    """
    draw = F.xxhash64(F.lit(settings.seed), F.col("vector"))
    first: Any = vectors.select("vector").distinct().orderBy(draw, "vector").limit(settings.clusters).toPandas()
    if first.empty:
        return vectors.select("doc_id", F.lit(0).alias("cluster"), F.lit(0.0).alias("similarity"))
    centroids = vectors_of(first["vector"])
    for _ in range(settings.iterations):
        moved = _moved(centroids, vectors)
        if np.array_equal(moved, centroids):
            break
        centroids = moved
    return vectors.mapInArrow(partial(_assignments, centroids=centroids), CLUSTERS)


def _moved(centroids: Matrix, vectors: DataFrame) -> Matrix:
    parts = vectors.select("vector").mapInArrow(partial(_partial_sums, centroids=centroids), SUMS)
    summed: Any = parts.repartition("cluster").mapInArrow(_whole_sums, SUMS).toPandas()
    moved = centroids.copy()
    if not summed.empty:
        sums = np.frombuffer(b"".join(summed["sums"]), np.int64).reshape(len(summed), -1)
        has_direction = sums.any(axis=1)  # Opposite vectors may add up to nothing.
        moved[summed["cluster"][has_direction]] = fixed_point(sums[has_direction].astype(np.float64))
    return moved


def nearest_centroids(vectors: Matrix, centroids: Matrix) -> tuple[NDArray[np.int64], Matrix]:
    """Return the number of each vector's most similar centroid, and their product.

    The inner product is in units of 2^-52.
    """
    best = np.zeros(len(vectors), np.int64)
    best_product = np.full(len(vectors), -np.inf)
    for row in range(0, len(vectors), ROWS):
        part = slice(row, row + ROWS)
        for first in range(0, len(centroids), CENTROIDS):
            products = vectors[part] @ centroids[first : first + CENTROIDS].T
            indices = products.argmax(axis=1)
            products = products[np.arange(len(indices)), indices]
            is_better = products > best_product[part]
            best[part][is_better] = first + indices[is_better]
            best_product[part][is_better] = products[is_better]
    return best, best_product


def _partial_sums(batches: Iterable[pa.RecordBatch], centroids: Matrix) -> Iterator[pa.RecordBatch]:
    sums = np.zeros(centroids.shape, np.int64)
    for batch in batches:
        if batch.num_rows:
            vectors = vectors_of(batch.column("vector").to_pylist(), centroids.shape[1])
            clusters, _ = nearest_centroids(vectors, centroids)
            order = np.argsort(clusters, kind="stable")
            found, starts = np.unique(clusters[order], return_index=True)
            sums[found] += np.add.reduceat(vectors[order].astype(np.int64), starts)
    yield from _rows_of(np.flatnonzero(sums.any(axis=1)), sums)


def _whole_sums(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    wholes: dict[int, NDArray[np.int64]] = {}
    for batch in batches:
        for cluster, packed in zip(batch.column("cluster").to_pylist(), batch.column("sums").to_pylist(), strict=True):
            sums = np.frombuffer(packed, np.int64)
            wholes[cluster] = wholes[cluster] + sums if cluster in wholes else sums
    if wholes:
        clusters = np.array(sorted(wholes))
        yield from _rows_of(clusters, wholes)


def _rows_of(
    clusters: NDArray[np.int64], sums: NDArray[np.int64] | dict[int, NDArray[np.int64]]
) -> Iterator[pa.RecordBatch]:
    for first in range(0, len(clusters), ROWS):
        part = clusters[first : first + ROWS]
        packed = packed_rows(np.stack([sums[cluster] for cluster in part]))
        yield pa.RecordBatch.from_arrays([pa.array(part, pa.int32()), packed], ["cluster", "sums"])


def _assignments(batches: Iterable[pa.RecordBatch], centroids: Matrix) -> Iterator[pa.RecordBatch]:
    for batch in batches:
        if batch.num_rows:
            vectors = vectors_of(batch.column("vector").to_pylist(), centroids.shape[1])
            clusters, products = nearest_centroids(vectors, centroids)
            similarity = np.minimum(products / SQUARED_SCALE, 1.0)
            columns = [batch.column("doc_id"), pa.array(clusters, pa.int32()), pa.array(similarity)]
            yield pa.RecordBatch.from_arrays(columns, ["doc_id", "cluster", "similarity"])
