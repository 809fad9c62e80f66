"""`cc_net`, `cc_net_two_pass`: equal lines but for case, digits and punctuation.

Source: facebookresearch/cc_net, `cc_net/dedup.py` (deduplicate, deduplicate_two_pass) and `text_normalizer.py`
(normalize_for_dedup): white space off the ends, lower case, every digit 0, 34 marks and control characters away. Blank
lines are lines. One pass keeps the first of equal lines in the order of documents; two passes keep those that no other
document has, and of them the first of their document.

Differences: case is that of each character on its own (a capital sigma always becomes σ); hashes are 64 bits of XXH64
and not of SHA-1; and a document with only blank lines left is dropped, where cc_net drops it only without any line.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lakesift.dedup.paragraphs.lines import line_bounds, units_of_lines
from lakesift.dedup.paragraphs.rule import Rule
from lakesift.dedup.paragraphs.settings import RepeatedParagraphSettings
from lakesift.dedup.paragraphs.units import Integers, Keys, Units
from lakesift.text.edits.cc_net import CONTROLS, FIRST_OTHER, LENGTH_BITS, LENGTH_MASK, REPLACED
from lakesift.text.kernels.buffers import TextBuffers
from lakesift.text.kernels.bytes import Bytes, code_point
from lakesift.text.kernels.characters import character_classes
from lakesift.text.kernels.compiled import compiled
from lakesift.text.kernels.kept_tables import kept
from lakesift.text.kernels.segments import stripped_start, stripped_stop
from lakesift.text.kernels.shingles import xxh64
from lakesift.text.kernels.simplified import CHANGEABLE, MAX_GROWTH

SAME = -1
GONE = 0
SURROGATES = range(0xD800, 0xE000)
SEED = np.uint64(0)


class LineTable(NamedTuple):
    """The normalised form of each character.

    Attributes:
        letters: uint8[128], the normalised form of an ASCII character; GONE for nothing.
        indices: int32 per code point: SAME, or the place of its bytes in `written` << 4 | how many.
        written: UTF-8 bytes, uint8.
    """

    letters: Bytes
    indices: NDArray[np.int32]
    written: Bytes


def find(buffers: TextBuffers, settings: RepeatedParagraphSettings) -> Units:
    """Find the lines of texts and their hashes."""
    bounds = line_bounds(buffers.data, buffers.offsets, True)
    keys = line_keys(buffers.data, bounds[1], bounds[2], line_table(), character_classes())
    return units_of_lines(buffers, bounds, keys, bounds[0], np.arange(len(keys)))


def one_pass(settings: RepeatedParagraphSettings) -> Rule:
    """Return the rule: a line that was seen goes."""
    return Rule(0.0, joined=True)


def two_pass(settings: RepeatedParagraphSettings) -> Rule:
    """Return the rule: a line that another document has goes everywhere."""
    return Rule(0.0, joined=True, everywhere=True)


def normalised_character(character: str) -> str:
    """Return the normalised form of one character."""
    digits = "".join("0" if part.isdecimal() else part for part in character.lower())
    return CONTROLS.sub("", "".join(part for part in digits if part not in REPLACED))


@kept
def line_table() -> LineTable:
    """Return the table for the running Python's Unicode version."""
    indices = np.full(CHANGEABLE[0].stop, SAME, np.int32)
    written = bytearray()
    for point in CHANGEABLE[0]:
        normal = chr(point) if point in SURROGATES else normalised_character(chr(point))
        if normal != chr(point):
            piece = normal.encode()
            indices[point] = len(written) << LENGTH_BITS | len(piece)
            written += piece
    letters = np.array([ord(normalised_character(chr(point)) or chr(GONE)) for point in range(FIRST_OTHER)], np.uint8)
    return LineTable(letters, indices, np.array(written, np.uint8))


@compiled
def line_keys(data: Bytes, starts: Integers, ends: Integers, table: LineTable, classes: NDArray[np.uint32]) -> Keys:
    """Compute the hash of each line `data[start:end]`, normalised."""
    letters, indices, written = table
    longest = np.max(ends - starts) if len(starts) else 0
    normal = np.empty(MAX_GROWTH * longest + 1, np.uint8)
    keys = np.empty(len(starts), np.uint64)
    for line in range(len(starts)):
        at = stripped_start(data, starts[line], ends[line], classes)
        stop = stripped_stop(data, at, ends[line], classes)
        size = 0
        while at < stop:
            if data[at] < FIRST_OTHER:
                normal[size] = letters[data[at]]
                size += normal[size] != GONE
                at += 1
                continue
            point, width = code_point(data, at, stop)
            place = indices[point] if point < len(indices) else SAME
            if place == SAME:
                for k in range(at, at + width):
                    normal[size] = data[k]
                    size += 1
            else:
                first = place >> LENGTH_BITS
                for k in range(first, first + (place & LENGTH_MASK)):
                    normal[size] = written[k]
                    size += 1
            at += width
        keys[line] = xxh64(normal, 0, size, SEED)
    return keys
