"""Numbers as bytes in Arrow: many of them travel in one value."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from lakesift.text.kernels.buffers import buffers_of


def binary_array(values: NDArray[np.generic], bounds: NDArray[np.int64]) -> pa.BinaryArray:
    """Return rows `bounds[i]` to `bounds[i + 1]` of an array as the bytes of value i.

    They are at most 2 GiB.
    """
    width = values.itemsize * (values.shape[1] if values.ndim > 1 else 1)
    offsets = pa.py_buffer((bounds * width).astype(np.int32))
    return pa.BinaryArray.from_buffers(
        pa.binary(), len(bounds) - 1, [None, offsets, pa.py_buffer(np.ascontiguousarray(values))]
    )


def values_of(array: pa.BinaryArray, kind: str) -> NDArray[Any]:
    """Return the numbers of all values of a binary array, one after the other."""
    buffers = buffers_of(array)
    return buffers.data[buffers.offsets[0] : buffers.offsets[-1]].view(kind)
