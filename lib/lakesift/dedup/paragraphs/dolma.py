"""`dolma`: paragraphs, here lines, that occurred before, byte for byte.

Source: allenai/dolma 1.2.1, `src/deduper.rs` (write_attributes, paragraphs without by_ngram), with a set for its Bloom
filter: nothing goes for a false positive. A paragraph's newline goes with it. (Dolma leaves the last newline of an
ASCII text that ends in one.) Dolma's min_length and min_words are left out: the first compares places and not lengths,
and with the second no paragraph that is long enough is ever looked at.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lakesift.dedup.paragraphs.lines import line_bounds, units_of_lines
from lakesift.dedup.paragraphs.rule import Rule
from lakesift.dedup.paragraphs.settings import RepeatedParagraphSettings
from lakesift.dedup.paragraphs.units import Integers, Keys, Units
from lakesift.text.kernels.buffers import TextBuffers
from lakesift.text.kernels.bytes import Bytes
from lakesift.text.kernels.characters import character_classes
from lakesift.text.kernels.compiled import compiled
from lakesift.text.kernels.segments import NEWLINE, stripped_start
from lakesift.text.kernels.shingles import xxh64

SEED = np.uint64(1)


def find(buffers: TextBuffers, settings: RepeatedParagraphSettings) -> Units:
    """Find the paragraphs of texts and their hashes; an empty text has none."""
    bounds = line_bounds(buffers.data, buffers.offsets, True)
    firsts, starts, ends, _ = bounds
    keys = paragraph_keys(buffers.data, starts, ends)
    owners = np.arange(len(keys))
    key_firsts = firsts
    if settings.dolma.skip_empty:
        is_chosen = ~are_blank(buffers.data, starts, ends, character_classes())
        keys, owners = keys[is_chosen], owners[is_chosen]
        key_firsts = np.append(0, np.cumsum(is_chosen))[firsts]
    return units_of_lines(buffers, bounds, keys, key_firsts, owners)


def rule(settings: RepeatedParagraphSettings) -> Rule:
    """Return the rule: a paragraph that was seen goes."""
    return Rule(0.0)


@compiled
def paragraph_end(data: Bytes, start: int, end: int) -> int:
    """Return the end of the line `data[start:end]` without its newline."""
    return end - 1 if end > start and data[end - 1] == NEWLINE else end


@compiled
def paragraph_keys(data: Bytes, starts: Integers, ends: Integers) -> Keys:
    """Compute the hash of each line `data[start:end]` without its newline."""
    keys = np.empty(len(starts), np.uint64)
    for line in range(len(starts)):
        keys[line] = xxh64(data, starts[line], paragraph_end(data, starts[line], ends[line]), SEED)
    return keys


@compiled
def are_blank(data: Bytes, starts: Integers, ends: Integers, classes: NDArray[np.uint32]) -> NDArray[np.bool_]:
    """Return which lines are white space alone."""
    blank = np.zeros(len(starts), np.bool_)
    for line in range(len(starts)):
        blank[line] = stripped_start(data, starts[line], ends[line], classes) == ends[line]
    return blank
