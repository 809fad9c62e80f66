"""Kernels for `pii@lakesift`: e-mail and IPv6 addresses, found from a mark inside.

Sources: RFC 5321 section 4.5.3.1 (64 octets before the @, 255 behind it), RFC 1123 section 2.1 (labels), RFC 4291
section 2.4 and IANA's registry of IPv6 (public addresses begin with 2000::/3).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lakesift.text.edits.line_rows import CASED, WORD
from lakesift.text.edits.pii_numbers import is_digit_at
from lakesift.text.kernels.bytes import Bytes, code_point, code_point_before
from lakesift.text.kernels.compiled import compiled

AT_SIGN, DOT, HYPHEN, COLON, TWO, THREE = ord("@"), ord("."), ord("-"), ord(":"), ord("2"), ord("3")
FIRST_OTHER = 0x80
MAX_LOCAL, MAX_DOMAIN, MAX_IPV6 = 64, 255, 39
IN_LOCAL, IN_LABEL, IS_HEX = np.zeros(256, np.bool_), np.zeros(256, np.bool_), np.zeros(256, np.bool_)
ALPHANUMERIC = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
IN_LOCAL[list(ALPHANUMERIC + b"._%+-'")] = True
IN_LABEL[list(ALPHANUMERIC)] = True
IS_HEX[list(b"0123456789ABCDEFabcdef")] = True
# `picture@2x.png` is no address.
EXTENSION_NAMES = b"png jpg jpeg gif svg webp css js".split()
EXTENSIONS = np.array([list(name.ljust(4)) for name in EXTENSION_NAMES], np.uint8)
EXTENSION_SIZES = np.array([len(name) for name in EXTENSION_NAMES], np.int64)
CASE_BIT = 0x20


@compiled
def local_start(text: Bytes, at: int, done: int, kinds: NDArray[np.uint8]) -> int:
    """Return the start of the local part before an @, the @ itself if there is none.

    The part consists of letters of scripts with case, digits and `._%+-'`, without a point at its ends or two in a row.
    """
    if at == done or text[at - 1] == DOT:
        return at
    first = at
    while first > done:
        if text[first - 1] < FIRST_OTHER:
            is_double = text[first - 1] == DOT and text[first] == DOT
            if not IN_LOCAL[text[first - 1]] or is_double:
                break
            first -= 1
        else:
            point, size = code_point_before(text, first, done)
            if not kinds[point] & CASED:
                break
            first -= size
        if at - first > MAX_LOCAL:
            return at
    while first < at and text[first] < FIRST_OTHER and not kinds[text[first]] & WORD:
        first += 1
    return first


@compiled
def domain_end(text: Bytes, at: int, stop: int, kinds: NDArray[np.uint8]) -> int:
    """Return the end of the host name that begins at a byte, 0 if none does.

    A host name is labels with points between them; the last label has two or more letters.
    """
    found, start, labels = 0, at, 0
    while at < stop and at - start <= MAX_DOMAIN:
        first, letters, characters = at, 0, 0
        while at < stop:
            point, size = code_point(text, at, stop)
            is_letter = kinds[point] & CASED != 0
            is_inside = is_letter or (point < FIRST_OTHER and IN_LABEL[point]) or (point == HYPHEN and at > first)
            if not is_inside:
                break
            letters += is_letter
            characters += 1
            at += size
        after = at
        while after > first and text[after - 1] == HYPHEN:
            after -= 1
            characters -= 1
        if characters == 0:
            break
        # A letter that no label has may follow directly: Chinese, for one, has no space there.
        is_edge = after == stop or text[after] >= FIRST_OTHER or not kinds[text[after]] & WORD
        is_last = labels > 0 and is_edge and characters >= 2 and letters == characters
        if is_last and not is_extension(text, first, after):
            found = after
        labels += 1
        if after < at or at >= stop or text[at] != DOT:
            break
        at += 1
    return found if found - start <= MAX_DOMAIN else 0


@compiled
def is_extension(text: Bytes, start: int, stop: int) -> bool:
    """Return whether a label is a file extension."""
    for row in range(len(EXTENSIONS)):
        k = 0
        while k < EXTENSION_SIZES[row] and start + k < stop and text[start + k] | CASE_BIT == EXTENSIONS[row, k]:
            k += 1
        if k == EXTENSION_SIZES[row] and start + k == stop:
            return True
    return False


@compiled
def ipv6_end(text: Bytes, at: int, begin: int, done: int, stop: int, kinds: NDArray[np.uint8]) -> int:
    """Return the end of the IPv6 address with its first colon at a byte, else 0.

    An address has four digits before the first colon, which make it public, and three groups or more.
    """
    first = at - 4
    if first < done or (text[first] != TWO and text[first] != THREE):
        return 0
    for k in range(4):
        if not IS_HEX[text[first + k]]:
            return 0
    if first > begin:
        before = code_point_before(text, first, begin)[0]
        if kinds[before] & WORD or before == COLON or before == DOT:
            return 0
    end, groups, size = at, 1, 4
    while end < stop and end - first <= MAX_IPV6:
        if text[end] == COLON:
            size = 0
        elif IS_HEX[text[end]]:
            groups += size == 0
            size += 1
        else:
            break
        end += 1
    if text[end - 1] == COLON and text[end - 2] != COLON:
        end -= 1
    if groups < 3 or end - first > MAX_IPV6:
        return 0
    if end < stop and (
        kinds[code_point(text, end, stop)[0]] & WORD or (text[end] == DOT and is_digit_at(text, end + 1, stop))
    ):
        return 0
    return end
