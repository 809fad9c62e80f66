"""Embeddings as unit vectors in fixed point.

Inner products, and sums of vectors, are then exact in any order.

A component is a whole number of 2^-26, about the precision of FLOAT. Products of two components and all their partial
sums stay below 2^53 (Cauchy-Schwarz bounds them by 2^52 and rounding adds little), so that a matrix product in double
precision has no rounding errors: the result depends neither on the number of rows nor on the order of summation, which
BLAS chooses.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from pyspark.sql import DataFrame

from lakesift.dedup.shared.packing import binary_array
from lakesift.errors import StageError

SCALE = 1 << 26
SQUARED_SCALE = float(SCALE * SCALE)
COMPONENT = np.dtype("<i4")


def unit_vectors(embeddings: DataFrame) -> DataFrame:
    """Divide embeddings by their Euclidean norm.

    Args:
        embeddings: doc_id, embedding ARRAY<FLOAT>, finite and not all zero.

    Returns:
        doc_id STRING, vector BINARY (little-endian int32 in units of 2^-26; the same for the same direction).

    Raises:
        StageError: from the task, when embeddings differ in length.
    """
    return embeddings.select("doc_id", "embedding").mapInArrow(_unit_batches, "doc_id STRING, vector BINARY")


def _unit_batches(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    for batch in batches:
        if batch.num_rows:
            values = batch.column("embedding").flatten().to_numpy(zero_copy_only=False)
            lengths = set(np.diff(batch.column("embedding").offsets.to_numpy()).tolist())
            packed = packed_rows(fixed_point(_rows(values, lengths).astype(np.float64)).astype(COMPONENT))
            yield pa.RecordBatch.from_arrays([batch.column("doc_id"), packed], ["doc_id", "vector"])


def fixed_point(rows: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return n nonzero rows as unit vectors in units of 2^-26.

    They are whole numbers in float64[n, dimensions].
    """
    squares = np.zeros(len(rows))
    for column in rows.T:  # One after the other: NumPy's own sums may depend on a row's position in memory.
        squares += column * column
    return np.rint(rows / np.sqrt(squares)[:, None] * SCALE)


def packed_rows(rows: NDArray[np.generic]) -> pa.BinaryArray:
    """Return the bytes of each row of a matrix."""
    return binary_array(rows, np.arange(len(rows) + 1))


def vectors_of(packed: Iterable[bytes], dimensions: int | None = None) -> NDArray[np.float64]:
    """Unpack vectors of `unit_vectors` to whole numbers in float64[n, dimensions].

    Args:
        packed: one or more.
        dimensions: required number of dimensions; None: that of the first vector.

    Raises:
        StageError: they differ in length.
    """
    rows = list(packed)
    lengths = {len(row) // COMPONENT.itemsize for row in rows} | ({dimensions} if dimensions else set())
    return _rows(np.frombuffer(b"".join(rows), COMPONENT), lengths).astype(np.float64)


def _rows(values: NDArray[np.generic], lengths: set[int]) -> NDArray[np.generic]:
    if len(lengths) != 1:
        raise StageError(
            f"embeddings of {min(lengths)} and {max(lengths)} dimensions cannot be compared",
            where="embeddings.embedding",
            expected="embeddings of one encoder",
        )
    return values.reshape(-1, lengths.pop())
