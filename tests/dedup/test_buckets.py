from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lakesift.dedup.minhash import buckets
from lakesift.dedup.minhash.buckets import edges_of_parts, packed_members

KEYS = (-(2**63), -(2**63) + 1, -1, 0, 1, 2**62, 2**63 - 1)
"""In parts of their own and in the same, the first and the last there can be among them."""
MEMBERS = pa.schema([("node", pa.int64()), ("keys", pa.list_(pa.int64()))])
PACKED = pa.schema([("part", pa.int32()), ("later", pa.bool_()), ("keys", pa.binary()), ("nodes", pa.binary())])


def batches_of(rows: list[dict[str, object]], schema: pa.Schema, cuts: list[int]) -> Iterator[pa.RecordBatch]:
    places = [0, *sorted(min(cut, len(rows)) for cut in cuts), len(rows)]
    return (pa.RecordBatch.from_pylist(rows[start:end], schema) for start, end in pairwise(places))


def edges(
    documents: dict[int, set[int]], tasks: int, cuts: list[int], anchors: int, most: int | None, bits: int
) -> list[tuple[int, int | None]]:
    """The edges of documents that so many tasks read."""
    rows = [{"node": node, "keys": list(keys) or None} for node, keys in documents.items()]
    packed = [
        row
        for task in range(tasks)
        for batch in packed_members(batches_of(rows[task::tasks], MEMBERS, cuts), most or anchors, bits)
        for row in batch.to_pylist()
    ]
    # As Spark sorts them: in no order within a part but for what comes later.
    packed.sort(key=lambda row: (row["part"], row["later"]))
    found = edges_of_parts(batches_of(packed, PACKED, cuts), anchors, most)
    return [(row["larger"], row["smaller"]) for batch in found for row in batch.to_pylist()]


def expected(documents: dict[int, set[int]], anchors: int, most: int | None) -> list[tuple[int, int | None]]:
    found: list[tuple[int, int | None]] = []
    for key in KEYS:
        nodes = sorted(node for node, keys in documents.items() if key in keys)
        found += [(node, first) for at, node in enumerate(nodes[:most]) for first in nodes[: min(at, anchors)]]
        found += [(node, None) for node in nodes[most:] if most is not None]
    return found


def in_order(found: list[tuple[int, int | None]]) -> list[tuple[int, int | None]]:
    return sorted(found, key=lambda edge: (edge[0], edge[1] is None, edge[1]))


@given(
    st.dictionaries(st.integers(-99, 99), st.sets(st.sampled_from(KEYS)), max_size=60),
    st.integers(1, 3),
    st.lists(st.integers(0, 60), max_size=6),
    st.integers(1, 3),
    st.none() | st.integers(2, 6),
    st.integers(0, 20),
    st.integers(1, 16),
)
def test_buckets_are_stars_however_their_members_are_handed_over(
    documents: dict[int, set[int]], tasks: int, cuts: list[int], anchors: int, most: int | None, few: int, bits: int
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        for limit in ("CUT_AT_ONCE", "SORTED_AT_ONCE", "CROWD", "MAX_LATER"):
            patch.setattr(buckets, limit, few + 1)
        found = edges(documents, tasks, cuts, anchors, most, bits)
    assert in_order(found) == in_order(expected(documents, anchors, most))


@pytest.mark.parametrize("most", [None, 1000])
def test_of_a_bucket_with_everyone_little_is_held_at_once(most: int | None) -> None:
    everyone = {node: {7} for node in range(50_000)}
    rows = [{"node": node, "keys": list(keys)} for node, keys in everyone.items()]
    packed = [
        row for batch in packed_members(batches_of(rows, MEMBERS, [20_000]), most or 1, 10) for row in batch.to_pylist()
    ]
    members = [(row["later"], len(np.frombuffer(row["nodes"], np.int64))) for row in packed]
    assert sum(number for later, number in members if not later) == (most or 1)
    assert max(number for _, number in members) <= max(buckets.MAX_LATER, most or 1)
    assert sum(number for _, number in members) == len(everyone)
