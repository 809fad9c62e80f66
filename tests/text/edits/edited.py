"""What the tests of edits share: to apply one to strings."""

from __future__ import annotations

from typing import Any

import pyarrow as pa

from lakesift.text.edits import EDITS
from lakesift.text.kernels.buffers import array_of, buffers_of


def edited(name: str, *texts: str) -> tuple[list[str], list[dict[str, Any]]]:
    """The texts after an edit, and what it counted in each."""
    after, counts = EDITS[name].apply(buffers_of(pa.array(texts, pa.string())))
    assert {field.name: field.type for field in counts.type} == EDITS[name].columns
    assert counts.null_count == 0
    assert all(field.null_count == 0 for field in counts.flatten())
    return array_of(after).to_pylist(), counts.to_pylist()
