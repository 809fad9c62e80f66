"""Units of text (lines, paragraphs, sentences) with the hashes of their content.

The module also builds their rows for the comparison.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from lakesift.dedup.paragraphs.rule import Rule
from lakesift.dedup.shared.packing import binary_array
from lakesift.text.kernels.bytes import signed
from lakesift.text.kernels.compiled import compiled
from lakesift.text.kernels.ngrams import HALF, slots_for

Integers = NDArray[np.int64]
Keys = NDArray[np.uint64]
FIELDS = 6  # of an entry: start, end, total, contained, weight, lead
NOBODY = -1
OPEN, GONE, NEVER = 0, 1, 2


@dataclass(frozen=True)
class Units:
    """The units of n texts.

    Attributes:
        firsts: int64[n + 1]; the units of text i are those from `firsts[i]` to `firsts[i + 1]`.
        starts: int64 per unit, the byte of its text where it begins.
        ends: where it ends.
        weights: weight of a unit in the text that is left, in words or in bytes that are no ASCII white space.
        leads: bytes of white space with which the unit begins, where that matters.
        keys: uint64, hashes of lines, n-grams ...; those of a text one after the other, in their order.
        key_firsts: int64[n + 1], as `firsts`.
        owners: int64 per key: its unit, NOBODY if it counts for none; of `reach` units, the first.
        reach: number of units of a key.
        is_shared: whether a unit may repeat itself: a key counts as seen only when another unit had it.
    """

    firsts: Integers
    starts: Integers
    ends: Integers
    weights: Integers
    leads: Integers
    keys: Keys
    key_firsts: Integers
    owners: Integers
    reach: int = 1
    is_shared: bool = False


@dataclass(frozen=True)
class Rows:
    """The rows of n texts to compare, by text and part.

    Attributes:
        texts: int64, to which text a row belongs.
        parts: int32, the part of the hashes; negative for the row with the text's entries.
        keys: binary: uint64 hashes, each text's different ones; entries: int32[..., FIELDS].
        units: binary: int32, the entry for which each of the hashes counts, NOBODY for none.
    """

    texts: Integers
    parts: NDArray[np.int32]
    keys: pa.BinaryArray
    units: pa.BinaryArray


def rows_of(units: Units, salts: Keys, parts: int, rule: Rule) -> Iterator[Rows]:
    """Yield the rows of texts.

    Hashes that a text has twice are settled here: only their first is compared with other texts. Neighbouring units
    that go, or stay, independently of other texts become one entry.

    Args:
        units: of n texts.
        salts: uint64[n], exclusive or with a text's hashes; texts of different salts are not compared.
        parts: number of parts into which hashes are divided.
        rule: conditions under which a unit goes.
    """
    texts = np.repeat(np.arange(len(salts)), np.diff(units.key_firsts))
    is_repeat = repeats_in_texts(units.keys, units.owners, units.key_firsts, units.is_shared)
    owners = (units.owners[:, None] + np.arange(units.reach)).ravel() if units.reach > 1 else units.owners
    keys, texts, is_repeat = (np.repeat(column, units.reach) for column in (units.keys, texts, is_repeat))
    counts = owners >= 0
    total = np.bincount(owners[counts], minlength=len(units.starts))
    contained = np.bincount(owners[counts & is_repeat], minlength=len(units.starts))
    entries, entry_of, firsts = _entries(units, total, contained, rule)
    yield _entry_rows(entries, firsts, parts)
    keys, texts, owners = keys[~is_repeat], texts[~is_repeat], owners[~is_repeat]
    keys = keys ^ salts[texts]
    own = np.where(owners >= 0, entry_of[owners] - firsts[texts], NOBODY).astype("<i4")
    part = ((keys >> HALF) % np.uint64(parts)).astype(np.int64)
    groups = texts * parts + part
    order = np.argsort(groups, kind="stable")
    groups = groups[order]
    starts = np.flatnonzero(np.diff(groups, prepend=-1))
    bounds = np.append(starts, len(groups))
    yield Rows(
        groups[starts] // parts,
        (groups[starts] % parts).astype(np.int32),
        binary_array(keys[order].astype("<u8", copy=False), bounds),
        binary_array(own[order], bounds),
    )


def _entries(
    units: Units, total: Integers, contained: Integers, rule: Rule
) -> tuple[NDArray[np.int32], Integers, Integers]:
    """Return the entries of all texts, the entry of each unit, and the texts' firsts.

    Entries are int32[m, FIELDS]; the firsts say where each text's entries begin.
    """
    state = np.where(rule.goes(contained, total), GONE, OPEN)
    if units.reach == 1:
        state[total == 0] = NEVER
    begins = np.ones(len(state), np.bool_)
    begins[1:] = (state[1:] != state[:-1]) | (state[1:] == OPEN)
    begins[units.firsts[:-1][np.diff(units.firsts) > 0]] = True
    entry_of = np.cumsum(begins) - 1
    heads = np.flatnonzero(begins)
    entries = np.empty((len(heads), FIELDS), "<i4")
    if len(heads):
        entries[:, 0], entries[:, 1] = units.starts[heads], units.ends[np.append(heads[1:], len(state)) - 1]
        for place, column in enumerate((total, contained, units.weights), 2):
            entries[:, place] = np.add.reduceat(column, heads)
        entries[:, 5] = units.leads[heads]
    firsts = np.append(entry_of, len(heads))[units.firsts]
    return entries, entry_of, firsts


def _entry_rows(entries: NDArray[np.int32], firsts: Integers, parts: int) -> Rows:
    texts = np.flatnonzero(np.diff(firsts) > 0)
    bounds = np.append(firsts[texts], len(entries))
    nothing = binary_array(np.empty(0, "<i4"), np.zeros(len(texts) + 1, np.int64))
    # Negative parts spread these rows over the tasks.
    return Rows(texts, (-1 - texts % parts).astype(np.int32), binary_array(entries, bounds), nothing)


@compiled
def repeats_in_texts(keys: Keys, owners: Integers, firsts: Integers, is_shared: bool) -> NDArray[np.bool_]:
    """Return which keys occur earlier in their text.

    With `is_shared`, the earlier occurrence is in another unit.
    """
    is_repeat = np.zeros(len(keys), np.bool_)
    max_keys = 0
    for text in range(len(firsts) - 1):
        max_keys = max(max_keys, firsts[text + 1] - firsts[text])
    # An open-addressing table of places; entries of earlier texts are before this one's first.
    table = np.full(slots_for(max_keys), NOBODY, np.int64)
    for text in range(len(firsts) - 1):
        first, last = firsts[text], firsts[text + 1]
        mask = slots_for(last - first) - 1
        for place in range(first, last):
            slot = signed(keys[place]) & mask
            while table[slot] >= first and keys[table[slot]] != keys[place]:
                slot = (slot + 1) & mask
            if table[slot] < first:
                table[slot] = place
            else:
                is_repeat[place] = not is_shared or owners[table[slot]] < owners[place]
    return is_repeat
