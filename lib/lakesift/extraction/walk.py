"""One walk over well-formed markup: its elements, its blocks of text, its links."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from lakesift.extraction.attributes import (
    BANG,
    GREATER,
    LESS,
    SLASH,
    behind_comment,
    name_end,
    raw_end,
    read_attributes,
)
from lakesift.extraction.elements import (
    BLOCK,
    ELEMENT,
    NAME_KEYS,
    NAME_ROLES,
    NAME_SLOTS,
    NAME_TAGS,
    SPAN,
    STATE,
    Role,
    Tag,
)
from lakesift.extraction.prose import LINE_BREAK, NO_BREAK, put_text
from lakesift.text.kernels.bytes import BASE, ONE, Bytes, slot_of
from lakesift.text.kernels.compiled import borrowed, compiled

_BLOCK, _VOID, _RAW, _SKIPPED, _PRE = (int(role) for role in Role)
A, BR, IMG, CODE, MATH = int(Tag.A), int(Tag.BR), int(Tag.IMG), int(Tag.CODE), int(Tag.MATH)
SCRIPT, NOSCRIPT, BODY, HTML = int(Tag.SCRIPT), int(Tag.NOSCRIPT), int(Tag.BODY), int(Tag.HTML)
PARAGRAPH_CHARS: Final = 25  # readability's minimum length of a paragraph (mozilla/readability, Readability.js)


@dataclass(frozen=True)
class Walked:
    """The walk's result of a page.

    Attributes:
        html: the markup, UTF-8.
        text: the blocks' texts, one behind the other, UTF-8.
        elements: array of `ELEMENT`, parents before children; the first is the page.
        blocks: array of `BLOCK`, in order.
        spans: array of `SPAN`: links and code inside blocks, in order of their ends.
    """

    html: Bytes
    text: Bytes
    elements: NDArray[np.void]
    blocks: NDArray[np.void]
    spans: NDArray[np.void]


def walk(markup: bytes, *, with_noscript: bool = False) -> Walked:
    """Walk over a page.

    Args:
        with_noscript: include the content for browsers without scripts.
        markup: `str(HTMLTree)` of resiliparse, in UTF-8: every element closed, attributes in double quotes.
    """
    html = np.frombuffer(markup, np.uint8)
    capacity = int(np.count_nonzero(html == LESS)) + 2
    text = np.empty(len(html) + capacity, np.uint8)
    elements, blocks = np.empty(capacity, ELEMENT), np.empty(capacity, BLOCK)
    spans, state = np.empty(capacity, SPAN), np.zeros(1, STATE)
    state["with_noscript"] = with_noscript
    run(html, text, elements, blocks, spans, state)
    found = state[0]
    return Walked(
        html, text[: found["out"]], elements[: found["elements"]], blocks[: found["blocks"]], spans[: found["spans"]]
    )


@compiled
def run(html: Bytes, text: Bytes, elements: Any, blocks: Any, spans: Any, states: Any) -> None:
    """Fill the arrays, and write their lengths to the state."""
    html, text = borrowed(html), borrowed(text)
    elements, blocks, spans = borrowed(elements), borrowed(blocks), borrowed(spans)
    state = states[0]
    state.block = -1
    put_element(elements, state, 0, 0, 0, np.uint64(0))
    at = 0
    while at < len(html):
        if html[at] != LESS:
            stop = at + 1
            while stop < len(html) and html[stop] != LESS:
                stop += 1
            if not state.skipped:
                put_text(html, at, stop, text, blocks, state)
            at = stop
        elif at + 1 < len(html) and html[at + 1] == SLASH:
            at = end_tag(html, at + 2, elements, blocks, spans, state)
        elif at + 1 < len(html) and html[at + 1] == BANG:
            at = behind_comment(html, at)
        else:
            at = start_tag(html, at + 1, text, elements, blocks, spans, state)
    close_block(elements, blocks, state)
    add_up(elements, state.elements)


@compiled
def put_element(elements: Any, state: Any, at: int, tag: int, roles: int, name: np.uint64) -> None:
    """Open an element inside the current one, with its attributes.

    Its name begins at `at`.
    """
    number = state.elements
    element = elements[number]
    element.source, element.tag, element.roles, element.name, element.words = at, tag, roles, name, state.words
    element.chars = element.link_chars = element.paragraph_chars = element.stops = element.blocks = 0
    element.is_hidden = state.hidden == 1
    element.holder = number if roles & _BLOCK or number == 0 else elements[state.element].holder
    own = name * BASE + state.class_hash
    if number:
        parent = elements[state.element]
        element.parent, element.depth = state.element, parent.depth + 1
        element.all_words, element.all_tags = parent.all_words | state.words, parent.all_tags | (ONE << np.uint64(tag))
        element.signature = own * BASE + parent.signature
        element.is_hidden |= parent.is_hidden
    else:
        element.parent, element.depth, element.all_words, element.all_tags = -1, 0, np.uint64(0), np.uint64(0)
        element.signature = own
    state.elements += 1
    state.element = number


@compiled
def start_tag(html: Bytes, at: int, text: Bytes, elements: Any, blocks: Any, spans: Any, state: Any) -> int:
    """Open the element whose name begins at `at`; return the start of its content."""
    total, weight = np.uint64(0), ONE
    stop = name_end(html, at)
    for place in range(at, stop):
        total += weight * np.uint64(html[place] + 1)
        weight *= BASE
    found = slot_of(NAME_KEYS, 0, NAME_SLOTS, total)
    tag, roles = (NAME_TAGS[found], NAME_ROLES[found]) if found >= 0 else (0, 0)
    if tag == NOSCRIPT and state.with_noscript:
        roles &= ~_SKIPPED
    after = read_attributes(html, stop, state)
    state.words *= np.uint64(tag != BODY and tag != HTML)  # their classes describe the page, not a part of it
    if roles & _BLOCK and not state.skipped:
        close_block(elements, blocks, state)
    if roles & _VOID:
        if tag == BR and not state.skipped:
            break_line(elements, blocks, state)
        state.images += tag == IMG
        return after
    put_element(elements, state, at, tag, roles, total)
    if not state.skipped:
        if tag == MATH and state.value >= 0:
            put_text(html, state.value, state.value_stop, text, blocks, state)
        elif tag == A:
            state.links += state.value >= 0
            put_span(spans, blocks, state, A)
        elif tag == CODE:
            put_span(spans, blocks, state, CODE)
    if roles & _RAW:
        stop = raw_end(html, after, at, name_end(html, at) - at)
        if tag == SCRIPT and state.value == -2 and not state.skipped:
            put_text(html, after, stop, text, blocks, state)
        after = stop
    state.skipped += (roles & _SKIPPED) != 0
    state.pre += (roles & _PRE) != 0
    return after


@compiled
def put_span(spans: Any, blocks: Any, state: Any, tag: int) -> None:
    """Begin a link or code."""
    span = spans[state.spans]
    span.start, span.stop, span.tag, span.value, span.value_stop = state.out, -1, tag, state.value, state.value_stop
    state.spans += 1


@compiled
def end_tag(html: Bytes, at: int, elements: Any, blocks: Any, spans: Any, state: Any) -> int:
    """Close an element and those open in it; return the end of the tag.

    Its name begins at `at`.
    """
    total, weight = np.uint64(0), ONE
    stop = name_end(html, at)
    for place in range(at, stop):
        total += weight * np.uint64(html[place] + 1)
        weight *= BASE
    while stop < len(html) and html[stop] != GREATER:
        stop += 1
    if state.element and elements[state.element].name == total:
        close_element(elements, blocks, spans, state)
    return stop + 1


@compiled
def close_element(elements: Any, blocks: Any, spans: Any, state: Any) -> None:
    """Close the current element."""
    element = elements[state.element]
    state.skipped -= (element.roles & _SKIPPED) != 0
    state.pre -= (element.roles & _PRE) != 0
    if not state.skipped:
        if element.roles & _BLOCK:
            close_block(elements, blocks, state)
        elif element.tag == A or element.tag == CODE:
            number = state.spans - 1
            while number >= 0 and not (spans[number].stop == -1 and spans[number].tag == element.tag):
                number -= 1
            if number >= 0:
                spans[number].stop = state.out
                if element.tag == A and spans[number].value >= 0:
                    state.links -= 1
                    if state.block >= 0:
                        blocks[state.block].links += 1
    state.element = element.parent


@compiled
def break_line(elements: Any, blocks: Any, state: Any) -> None:
    """End a line at one `<br>`, the block at a second one."""
    if state.pending == LINE_BREAK:
        close_block(elements, blocks, state)
    elif state.block >= 0:
        state.pending = LINE_BREAK


@compiled
def close_block(elements: Any, blocks: Any, state: Any) -> None:
    """End the open block and count it for its element."""
    if state.block >= 0:
        block = blocks[state.block]
        block.stop, block.element = state.out, elements[block.element].holder
        element = elements[block.element]
        element.chars += block.chars
        element.link_chars += block.link_chars
        element.stops += block.stops
        element.blocks += 1
        if block.chars >= PARAGRAPH_CHARS and block.stops + block.clauses and 2 * block.link_chars < block.chars:
            element.paragraph_chars += block.chars
    state.block, state.pending = -1, NO_BREAK


@compiled
def add_up(elements: Any, count: int) -> None:
    """Add the counts of each element to those around it."""
    for number in range(count - 1, 0, -1):
        element = elements[number]
        parent = elements[element.parent]
        parent.chars += element.chars
        parent.link_chars += element.link_chars
        parent.paragraph_chars += element.paragraph_chars
        parent.stops += element.stops
        parent.blocks += element.blocks
