"""SHA-256 of texts."""

from __future__ import annotations

import hashlib
from itertools import pairwise

import pyarrow as pa

from lakesift.text.kernels.buffers import TextBuffers


def content_hashes(buffers: TextBuffers) -> pa.StringArray:
    """Return the SHA-256 of each text's UTF-8 bytes, in hexadecimal."""
    data, bounds = buffers.data.data, buffers.offsets.tolist()
    hashes = [hashlib.sha256(data[start:end]).hexdigest() for start, end in pairwise(bounds)]
    return pa.array(hashes, pa.string())
