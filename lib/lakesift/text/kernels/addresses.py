"""Kernel that recognises the URLs that spaCy 3.8 keeps as one token.

Source: the pattern `URL_PATTERN` of `spacy/lang/tokenizer_exceptions.py`, as a scan that reads each byte a bounded
number of times: [scheme ://] [anything @] (public IPv4 address | labels . top-level domain) [: port] [/ or ? or #
anything].
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lakesift.text.kernels.affixes import is_digit
from lakesift.text.kernels.bytes import Bytes, code_point
from lakesift.text.kernels.characters import DECIMAL, HOST, LOWER, WORD
from lakesift.text.kernels.compiled import compiled

DOT, COLON, SLASH, AT, QUESTION, HASH = ord("."), ord(":"), ord("/"), ord("@"), ord("?"), ord("#")
UNDERSCORE, HYPHEN, PLUS = ord("_"), ord("-"), ord("+")
ZERO = ord("0")
MAX_LABEL, MAX_TOP_LEVEL, MAX_PORT = 64, 63, 5


@compiled
def is_address(text: Bytes, start: int, stop: int, classes: NDArray[np.uint32]) -> bool:
    """Return whether all of `text[start:stop]` is a URL, host name or e-mail address.

    A host name has to end in lower case.
    """
    if host_is_right(text, start, stop, classes):
        return True
    authority = after_scheme(text, start, stop, classes)
    if authority > start and host_is_right(text, authority, stop, classes):
        return True
    for at in range(start + 1, stop):
        if text[at] == AT and host_is_right(text, at + 1, stop, classes):
            return True
    return False


@compiled
def after_scheme(text: Bytes, start: int, stop: int, classes: NDArray[np.uint32]) -> int:
    """Return the place after `scheme://`, or `start` without a scheme.

    A scheme has two or more characters.
    """
    at, characters = start, 0
    while at < stop and text[at] != COLON:
        point, size = code_point(text, at, stop)
        is_allowed = classes[point] & WORD or point == PLUS or point == HYPHEN or point == DOT
        if not is_allowed:
            return start
        at += size
        characters += 1
    is_scheme = characters > 1 and at + 2 < stop and text[at + 1] == SLASH and text[at + 2] == SLASH
    return at + 3 if is_scheme else start


@compiled
def host_is_right(text: Bytes, start: int, stop: int, classes: NDArray[np.uint32]) -> bool:
    """Return whether `text[start:stop]` is a host, with an optional port and path.

    A host is an IPv4 address or a host name.
    """
    after = after_ipv4(text, start, stop)
    if after >= 0 and rest_is_right(text, after, stop, classes):
        return True
    after = after_host(text, start, stop, classes)
    return after >= 0 and rest_is_right(text, after, stop, classes)


@compiled
def rest_is_right(text: Bytes, start: int, stop: int, classes: NDArray[np.uint32]) -> bool:
    """Return whether an optional port and an optional path fill the rest."""
    after = start
    if after < stop and text[after] == COLON:
        after += 1
        digits = 0
        while after < stop:
            point, size = code_point(text, after, stop)
            if not classes[point] & DECIMAL:
                break
            after += size
            digits += 1
        if digits < 2 or digits > MAX_PORT:
            return False
    return after == stop or text[after] == SLASH or text[after] == QUESTION or text[after] == HASH


@compiled
def after_host(text: Bytes, start: int, stop: int, classes: NDArray[np.uint32]) -> int:
    """Return the end of the host name at `start`, -1 if there is none.

    A host name is labels with dots between them and a top-level domain.
    """
    at, labels = start, 0
    while True:
        characters, only_host, only_lower = 0, True, True
        starts_in_host, ends_in_host = False, False
        while at < stop:
            point, size = code_point(text, at, stop)
            kind = classes[point]
            is_joint = point == UNDERSCORE or point == HYPHEN
            if not (kind & (HOST | LOWER) or is_joint) or characters > MAX_LABEL:
                break
            only_host &= bool(kind & HOST) or is_joint
            only_lower &= bool(kind & LOWER)
            ends_in_host = bool(kind & HOST)
            starts_in_host |= characters == 0 and ends_in_host
            at += size
            characters += 1
        if characters == 0 or characters > MAX_LABEL:
            return -1
        if at < stop and text[at] == DOT:
            if not (only_host and starts_in_host and ends_in_host):
                return -1
            labels += 1
            at += 1
            continue
        is_top_level = only_lower and 2 <= characters <= MAX_TOP_LEVEL
        return at if labels > 0 and is_top_level else -1


@compiled
def after_ipv4(text: Bytes, start: int, stop: int) -> int:
    """Return the end of the public IPv4 address at `start`, -1 if there is none.

    The first octet is 1 to 223, the last 1 to 254.
    """
    at, address = start, 0
    for octet in range(4):
        if octet > 0:
            if at == stop or text[at] != DOT:
                return -1
            at += 1
        first, value = at, 0
        while at < stop and is_digit(text[at]) and at - first < 4:
            value = value * 10 + (text[at] - ZERO)
            at += 1
        digits = at - first
        is_padded = digits > 0 and text[first] == ZERO and (digits == 3 or octet == 0 or octet == 3)
        max_value = 223 if octet == 0 else 254 if octet == 3 else 255
        if digits == 0 or digits > 3 or is_padded or value > max_value:
            return -1
        address = address << 8 | value
    network = address >> 24
    is_private = (
        network == 10 or network == 127 or address >> 16 == 0xA9FE or address >> 16 == 0xC0A8 or address >> 20 == 0xAC1
    )
    return -1 if is_private else at
