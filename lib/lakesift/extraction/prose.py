"""Kernel that writes the text between two tags.

It collapses white space and counts what the features need.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from lakesift.text.kernels.bytes import CONTINUES, CONTINUES_MASK, Bytes, code_point
from lakesift.text.kernels.compiled import compiled

OTHER, WHITE, DIGIT, UPPER, CLAUSE, STOP, BAR, ENTITY, CLOSER, WIDE = range(10)
NO_BREAK, SPACE_BREAK, LINE_BREAK = range(3)
_BYTES: Final = {
    WHITE: " \t\n\r\f",
    DIGIT: "0123456789",
    UPPER: "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
    CLAUSE: ",;:",
    STOP: ".!?",
    BAR: "|",
    ENTITY: "&",
    CLOSER: "\"')]",
}
_CHARACTERS: Final = {
    # Of Arabic, ideographic, full-width and half-width letters.
    CLAUSE: (0x060C, 0x061B, 0x3001, 0xFF0C, 0xFF1A, 0xFF1B, 0xFF64),
    # Arabic question mark and full stop, danda, Ethiopic full stop, ellipsis, ideographic, full-width and half-width
    # ones.
    STOP: (0x061F, 0x06D4, 0x0964, 0x1362, 0x2026, 0x3002, 0xFF01, 0xFF1F, 0xFF61),
    # Marks that may close a sentence behind its stop; a closing mark of one language is an opening one in another.
    CLOSER: (0xAB, 0xBB, 0x2018, 0x2019, 0x201C, 0x201D, 0x2039, 0x203A, 0x300B, 0x300D, 0x300F, 0xFF09),
}
WIDE_LETTERS = slice(0x2E80, 0xD800)  # radicals to Hangul
KINDS = np.zeros(256, np.uint8)
KINDS_OF_CODES = np.zeros(1 << 16, np.uint8)
KINDS_OF_CODES[WIDE_LETTERS] = WIDE
for kind, characters in _BYTES.items():
    KINDS[[*map(ord, characters)]] = kind
for kind, codes in _CHARACTERS.items():
    KINDS_OF_CODES[[*codes]] = kind

TWO_BYTES = 0xC2  # the first one


@compiled
def entity(html: Bytes, at: int) -> tuple[int, int]:
    """Return the character of the entity at `at`, and its length.

    lexbor writes `&amp;`, `&lt;`, `&gt;`, `&nbsp;` and `&quot;`.
    """
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
    """Begin a block, or end a word of the open one."""
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
def invisible(html: Bytes, at: int, stop: int) -> int:
    """Return the length of an invisible character at `at`, 0 for any other; see `crawl.html.charset.INVISIBLE`."""
    first, left = html[at], stop - at
    if first == 0xC2:
        return 2 if left > 1 and html[at + 1] == 0xAD else 0
    if left < 3 or (first != 0xE2 and first != 0xEF):
        return 0
    second, third = html[at + 1], html[at + 2]
    if first == 0xEF:
        return 3 if second == 0xBB and third == 0xBF else 0
    if second == 0x81 and third == 0xA0:
        return 3
    if second != 0x80 or third != 0x8B:
        return 0
    # Between words that are written without spaces it is the space: Thai and Lao, Myanmar, Khmer.
    lead, next_ = (html[at - 3], html[at - 2]) if at >= 3 else (np.uint8(0), np.uint8(0))
    is_word = (lead == 0xE0 and 0xB8 <= next_ <= 0xBB) or (
        lead == 0xE1 and (0x80 <= next_ <= 0x81 or 0x9E <= next_ <= 0x9F)
    )
    return 0 if is_word else 3


@compiled
def put_text(html: Bytes, start: int, stop: int, text: Bytes, blocks: Any, state: Any) -> None:
    """Append `html[start:stop]` to the open block, without invisible characters.

    The first character opens a block.
    """
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
        hidden = invisible(html, at, stop) if byte >= TWO_BYTES else 0
        if hidden:
            at += hidden
            continue
        state.at = at
        if state.block < 0 or state.pending:
            open_block(text, blocks, state, kind == WHITE)
        block = blocks[state.block]
        text[state.out] = byte
        state.out += 1
        at += size
        if (byte & CONTINUES_MASK) == CONTINUES:
            continue
        block.chars += 1
        block.link_chars += state.links > 0
        if byte >= TWO_BYTES:
            point = code_point(html, at - size, len(html))[0]
            kind = KINDS_OF_CODES[point] if point < len(KINDS_OF_CODES) else OTHER
        if kind != OTHER:
            block.digits += kind == DIGIT
            block.upper += kind == UPPER
            block.clauses += kind == CLAUSE
            block.stops += kind == STOP
            block.bars += kind == BAR
            block.wide += kind == WIDE
        if kind != CLOSER or block.last != STOP:
            block.last = kind
        if block.first < 0:
            block.first = kind
