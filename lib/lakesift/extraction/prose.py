"""The kernel that writes the text between two tags, with white space collapsed and what it sees counted."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from lakesift.text.bytes import CONTINUES, CONTINUES_MASK, Bytes
from lakesift.text.compiled import compiled

OTHER, WHITE, DIGIT, UPPER, CLAUSE, STOP, BAR, ENTITY = range(8)
NO_BREAK, SPACE_BREAK, LINE_BREAK = range(3)
_KINDS: Final = {
    WHITE: " \t\n\r\f",
    DIGIT: "0123456789",
    UPPER: "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
    CLAUSE: ",;:",
    STOP: ".!?",
    BAR: "|",
    ENTITY: "&",
}
KINDS = np.zeros(256, np.uint8)
for kind, characters in _KINDS.items():
    for character in characters:
        KINDS[ord(character)] = kind

SOFT_HYPHEN = np.array(
    [0xC2, 0xAD], np.uint8
)  # where a word may be broken: not seen, and it parts the word for readers
# Of three bytes: ideographic comma and full stop, full-width comma, colon, semicolon, question and exclamation mark.
WIDE_STOPS = np.array([0x3002, 0xFF01, 0xFF1F, 0xFF61, 0x0964, 0x06D4, 0x1362, 0x2026], np.int64)
WIDE_CLAUSES = np.array([0x3001, 0xFF0C, 0xFF1A, 0xFF1B, 0xFF64], np.int64)
FIRST_WIDE, LAST_WIDE = 0x2E80, 0xD7FF  # radicals to Hangul


@compiled
def entity(html: Bytes, at: int) -> tuple[int, int]:
    """The character of the entity at `at` and its length; lexbor writes `&amp;`, `&lt;`, `&gt;`, `&nbsp;`, `&quot;`."""
    second = html[at + 1] if at + 1 < len(html) else np.uint8(0)
    third = html[at + 2] if at + 2 < len(html) else np.uint8(0)
    if second == 0x6C and third == 0x74:
        return 0x3C, 4
    if second == 0x67 and third == 0x74:
        return 0x3E, 4
    if second == 0x6E and third == 0x62:
        return 0x20, 6
    if second == 0x71 and third == 0x75:
        return 0x22, 6
    return 0x26, 5 if second == 0x61 and third == 0x6D else 1


@compiled
def open_block(text: Bytes, blocks: Any, state: Any, is_space: bool) -> None:
    """Begin a block, or end a word of the one that is open."""
    if state.block < 0:
        state.block = state.blocks
        state.blocks += 1
        block = blocks[state.block]
        block.start = state.out
        block.element, block.source, block.images = state.element, state.at, state.images
        block.chars = block.links = block.link_chars = block.digits = block.upper = block.clauses = 0
        block.stops = block.bars = block.wide = block.breaks = block.last = 0
        block.words, block.first = 1, -1
    elif state.pending:
        block = blocks[state.block]
        is_line = state.pending == LINE_BREAK
        text[state.out] = 0x0A if is_line else 0x20
        state.out += 1
        block.chars += 1
        block.breaks += is_line
        block.words += not is_space
        block.link_chars += state.links > 0
    state.pending = NO_BREAK


@compiled
def count_wide(html: Bytes, at: int, block: Any) -> int:
    """Count the character of three bytes at `at`; its kind."""
    if at + 2 >= len(html):
        return OTHER
    code = (np.int64(html[at] & 0x0F) << 12) | (np.int64(html[at + 1] & 0x3F) << 6) | np.int64(html[at + 2] & 0x3F)
    for stop in WIDE_STOPS:
        if code == stop:
            block.stops += 1
            return STOP
    for clause in WIDE_CLAUSES:
        if code == clause:
            block.clauses += 1
            return CLAUSE
    block.wide += FIRST_WIDE <= code <= LAST_WIDE
    return OTHER


@compiled
def put_text(html: Bytes, start: int, stop: int, text: Bytes, blocks: Any, state: Any) -> None:
    """Write `html[start:stop]` without soft hyphens behind the text of the open block; opens one at the first character."""
    at, size = start, 1
    while at < stop:
        byte = html[at]
        kind = KINDS[byte]
        size = 1
        if kind == ENTITY:
            code, size = entity(html, at)
            byte = np.uint8(code)
            kind = KINDS[byte] if code != 0x26 else OTHER
        if kind == WHITE and (not state.pre or state.block < 0):
            state.pending = max(state.pending, SPACE_BREAK) if state.block >= 0 else NO_BREAK
            at += size
            continue
        if byte == SOFT_HYPHEN[0] and at + 1 < stop and html[at + 1] == SOFT_HYPHEN[1]:
            at += 2
            continue
        state.at = at
        open_block(text, blocks, state, kind == WHITE)
        block = blocks[state.block]
        text[state.out] = byte
        state.out += 1
        at += size
        if (byte & CONTINUES_MASK) == CONTINUES:
            continue
        block.chars += 1
        block.link_chars += state.links > 0
        if byte >= 0xE0:
            kind = count_wide(html, at - size, block)
        else:
            block.digits += kind == DIGIT
            block.upper += kind == UPPER
            block.clauses += kind == CLAUSE
            block.stops += kind == STOP
            block.bars += kind == BAR
        block.last = kind
        if block.first < 0:
            block.first = kind
