"""Kernels that read an element's name and attributes from well-formed markup.

They also find the ends of other markup.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from lakesift.extraction.class_words import WORD_GROUPS, WORD_KEYS, WORD_SLOTS
from lakesift.text.kernels.bytes import BASE, ONE, Bytes, hash_of, slot_of
from lakesift.text.kernels.compiled import compiled

LESS, GREATER, SLASH, BANG, DASH = 0x3C, 0x3E, 0x2F, 0x21, 0x2D
# Bytes of one attribute; the longest class lists of utility-first style sheets have about a kilobyte.
MAX_WORDS_BYTES: Final = 1024

CLASS, ID, ARIA_ROLE, ITEMPROP = (np.uint64(hash_of(name)) for name in ("class", "id", "role", "itemprop"))
STYLE, HIDDEN, ARIA_HIDDEN = (np.uint64(hash_of(name)) for name in ("style", "hidden", "aria-hidden"))
HREF, ALTTEXT = np.uint64(hash_of("href")), np.uint64(hash_of("alttext"))
TYPE = np.uint64(hash_of("type"))
NONE = np.frombuffer(b"display:none", np.uint8).copy()
TEX = np.frombuffer(b"math/tex", np.uint8).copy()
TRUE = np.frombuffer(b"true", np.uint8).copy()
ALONE = np.uint64(hash_of("."))  # behind a word that stands alone between white space


@compiled
def name_end(html: Bytes, at: int) -> int:
    """Return the end of the name that begins at `at`."""
    while at < len(html) and html[at] > 0x20 and html[at] != 0x3E and html[at] != 0x2F and html[at] != 0x3D:
        at += 1
    return at


@compiled
def groups_of(html: Bytes, start: int, stop: int) -> np.uint64:
    """Return the groups of the words in `html[start:stop]`.

    Two words side by side between white space are looked up together, too.
    """
    groups, total, weight = np.uint64(0), np.uint64(0), ONE
    before, before_weight, words = np.uint64(0), ONE, 0
    was_lower = False
    for at in range(start, stop + 1):
        byte = html[at] if at < stop else np.uint8(0x20)
        is_upper = 0x41 <= byte <= 0x5A
        is_lower = 0x61 <= byte <= 0x7A
        if (not is_lower and not is_upper) or (is_upper and was_lower):
            if weight != ONE:
                groups |= group_of(total)
                if words:
                    groups |= group_of(before + before_weight * total)
                before, before_weight = total, weight
                words += 1
            if byte <= 0x20:
                if words == 1:
                    groups |= group_of(before + before_weight * ALONE)
                words = 0
            total, weight = np.uint64(0), ONE
        if is_lower or is_upper:
            total += weight * np.uint64((byte | 0x20) + 1)
            weight *= BASE
        was_lower = is_lower
    return groups


@compiled
def group_of(wanted: np.uint64) -> np.uint64:
    """Return the groups of a word with this hash."""
    found = slot_of(WORD_KEYS, 0, WORD_SLOTS, wanted)
    return WORD_GROUPS[found] if found >= 0 else np.uint64(0)


@compiled
def holds(html: Bytes, start: int, stop: int, wanted: Bytes) -> bool:
    """Return whether `html[start:stop]` contains `wanted`, in any case.

    White space is ignored.
    """
    matched = 0
    for at in range(start, stop):
        byte = html[at]
        if byte == 0x20:
            continue
        if 0x41 <= byte <= 0x5A:
            byte |= np.uint8(0x20)
        if byte == wanted[matched]:
            matched += 1
            if matched == len(wanted):
                return True
        else:
            matched = 1 if byte == wanted[0] else 0
    return False


@compiled
def read_attribute(html: Bytes, name: np.uint64, start: int, stop: int, state: Any) -> None:
    """Write the attribute with the value `html[start:stop]` to the state."""
    if name == CLASS or name == ID or name == ARIA_ROLE or name == ITEMPROP:
        state.words |= groups_of(html, start, min(stop, start + MAX_WORDS_BYTES))
        if name == CLASS:
            total = np.uint64(0)
            for at in range(start, min(stop, start + MAX_WORDS_BYTES)):
                total = total * BASE + np.uint64(html[at])
            state.class_hash = total
    elif name == HREF or name == ALTTEXT:
        state.value, state.value_stop = start, stop
    elif name == HIDDEN:
        state.hidden = 1
    elif (name == STYLE and holds(html, start, stop, NONE)) or (name == ARIA_HIDDEN and holds(html, start, stop, TRUE)):
        state.hidden = 2 if name == ARIA_HIDDEN else 1
    elif name == TYPE and holds(html, start, stop, TEX):
        state.value = -2


@compiled
def read_attributes(html: Bytes, at: int, state: Any) -> int:
    """Read the attributes from `at` on; return the end of the tag, behind its `>`."""
    state.words = state.class_hash = np.uint64(0)
    state.value, state.hidden = -1, 0
    while at < len(html) and html[at] != 0x3E:
        if html[at] <= 0x20 or html[at] == 0x2F or html[at] == 0x3D:
            at += 1
            continue
        total, weight = np.uint64(0), ONE
        stop = name_end(html, at)
        for place in range(at, stop):
            total += weight * np.uint64(html[place] + 1)
            weight *= BASE
        at = max(stop, at + 1)
        start = stop = at
        if at < len(html) and html[at] == 0x3D:
            start = at + 2
            stop = start
            while stop < len(html) and html[stop] != 0x22:
                stop += 1
            at = stop + 1
        read_attribute(html, total, start, stop, state)
    return at + 1


@compiled
def behind_comment(html: Bytes, at: int) -> int:
    """Return the end of a comment or the doctype."""
    if at + 3 < len(html) and html[at + 2] == DASH and html[at + 3] == DASH:
        at += 4
        while at + 2 < len(html) and not (html[at] == DASH and html[at + 1] == DASH and html[at + 2] == GREATER):
            at += 1
        return at + 3
    while at < len(html) and html[at] != GREATER:
        at += 1
    return at + 1


@compiled
def raw_end(html: Bytes, at: int, name: int, size: int) -> int:
    """Return the start of the end tag of a raw-text element.

    The element's name is at `name`.
    """
    while at + size + 1 < len(html):
        if html[at] == LESS and html[at + 1] == SLASH:
            same = 0
            while same < size and (html[at + 2 + same] | 0x20) == html[name + same]:
                same += 1
            if same == size:
                return at
        at += 1
    return len(html)
