"""Buckets of documents that share a band key.

They are put together from values that contain many keys each.

A row for each key of each document is 14 rows a document, nearly all of them alone in their bucket: that Spark moves
and sorts them costs three times as much as this module. Batches of documents are cut into parts by the first bits of
their keys, a part is one value, and NumPy sorts the gathered values of a part.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from lakesift.dedup.shared.packing import binary_array, values_of
from lakesift.text.kernels.buffers import buffers_of

PARTS = "part INT, later BOOLEAN, keys BINARY, nodes BINARY"
PAIRS = "larger BIGINT, smaller BIGINT"

CUT_AT_ONCE = 1 << 20
SORTED_AT_ONCE = 1 << 14
"""Members; fewer are sorted faster."""
CROWD = 512
"""Maximum members of a bucket in a batch; any beyond may come later than the rest of their part."""
MAX_LATER = 4096
"""Members in one value of those that come later: Spark counts the rows of a batch and not their bytes."""

Numbers = NDArray[np.int64]


class Members(NamedTuple):
    """Members of buckets: a key and a node each."""

    keys: Numbers
    nodes: Numbers

    def at(self, indices: NDArray[np.generic] | slice) -> Members:
        """Return some of the members."""
        return Members(self.keys[indices], self.nodes[indices])


def packed_members(batches: Iterable[pa.RecordBatch], first: int, bits: int) -> Iterator[pa.RecordBatch]:
    """Cut the members of buckets into parts.

    Args:
        batches: node, keys (a list): rows of documents.
        first: number of a bucket's smallest nodes in a batch that never come later.
        bits: number of first bits of a key that are the number of its part, at most 16.

    Returns:
        part, later, keys and nodes: those of a part, or of one bucket where they come later.
    """
    for members in _gathered(batches):
        parts = _part(members.keys, bits)
        order = np.argsort(parts, kind="stable")
        members, parts = members.at(order), parts[order]
        starts, sizes = _runs(parts)
        later: list[slice] = []
        # Keys are spread evenly over the parts, except those of large buckets.
        for place in np.flatnonzero(sizes > 2 * len(parts) / 2**bits + max(CROWD, first)):
            whole = slice(starts[place], starts[place] + sizes[place])
            members.keys[whole], members.nodes[whole] = _by_key_and_node(members.at(whole))
            of_bucket = zip(*_runs(members.keys[whole]), strict=True)
            later += (
                slice(whole.start + start + first, whole.start + start + size)
                for start, size in of_bucket
                if size > max(CROWD, first)
            )
        stays = np.ones(len(members.keys), bool)
        for rest in later:
            stays[rest] = False
            yield _packed(members.at(rest), parts[rest], np.arange(0, rest.stop - rest.start, MAX_LATER), is_later=True)
        if later:
            members, parts = members.at(stays), parts[stays]
        yield _packed(members, parts, _runs(parts)[0], is_later=False)


def _gathered(batches: Iterable[pa.RecordBatch]) -> Iterator[Members]:
    gathered: list[Members] = []
    rows = 0
    for batch in batches:
        lists = batch.column("keys")
        counts = lists.value_lengths().fill_null(0).to_numpy()
        gathered.append(Members(lists.flatten().to_numpy(), np.repeat(batch.column("node").to_numpy(), counts)))
        rows += len(gathered[-1].keys)
        if rows >= CUT_AT_ONCE:
            yield _together(gathered)
            gathered, rows = [], 0
    if rows:
        yield _together(gathered)


def _packed(members: Members, parts: NDArray[np.int16], starts: Numbers, is_later: bool) -> pa.RecordBatch:
    bounds = np.append(starts, len(members.keys))
    columns = [
        pa.array(parts[starts].astype(np.int32)),
        pa.array(np.full(len(starts), is_later)),
        binary_array(members.keys, bounds),
        binary_array(members.nodes, bounds),
    ]
    return pa.RecordBatch.from_arrays(columns, names=["part", "later", "keys", "nodes"])


def _part(keys: Numbers, bits: int) -> NDArray[np.int16]:
    # NumPy sorts numbers of 16 bits by counting them.
    return (keys >> np.int64(64 - bits)).astype(np.int16)


def edges_of_parts(batches: Iterable[pa.RecordBatch], anchors: int, most: int | None) -> Iterator[pa.RecordBatch]:
    """Yield edges of buckets, whose parts come one after the other.

    Args:
        batches: rows of `packed_members` with `most`, or `anchors` where there is none, as its `first`; sorted by part
            and later.
        anchors: number of the bucket's smallest nodes to which each member is linked.
        most: number of the bucket's smallest nodes that are linked at all.

    Returns:
        larger, smaller; `smaller` is null in the row of a member beyond `most`.
    """
    known = _together([])
    for is_later, members in _groups(batches, most):
        if not is_later:
            known = members
            yield from _edges(members, anchors, most)
        elif most is not None:
            yield _pairs(members.nodes, None)
        else:
            smallest = np.sort(known.nodes[known.keys == members.keys[0]])[:anchors]
            for anchor in smallest:
                differ = members.nodes != anchor
                yield _pairs(members.nodes[differ], np.full(differ.sum(), anchor))


def _groups(batches: Iterable[pa.RecordBatch], most: int | None) -> Iterator[tuple[bool, Members]]:
    """Yield whole parts, each before its later rows.

    Members known to be beyond `most` are yielded as later.
    """
    gathered: list[Members] = []
    rows, limit, last = 0, CUT_AT_ONCE, None
    for part, is_later, members in _values(batches):
        if rows and (is_later or (rows >= SORTED_AT_ONCE and part != last)):
            yield False, _together(gathered)
            gathered, rows, limit = [], 0, CUT_AT_ONCE
        if is_later:
            yield True, members
            continue
        if most is not None and rows >= limit:
            ordered = _by_key_and_node(_together(gathered))
            is_beyond = _ranks(ordered.keys)[1] >= most
            yield True, ordered.at(is_beyond)
            gathered = [ordered.at(~is_beyond)]
            rows = len(gathered[0].keys)
            limit = max(2 * rows, CUT_AT_ONCE)
        gathered.append(members)
        rows, last = rows + len(members.keys), part
    if rows:
        yield False, _together(gathered)


def _values(batches: Iterable[pa.RecordBatch]) -> Iterator[tuple[int, bool, Members]]:
    for batch in batches:
        keys, nodes = values_of(batch.column("keys"), "<i8"), values_of(batch.column("nodes"), "<i8")
        offsets = buffers_of(batch.column("keys")).offsets
        bounds = ((offsets - offsets[0]) // keys.itemsize).tolist()
        parts, later = batch.column("part").to_pylist(), batch.column("later").to_pylist()
        for part, is_later, (start, end) in zip(parts, later, pairwise(bounds), strict=True):
            yield part, is_later, Members(keys[start:end], nodes[start:end])


def _edges(members: Members, anchors: int, most: int | None) -> Iterator[pa.RecordBatch]:
    members = members.at(np.argsort(members.keys))
    same = np.diff(members.keys) == 0
    keys, nodes = _by_key_and_node(members.at(np.append(same, False) | np.insert(same, 0, False)))
    first, rank = _ranks(keys)
    is_beyond = rank >= (len(rank) if most is None else most)
    for anchor in range(anchors):
        linked = ~is_beyond & (rank > anchor)
        larger, smaller = nodes[linked], nodes[first[linked] + anchor]
        differ = larger != smaller
        yield _pairs(larger[differ], smaller[differ])
    if most is not None:
        yield _pairs(nodes[is_beyond], None)


def _pairs(larger: Numbers, smaller: Numbers | None) -> pa.RecordBatch:
    ends = [pa.array(larger), pa.nulls(len(larger), pa.int64()) if smaller is None else pa.array(smaller)]
    return pa.RecordBatch.from_arrays(ends, names=["larger", "smaller"])


def _ranks(keys: Numbers) -> tuple[Numbers, Numbers]:
    """Return each sorted key's first equal index, and its rank among the equal ones."""
    first = np.repeat(*_runs(keys))
    return first, np.arange(len(keys)) - first


def _runs(ordered: NDArray[np.signedinteger]) -> tuple[Numbers, Numbers]:
    """Return the starts of runs of equal numbers, and their lengths."""
    starts = np.flatnonzero(np.append(True, ordered[1:] != ordered[:-1])[: len(ordered)])
    return starts, np.diff(np.append(starts, len(ordered)))


def _together(gathered: list[Members]) -> Members:
    nothing = np.zeros(0, np.int64)
    keys, nodes = zip(Members(nothing, nothing), *gathered, strict=True)
    return Members(np.concatenate(keys), np.concatenate(nodes))


def _by_key_and_node(members: Members) -> Members:
    return members.at(np.lexsort((members.nodes, members.keys)))
