"""The similarity of two documents, by their MinHash signatures or shingles."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from pyspark.sql import DataFrame
from pyspark.sql.types import DoubleType, StructField, StructType

from lakesift.errors import StageError
from lakesift.text.kernels.buffers import buffers_of
from lakesift.text.kernels.jaccard import jaccard
from lakesift.text.kernels.minhash_settings import ShingleSettings

Compare = Callable[[pa.Array, pa.Array], pa.Array]
VALUE_TYPE = np.dtype("<u4")


def with_similarity(frame: DataFrame, first: str, second: str) -> DataFrame:
    """Replace two signature columns by `similarity`, the estimated Jaccard similarity.

    The estimate is the share of equal values (Broder 1997, "On the resemblance and containment of documents"), 0 to 1,
    null where a signature is missing.

    Args:
        frame: has the columns `first` and `second`, BINARY of little-endian uint32 values, all of one length.
        first: name of one signature column.
        second: name of the other.

    Raises:
        StageError: from the task, when signatures differ in length, so were made with different settings.
    """
    return _compared(frame, first, second, _equal_shares)


def with_jaccard(frame: DataFrame, first: str, second: str, shingles: ShingleSettings) -> DataFrame:
    """Replace two text columns by `similarity`, their exact Jaccard similarity.

    It compares their shingles.

    It is 0 to 1, and null where neither text has a shingle (see `lakesift.text.kernels.jaccard`).

    Args:
        frame: has the columns `first` and `second`, STRING.
        first: name of one text column.
        second: name of the other.
        shingles: definition of a shingle.
    """
    return _compared(frame, first, second, partial(_shared_shares, shingles=shingles))


def _compared(frame: DataFrame, first: str, second: str, compare: Compare) -> DataFrame:
    kept = [field for field in frame.schema.fields if field.name not in (first, second)]
    schema = StructType([*kept, StructField("similarity", DoubleType())])
    return frame.mapInArrow(partial(_compared_batches, first=first, second=second, compare=compare), schema)


def _compared_batches(
    batches: Iterable[pa.RecordBatch], first: str, second: str, compare: Compare
) -> Iterator[pa.RecordBatch]:
    for batch in batches:
        similarity = compare(batch.column(first), batch.column(second))
        kept = [name for name in batch.schema.names if name not in (first, second)]
        yield pa.RecordBatch.from_arrays([batch.column(name) for name in kept] + [similarity], [*kept, "similarity"])


def _shared_shares(first: pa.Array, second: pa.Array, shingles: ShingleSettings) -> pa.Array:
    return pa.array(jaccard(buffers_of(first), buffers_of(second), shingles), from_pandas=True)


def _equal_shares(first: pa.Array, second: pa.Array) -> pa.Array:
    both = pc.and_(pc.is_valid(first), pc.is_valid(second)).to_numpy(zero_copy_only=False)
    shares = np.full(len(both), np.nan)
    if both.any():
        values = _values(pa.chunked_array([first.filter(both), second.filter(both)]))
        left, right = np.split(values, 2)
        shares[both] = (left == right).mean(axis=1)
    return pa.array(shares, mask=~both)


def _values(signatures: pa.ChunkedArray) -> npt.NDArray[np.uint32]:
    """Return one row per signature."""
    lengths = pc.min_max(pc.binary_length(signatures)).as_py()
    if lengths["min"] != lengths["max"] or lengths["min"] == 0:
        raise StageError(
            f"signatures of {lengths['min']} and {lengths['max']} bytes cannot be compared",
            where="documents.signature",
            expected="signatures made with one number of hashes",
            next_step="run the documents stage again, so that all documents have the same minhash settings",
        )
    return np.frombuffer(b"".join(signatures.to_pylist()), dtype=VALUE_TYPE).reshape(len(signatures), -1)
