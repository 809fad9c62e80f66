"""Kernels for the parts of a URL around its host, and for URLs with an IPv4 host.

Source: mlfoundations/dclm 361714b, `baselines/mappers/modifiers.py` (url_removal_modifier).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lakesift.text.edits.line_rows import SPACE, WORD
from lakesift.text.edits.spans import FIRST_ROOM, Spans, with_span
from lakesift.text.kernels.bytes import Bytes, code_point_before, signed
from lakesift.text.kernels.compiled import compiled, pointer_to

MAX_SPACES = 10  # characters, in the source's patterns
DOT, SLASH, COLON, ZERO, TWO, NINE = ord("."), ord("/"), ord(":"), ord("0"), ord("2"), ord("9")
ALPHANUMERIC = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
IN_HOST, IN_PATH = np.zeros(256, np.bool_), np.zeros(256, np.bool_)
IN_HOST[list(ALPHANUMERIC + b"-@:%._+~#=")] = True
IN_PATH[list(ALPHANUMERIC + b"-()@:%_+.~#?&/=")] = True
SCHEMES = np.array([list(b"http://".ljust(8)), list(b"https://"), list(b"ftp://".ljust(8))], np.uint8)
SCHEME_SIZES = np.array([7, 8, 6], np.int64)


@compiled
def path_end(text: Bytes, at: int, stop: int) -> int:
    """Return the end of the characters of ports, paths and queries."""
    while at < stop and IN_PATH[text[at]]:
        at += 1
    return at


@compiled
def scheme_start(text: Bytes, at: int, done: int) -> int:
    """Return the start of the scheme before a byte, the byte itself if there is none."""
    if at - done < SCHEME_SIZES[2] or text[at - 1] != SLASH or text[at - 2] != SLASH or text[at - 3] != COLON:
        return at
    for scheme in range(len(SCHEMES)):
        start, k = at - signed(SCHEME_SIZES[scheme]), 0
        while start >= done and k < SCHEME_SIZES[scheme] and text[start + k] == SCHEMES[scheme, k]:
            k += 1
        if k == SCHEME_SIZES[scheme]:
            return start
    return at


@compiled
def spaces_start(text: Bytes, at: int, done: int, kinds: NDArray[np.uint8]) -> int:
    """Return the start of at most `MAX_SPACES` white space characters before a byte."""
    for _ in range(MAX_SPACES):
        if at == done:
            break
        point, size = code_point_before(text, at, done)
        if not kinds[point] & SPACE:
            break
        at -= size
    return at


@compiled
def url_start(text: Bytes, host: int, done: int, kinds: NDArray[np.uint8]) -> int:
    """Return the start of a URL, with the white space and the scheme before its host."""
    return spaces_start(text, scheme_start(text, host, done), done, kinds)


@compiled
def ipv4_spans(data: Bytes, offsets: NDArray[np.int64], kinds: NDArray[np.uint8], counts: NDArray[np.int64]) -> Spans:
    """Find the spans of the URLs whose host is an IPv4 address."""
    spans, count = np.empty((FIRST_ROOM, 2), np.int64), 0
    text, kinds_at = pointer_to(data), pointer_to(kinds)
    for document in range(len(offsets) - 1):
        done, stop = offsets[document], offsets[document + 1]
        begin, at = done, done
        while at < stop:
            if not ZERO <= text[at] <= NINE:
                at += 1
                continue
            after = after_octets(text, at, stop)
            if after > 0 and is_edge(text, at, begin, kinds_at):
                start = scheme_start(text, at, done)
                start = start if is_edge(text, start, begin, kinds_at) else at
                start = spaces_start(text, start, done, kinds_at)
                at = done = path_end(text, after, stop)
                spans = with_span(spans, count, start, done)
                count += 1
                counts[document, 1] += 1
                continue
            while at < stop and ZERO <= text[at] <= NINE:
                at += 1
    return spans[:count]


@compiled
def is_edge(text: Bytes, at: int, begin: int, kinds: NDArray[np.uint8]) -> bool:
    """Return whether the character before a letter or digit is neither."""
    return at == begin or not kinds[code_point_before(text, at, begin)[0]] & WORD


@compiled
def after_octets(text: Bytes, at: int, stop: int) -> int:
    """Return the start of the fourth of four dotted numbers below 300, 0 if absent."""
    for _ in range(3):
        first = at
        while at < stop and at - first < 4 and ZERO <= text[at] <= NINE:
            at += 1
        digits = at - first
        is_octet = 0 < digits < 3 or (digits == 3 and text[first] <= TWO)
        if not is_octet or at == stop or text[at] != DOT:
            return 0
        at += 1
    return at if at < stop and ZERO <= text[at] <= NINE else 0
