"""The lines of texts, as units."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lakesift.dedup.paragraphs.units import Integers, Keys, Units
from lakesift.text.kernels.buffers import TextBuffers
from lakesift.text.kernels.bytes import Bytes
from lakesift.text.kernels.compiled import compiled
from lakesift.text.kernels.segments import NEWLINE

FIRST_SOLID = 0x21


@compiled
def line_bounds(data: Bytes, offsets: Integers, newline_behind: bool) -> tuple[Integers, Integers, Integers, Integers]:
    """Find the lines of texts, as `split("\\n")` does; an empty text has none.

    Args:
        data: the texts' bytes.
        offsets: int64[n + 1].
        newline_behind: whether a newline belongs to the line that it ends; else to the one that it begins.

    Returns:
        firsts int64[n + 1], and int64 per line: start and end in `data`, bytes that are no ASCII white space or
        controls.
    """
    room = 0
    for at in range(offsets[0], offsets[-1]):
        room += data[at] == NEWLINE
    room += len(offsets) - 1
    firsts = np.zeros(len(offsets), np.int64)
    starts, ends, weights = np.empty(room, np.int64), np.empty(room, np.int64), np.empty(room, np.int64)
    count = 0
    for text in range(len(offsets) - 1):
        start, stop = offsets[text], offsets[text + 1]
        weight = 0
        for at in range(start, stop):
            weight += data[at] >= FIRST_SOLID
            if data[at] == NEWLINE:
                end = at + 1 if newline_behind else at
                starts[count], ends[count], weights[count] = start, end, weight
                count += 1
                start, weight = end, 0
        if stop > offsets[text]:
            starts[count], ends[count], weights[count] = start, stop, weight
            count += 1
        firsts[text + 1] = count
    return firsts, starts[:count], ends[:count], weights[:count]


def units_of_lines(
    buffers: TextBuffers,
    bounds: tuple[Integers, Integers, Integers, Integers],
    keys: Keys,
    key_firsts: Integers,
    owners: NDArray[np.int64],
    is_shared: bool = False,
) -> Units:
    """Build units from `line_bounds`; the other arguments are those of `Units`."""
    firsts, starts, ends, weights = bounds
    origins = np.repeat(buffers.offsets[:-1], np.diff(firsts))
    leads = np.zeros(len(starts), np.int64)
    return Units(
        firsts, starts - origins, ends - origins, weights, leads, keys, key_firsts, owners, is_shared=is_shared
    )
