from __future__ import annotations

import hypothesis.strategies as st
import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings

from lakesift.dedup.semantic.kmeans import nearest_centroids
from lakesift.dedup.semantic.unit_vectors import (
    SCALE,
    SQUARED_SCALE,
    _unit_batches,
    fixed_point,
    packed_rows,
    vectors_of,
)
from lakesift.errors import StageError


def batch_of(embeddings: list[list[float]]) -> pa.RecordBatch:
    ids = pa.array([str(place) for place in range(len(embeddings))])
    return pa.RecordBatch.from_arrays([ids, pa.array(embeddings, pa.list_(pa.float32()))], ["doc_id", "embedding"])


def vectors(embeddings: list[list[float]]) -> np.ndarray:
    return vectors_of(b["vector"] for batch in _unit_batches([batch_of(embeddings)]) for b in batch.to_pylist())


@settings(max_examples=30)
@given(st.integers(0, 2**32), st.integers(1, 40), st.integers(1, 300))
def test_inner_products_are_the_same_in_any_order_and_near_the_cosines(seed: int, rows: int, dimensions: int) -> None:
    draw = np.random.default_rng(seed)
    values = draw.normal(size=(rows, dimensions))
    exact = fixed_point(values).astype(np.int64)
    products = exact @ exact.T
    order = draw.permutation(dimensions)
    for one in (exact.astype(float), exact.astype(float)[:, order]):
        assert (one @ one.T == products).all()
        assert [float(row @ other) for row in one for other in one] == products.ravel().tolist()
    unit = values / np.linalg.norm(values, axis=1, keepdims=True)
    assert products / SQUARED_SCALE == pytest.approx(unit @ unit.T, abs=1e-6)


def test_directions_decide_and_lengths_do_not() -> None:
    found = vectors([[3.0, 4.0], [6.0, 8.0], [3e30, 4e30], [3e-30, 4e-30]])
    assert found == pytest.approx(np.tile(np.array([0.6, 0.8]) * SCALE, (4, 1)), abs=4)
    assert found[0].tolist() == found[1].tolist()


def test_a_slice_of_a_batch_has_its_own_rows() -> None:
    whole = batch_of([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]])
    parts = [
        row["vector"]
        for part in (whole.slice(0, 1), whole.slice(1))
        for b in _unit_batches([part])
        for row in b.to_pylist()
    ]
    assert (vectors_of(parts) == vectors([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]])).all()


def test_embeddings_of_two_encoders_are_refused() -> None:
    with pytest.raises(StageError, match="2 and 3 dimensions"):
        vectors([[1.0, 2.0], [1.0, 2.0, 3.0]])
    with pytest.raises(StageError, match="2 and 3 dimensions"):
        vectors_of([b"\0" * 8, b"\0" * 12])
    with pytest.raises(StageError, match="2 and 4 dimensions"):
        vectors_of([b"\0" * 8], 4)


def test_rows_are_packed_and_read_again() -> None:
    rows = np.arange(12, dtype=np.int32).reshape(3, 4)
    assert (vectors_of(packed_rows(rows).to_pylist()) == rows).all()


def test_the_most_similar_centroid_is_found_across_blocks_and_the_first_of_equal_ones() -> None:
    draw = np.random.default_rng(7)
    vectors_, centroids = fixed_point(draw.normal(size=(1500, 3))), fixed_point(draw.normal(size=(5000, 3)))
    centroids[4500] = centroids[20]
    clusters, products = nearest_centroids(vectors_, centroids)
    every = vectors_ @ centroids.T
    assert (clusters == every.argmax(axis=1)).all()
    assert (products == every.max(axis=1)).all()
