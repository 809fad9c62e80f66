"""Texts as kernels read them: UTF-8 bytes, and the offset of each text."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

MAX_INT32 = 2**31 - 1


@dataclass(frozen=True)
class TextBuffers:
    """n texts in UTF-8.

    Attributes:
        data: bytes of all texts, uint8; may have bytes before the first and after the last text.
        offsets: int64, n + 1 of them; text i is `data[offsets[i]:offsets[i + 1]]`.
        derived: cached results about the texts, such as their tokens.
    """

    data: NDArray[np.uint8]
    offsets: NDArray[np.int64]
    derived: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)

    def __len__(self) -> int:
        """Return the number of texts."""
        return len(self.offsets) - 1


def buffers_of(array: pa.StringArray | pa.LargeStringArray) -> TextBuffers:
    """Return the bytes of an Arrow string array (slices too) without copying them.

    A null counts as an empty text.
    """
    if len(array) == 0:
        return TextBuffers(np.zeros(0, np.uint8), np.zeros(1, np.int64))
    if array.null_count:
        # Arrow allows bytes behind a null; filling removes them.
        array = array.fill_null("")
    _, starts, text = array.buffers()
    width = np.int64 if pa.types.is_large_string(array.type) else np.int32
    offsets = np.frombuffer(starts, width)[array.offset : array.offset + len(array) + 1].astype(np.int64)
    data = np.frombuffer(text, np.uint8) if text is not None else np.zeros(0, np.uint8)
    return TextBuffers(data, offsets)


def array_of(buffers: TextBuffers) -> pa.StringArray | pa.LargeStringArray:
    """Return the texts as an Arrow string array over the same bytes.

    The type is `large_string` only if they exceed 2 GiB.
    """
    first, last = int(buffers.offsets[0]), int(buffers.offsets[-1])
    data = pa.py_buffer(np.ascontiguousarray(buffers.data[first:last]))
    offsets = buffers.offsets - first
    if last - first > MAX_INT32:
        return pa.LargeStringArray.from_buffers(len(buffers), pa.py_buffer(offsets), data)
    return pa.StringArray.from_buffers(len(buffers), pa.py_buffer(offsets.astype(np.int32)), data)


def strings_of(buffers: TextBuffers) -> list[str]:
    """Return the texts as strings, with U+FFFD for each ill-formed byte."""
    first, last = int(buffers.offsets[0]), int(buffers.offsets[-1])
    data, starts = buffers.data[first:last].tobytes(), (buffers.offsets - first).tolist()
    return [data[start:stop].decode(errors="replace") for start, stop in pairwise(starts)]


def parts_of(batch: pa.RecordBatch, limit: int) -> Iterator[pa.RecordBatch]:
    """Yield slices of a batch with at most `limit` bytes of text, or one row."""
    ends = buffers_of(batch.column("text")).offsets
    first = 0
    while first < len(batch):
        last = max(first + 1, int(np.searchsorted(ends, ends[first] + limit, side="right")) - 1)
        yield batch.slice(first, last - first)
        first = last
