"""`remove_urls@dclm`, `remove_urls@lakesift`: remove URLs and numeric addresses.

The white space before them is removed, too.

Source: mlfoundations/dclm 361714b, `baselines/mappers/modifiers.py` (url_removal_modifier): first host names with a
known top-level domain (lower case), then IPv4 addresses, each with a scheme before and a path behind. The source looks
for host names only in texts whose very first letters are those of some top-level domain (`re.match` where `re.search`
was meant): so does `@dclm`; `@lakesift` looks in all. The patterns are scanned by hand here, which keeps the time in
proportion to the text's length.
"""

from __future__ import annotations

import re
from functools import cache, partial
from itertools import groupby, pairwise

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from lakesift.text.edits.edit import Edit
from lakesift.text.edits.line_rows import WORD, line_characters
from lakesift.text.edits.numeric_urls import IN_HOST, ipv4_spans, path_end, url_start
from lakesift.text.edits.spans import FIRST_ROOM, Spans, counts_of, exchanged, with_span
from lakesift.text.kernels.buffers import TextBuffers
from lakesift.text.kernels.bytes import BASE, ONE, Bytes, code_point, hash_of, signed
from lakesift.text.kernels.compiled import compiled, pointer_to
from lakesift.text.kernels.top_level_domains import TOP_LEVEL_DOMAINS

MAX_HOST = 256  # characters, in the source's pattern
MAX_DOMAIN = max(map(len, TOP_LEVEL_DOMAINS))
SLOTS = 8192
DOT = ord(".")
LOWER_A, LOWER_Z, FIRST_OTHER = ord("a"), ord("z"), 0x80
MAX_HEAD = 4 * MAX_DOMAIN  # bytes that hold the longest top-level domain


def remove_urls(buffers: TextBuffers, only_after_domain: bool) -> tuple[TextBuffers, pa.StructArray]:
    """Remove the URLs, and count those with host names and IPv4 addresses per text.

    Args:
        buffers: n texts.
        only_after_domain: whether host names are looked for only in texts that begin with the letters of a top-level
            domain.
    """
    counts = np.zeros((len(buffers), len(COLUMNS)), np.int64)
    is_read = begins_with_domain(buffers) if only_after_domain else np.ones(len(buffers), np.bool_)
    hosts = host_spans(buffers.data, buffers.offsets, is_read, domain_table(), line_characters(), counts)
    without = exchanged(buffers, hosts)
    return exchanged(without, ipv4_spans(without.data, without.offsets, line_characters(), counts)), counts_of(
        counts, COLUMNS
    )


@cache
def domain_table() -> NDArray[np.uint64]:
    """Return an open-addressing table of the top-level domains' hashes."""
    table = np.zeros(SLOTS, np.uint64)
    for domain in TOP_LEVEL_DOMAINS:
        key = hash_of(domain)
        slot = (key >> 32) % SLOTS
        while table[slot]:
            slot = (slot + 1) % SLOTS
        table[slot] = key
    return table


@cache
def first_domain() -> re.Pattern[str]:
    """Return a pattern that matches a top-level domain at a text's head, in any case."""
    groups = groupby(sorted(TOP_LEVEL_DOMAINS), key=lambda domain: domain[0])
    return re.compile("|".join(f"{first}(?:{'|'.join(each[1:] for each in group)})" for first, group in groups), re.I)


def begins_with_domain(buffers: TextBuffers) -> NDArray[np.bool_]:
    """Return which texts begin with the letters of a top-level domain."""
    data, bounds, pattern = buffers.data, buffers.offsets.tolist(), first_domain()
    heads = (data[at : min(at + MAX_HEAD, stop)].tobytes() for at, stop in pairwise(bounds))
    return np.fromiter(
        (pattern.match(head.decode(errors="replace")) is not None for head in heads), np.bool_, len(buffers)
    )


@compiled
def host_spans(
    data: Bytes,
    offsets: NDArray[np.int64],
    is_read: NDArray[np.bool_],
    domains: NDArray[np.uint64],
    kinds: NDArray[np.uint8],
    counts: NDArray[np.int64],
) -> Spans:
    """Find the spans of the URLs with a host name."""
    spans, count = np.empty((FIRST_ROOM, 2), np.int64), 0
    text, domains_at, kinds_at = pointer_to(data), pointer_to(domains), pointer_to(kinds)
    for document in range(len(offsets) - 1):
        if not is_read[document]:
            continue
        done, stop = offsets[document], offsets[document + 1]
        at = done
        while at < stop:
            if text[at] != DOT or after_domain(text, at + 1, stop, domains_at, kinds_at) == 0:
                at += 1
                continue
            first, is_whole = host_start(text, at, done)
            if first == at:
                at += 1
                continue
            start = url_start(text, first, done, kinds_at) if is_whole else first
            end = path_end(text, last_domain(text, first, at, stop, domains_at, kinds_at), stop)
            spans = with_span(spans, count, start, end)
            count += 1
            counts[document, 0] += 1
            at = done = end
    return spans[:count]


@compiled
def host_start(text: Bytes, at: int, done: int) -> tuple[int, bool]:
    """Return the start of the host name's characters before a dot.

    Reads at most `MAX_HOST` characters, and returns whether these are all.
    """
    first = at
    while first > done and IN_HOST[text[first - 1]]:
        if at - first == MAX_HOST:
            return first, False
        first -= 1
    return first, True


@compiled
def after_domain(text: Bytes, start: int, stop: int, domains: NDArray[np.uint64], kinds: NDArray[np.uint8]) -> int:
    """Return the end of the longest top-level domain at a byte, 0 if there is none.

    The domain must end at the edge of a word.
    """
    at, found, total, weight = start, 0, np.uint64(0), ONE
    for _ in range(MAX_DOMAIN):
        if at == stop or (text[at] < FIRST_OTHER and not LOWER_A <= text[at] <= LOWER_Z):
            break
        point, size = code_point(text, at, stop)
        for k in range(at, at + size):
            total += (np.uint64(text[k]) + ONE) * weight
            weight *= BASE
        at += size
        is_word = kinds[point] & WORD != 0
        is_word_next = at < stop and kinds[code_point(text, at, stop)[0]] & WORD != 0
        if is_word != is_word_next:
            slot = signed(total >> np.uint64(32)) & (SLOTS - 1)
            while domains[slot] != 0 and domains[slot] != total:
                slot = (slot + 1) & (SLOTS - 1)
            if domains[slot] != 0:
                found = at
    return found


@compiled
def last_domain(
    text: Bytes, first: int, dot: int, stop: int, domains: NDArray[np.uint64], kinds: NDArray[np.uint8]
) -> int:
    """Return the end of the last top-level domain of a host name from `first`.

    The domain behind `dot` is known to exist.
    """
    end, at = after_domain(text, dot + 1, stop, domains, kinds), dot + 1
    while at < stop and at - first <= MAX_HOST and IN_HOST[text[at]]:
        if text[at] == DOT:
            after = after_domain(text, at + 1, stop, domains, kinds)
            end = after if after > 0 else end
        at += 1
    return end


COLUMNS: dict[str, pa.DataType] = {"urls": pa.int64(), "ipv4": pa.int64()}
REMOVE_URLS = tuple(
    Edit(f"remove_urls@{implementation}", COLUMNS, partial(remove_urls, only_after_domain=implementation == "dclm"))
    for implementation in ("dclm", "lakesift")
)
