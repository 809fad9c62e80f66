"""`pii@lakesift`: replace personal data with placeholders such as `<EMAIL_1>`.

An address, number or key has the same placeholder everywhere in a document; numbering starts anew in each document.
Everything is found by its form alone, which pii_names.py, pii_numbers.py and pii_keys.py define: e-mail addresses;
public IPv4 and IPv6 addresses, the former not after a word for "version"; payment card numbers; telephone numbers with
a plus sign or in North American form; keys by their issuer's prefix. Names, streets and numbers in other forms are not
found.
"""

from __future__ import annotations

import ipaddress
import re

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from lakesift.text.edits.edit import Edit
from lakesift.text.edits.line_rows import line_characters
from lakesift.text.edits.pii_keys import key_at, private_key_end
from lakesift.text.edits.pii_names import domain_end, ipv6_end, local_start
from lakesift.text.edits.pii_numbers import card_end, international_end, ipv4_end, north_american_end
from lakesift.text.edits.spans import counts_of, exchanged
from lakesift.text.kernels.buffers import TextBuffers, buffers_of
from lakesift.text.kernels.bytes import Bytes
from lakesift.text.kernels.compiled import compiled, pointer_to

EMAIL, IPV4, IPV6, PHONE, CREDIT_CARD, KEY = range(6)
KINDS = ("EMAIL", "IPV4", "IPV6", "PHONE", "CREDIT_CARD", "KEY")
COLUMNS: dict[str, pa.DataType] = {
    name: pa.int64() for name in ("emails", "ipv4", "ipv6", "phones", "credit_cards", "keys")
}
TEXT, START, STOP, KIND = range(4)
AT_SIGN, COLON, PLUS, OPENING, HYPHEN, UNDERSCORE, CAPITAL_I = (ord(mark) for mark in "@:+(-_I")
ZERO, NINE = ord("0"), ord("9")
MARKS = np.zeros(256, np.bool_)
MARKS[list(b"@:+(-_I0123456789")] = True
VERSION = re.compile(rb"\b(?:v|ver|version|release|build|firmware)[.:]?\s*$", re.I)
BYTES_BEFORE = 16


def replace_personal_data(buffers: TextBuffers) -> tuple[TextBuffers, pa.StructArray]:
    """Replace personal data with placeholders, and count those of each kind per text."""
    counts = np.zeros((len(buffers), len(COLUMNS)), np.int64)
    spans: list[tuple[int, int]] = []
    pieces: list[str] = []
    numbers: list[dict[bytes, int]] = []
    last = -1
    for text, start, stop, kind in found_in(buffers.data, buffers.offsets, line_characters()).tolist():
        if text != last:
            numbers, last = [{} for _ in KINDS], text
        before = buffers.data[max(start - BYTES_BEFORE, int(buffers.offsets[text])) : start].tobytes()
        value = value_of(kind, buffers.data[start:stop].tobytes(), before)
        if value is None:
            continue
        number = numbers[kind].setdefault(value, len(numbers[kind]) + 1)
        spans.append((start, stop))
        pieces.append(f"<{KINDS[kind]}_{number}>")
        counts[text, kind] += 1
    array = np.array(spans, np.int64).reshape(-1, 2)
    return exchanged(buffers, array, buffers_of(pa.array(pieces, pa.string()))), counts_of(counts, COLUMNS)


def value_of(kind: int, written: bytes, before: bytes) -> bytes | None:
    """Return the canonical form of a value, None where it is not personal data."""
    if kind in (PHONE, CREDIT_CARD):
        return re.sub(rb"\D", b"", written)
    if kind not in (IPV4, IPV6):
        return written.lower() if kind == EMAIL else written
    try:
        address = ipaddress.ip_address(written.decode())
    except ValueError:
        return None
    is_public = address.is_global and not address.is_multicast
    return address.packed if is_public and not (kind == IPV4 and VERSION.search(before)) else None


@compiled
def found_in(data: Bytes, offsets: NDArray[np.int64], kinds: NDArray[np.uint8]) -> NDArray[np.int64]:
    """Find the parts of the text with the form of personal data.

    The rows are text, start, stop and kind, in order and without overlaps.
    """
    found, count = np.empty((256, 4), np.int64), 0
    text, kinds_at = pointer_to(data), pointer_to(kinds)
    for document in range(len(offsets) - 1):
        begin, stop = offsets[document], offsets[document + 1]
        at = done = begin
        while at < stop:
            if not MARKS[text[at]]:
                at += 1
                continue
            start, end, kind = shape_at(text, at, begin, done, stop, kinds_at)
            if end == 0:
                at = after_mark(text, at, stop)
                continue
            if count == len(found):
                larger = np.empty((2 * count, 4), np.int64)
                larger[:count] = found
                found = larger
            found[count, TEXT], found[count, START], found[count, STOP], found[count, KIND] = document, start, end, kind
            count += 1
            at = done = end
    return found[:count]


@compiled
def after_mark(text: Bytes, at: int, stop: int) -> int:
    """Return where to continue after a byte at which nothing begins.

    Numbers begin only at their first digit.
    """
    at += 1
    while at < stop and ZERO <= text[at - 1] <= NINE and ZERO <= text[at] <= NINE:
        at += 1
    return at


@compiled
def shape_at(text: Bytes, at: int, begin: int, done: int, stop: int, kinds: NDArray[np.uint8]) -> tuple[int, int, int]:
    """Return start, end and kind of the item whose mark is at a byte; end 0 if none.

    The item before ends at `done`; a number behind it begins there, as it would behind its placeholder.
    """
    mark = text[at]
    if mark == AT_SIGN:
        start = local_start(text, at, done, kinds)
        return (start, domain_end(text, at + 1, stop, kinds), EMAIL) if start < at else (at, 0, EMAIL)
    if mark == COLON:
        return at - 4, ipv6_end(text, at, begin, done, stop, kinds), IPV6
    if mark == PLUS:
        return at, international_end(text, at, done, stop, kinds), PHONE
    if mark == OPENING:
        return at, north_american_end(text, at, done, stop, kinds), PHONE
    if mark == HYPHEN or mark == UNDERSCORE or mark == CAPITAL_I:
        end = private_key_end(text, at, stop) if mark == HYPHEN else 0
        if end > 0:
            return at, end, KEY
        start, end = key_at(text, at, begin, done, stop, kinds)
        return start, end, KEY
    end = ipv4_end(text, at, done, stop, kinds)
    if end > 0:
        return at, end, IPV4
    end = card_end(text, at, done, stop, kinds)
    if end > 0:
        return at, end, CREDIT_CARD
    return at, north_american_end(text, at, done, stop, kinds), PHONE


PII_LAKESIFT = Edit("pii@lakesift", COLUMNS, replace_personal_data)
