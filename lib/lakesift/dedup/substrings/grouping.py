"""Groups of equal anchors, then windows, and their evidence of repeated text."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lakesift.dedup.substrings.anchors import KEY, OFTEN, OTHER_REGION, PLACE, REGION, REPEATS, TIED, Records
from lakesift.dedup.substrings.settings import Removal
from lakesift.text.kernels.bytes import signed
from lakesift.text.kernels.compiled import compiled
from lakesift.text.kernels.ngrams import FACTOR, HALF, slots_for

Integers = NDArray[np.int64]
NOBODY = -1
HASH, OTHER_HASH, WINDOW_PLACE = range(3)
WINDOW_FIELDS = 3
LARGE_GROUP = 4096
"""Anchors of one key with different surroundings whose windows one task looks at; more of them are divided by hash."""


class Groups(NamedTuple):
    """Rows by their group.

    Attributes:
        of: int64 per row, its group.
        sizes: int64 per group, its rows.
        firsts: int64 per group, its smallest place.
    """

    of: Integers
    sizes: Integers
    firsts: Integers


def settled_at_once(anchors: Records, length: int, remove: Removal) -> tuple[Records, Records]:
    """Settle anchors by some of the texts alone.

    Returns anchors whose windows all go, and anchors to compare with other texts.

    Of anchors with one region only the first is passed on, marked as one of many: an anchor that is on every page
    is compared as often as there are batches of pages.

    Args:
        anchors: see `anchors_of`.
        length: L, units in a window.
        remove: the copies that go.

    Returns:
        (anchors whose windows are all cut, anchors to be compared).
    """
    regions = _regions(anchors)
    anchors[:, REPEATS] |= np.where(regions.sizes[regions.of] > 1, OFTEN, 0)
    is_first = anchors[:, PLACE] == regions.firsts[regions.of]
    if remove == "all_copies":
        return anchors[regions.sizes[regions.of] > 1], anchors[is_first]
    goes = anchors[:, PLACE] - regions.firsts[regions.of] >= length
    return anchors[goes], anchors[~goes]


def settled_together(anchors: Records, length: int, remove: Removal) -> tuple[Records, Records, Integers]:
    """Settle anchors by all texts.

    Returns anchors whose windows all go, and anchors whose windows are compared one by one.

    Args:
        anchors: all of some keys, from all texts, each passed on by `settled_at_once`.
        length: L, units in a window.
        remove: the copies that go.

    Returns:
        (anchors whose windows are all cut, anchors whose windows are compared, number of parts into which the windows
        of each of these are divided).
    """
    regions, keys = _regions(anchors), _groups(anchors[:, KEY], np.zeros(len(anchors), np.int64), anchors[:, PLACE])
    is_first = anchors[:, PLACE] == regions.firsts[regions.of]
    is_often = anchors[:, REPEATS] & OFTEN > 0
    different = np.bincount(keys.of[is_first], minlength=len(keys.sizes))
    if remove == "all_copies":
        repeats = np.bincount(regions.of, 1 + is_often)[regions.of] > 1 if len(anchors) else is_often
        goes = repeats & ~is_often
        open_ones = _any_of(keys, ~repeats & ((different[keys.of] > 1) | (anchors[:, REPEATS] & TIED > 0)))
        asked = is_first & open_ones[keys.of]
    else:
        goes = anchors[:, PLACE] - regions.firsts[regions.of] >= length
        overlap = ~is_first & ~goes
        open_ones = _any_of(keys, overlap | (different[keys.of] > 1) | (anchors[:, REPEATS] & TIED > 0))
        asked = ~goes & open_ones[keys.of]
    return anchors[goes], anchors[asked], -(-different[keys.of[asked]] // LARGE_GROUP)


def repeated_windows(windows: Records, length: int, remove: Removal) -> Integers:
    """Return the places of the windows that go.

    Args:
        windows: int64[n, WINDOW_FIELDS]: two hashes and the place of each window; all that share their hashes.
        length: L, units in a window.
        remove: the copies that go.
    """
    same = _groups(windows[:, HASH], windows[:, OTHER_HASH], windows[:, WINDOW_PLACE])
    if remove == "all_copies":
        goes = same.sizes[same.of] > 1
        return windows[:, WINDOW_PLACE][goes]
    places = windows[:, WINDOW_PLACE]
    # Places in different documents are at least 2^31 apart, less the longest text, which has fewer windows than bytes.
    return places[places - same.firsts[same.of] >= length]


def joined_runs(places: Integers, sizes: Integers) -> tuple[Integers, Integers]:
    """Join runs of windows that touch or overlap; return places and sizes, sorted."""
    if len(places) == 0:
        return places, sizes
    order = np.argsort(places)
    starts, ends = places[order], np.maximum.accumulate((places + sizes)[order])
    begins = np.append(0, np.flatnonzero(starts[1:] > ends[:-1]) + 1)
    lasts = np.append(begins[1:], len(starts)) - 1
    return starts[begins], ends[lasts] - starts[begins]


def _regions(anchors: Records) -> Groups:
    return _groups(anchors[:, REGION], anchors[:, OTHER_REGION], anchors[:, PLACE])


def _groups(first: Integers, second: Integers, places: Integers) -> Groups:
    of, number = group_numbers(np.ascontiguousarray(first), np.ascontiguousarray(second))
    firsts = np.full(number, np.iinfo(np.int64).max)
    np.minimum.at(firsts, of, places)
    return Groups(of, np.bincount(of, minlength=number), firsts)


def _any_of(groups: Groups, flags: NDArray[np.bool_]) -> NDArray[np.bool_]:
    found = np.zeros(len(groups.sizes), np.bool_)
    found[groups.of[flags]] = True
    return found


@compiled
def group_numbers(first: Integers, second: Integers) -> tuple[Integers, int]:
    """Number the groups of rows with equal numbers.

    Returns the group of each row, counted from 0 in order of appearance, and the number of groups.
    """
    of = np.empty(len(first), np.int64)
    table = np.full(slots_for(len(first)), NOBODY, np.int64)
    mask, number = len(table) - 1, 0
    for row in range(len(first)):
        mixed = (np.uint64(first[row]) ^ np.uint64(second[row]) * FACTOR) * FACTOR
        slot = signed(mixed >> HALF) & mask
        while table[slot] != NOBODY and (first[table[slot]] != first[row] or second[table[slot]] != second[row]):
            slot = (slot + 1) & mask
        if table[slot] == NOBODY:
            table[slot] = row
            of[row] = number
            number += 1
        else:
            of[row] = of[table[slot]]
    return of, number
