"""Links and code inside kept blocks, as Markdown.

Source: CommonMark 0.31, sections 6.1 and 6.3.
"""

from __future__ import annotations

import html
from bisect import bisect_left
from collections.abc import Iterator
from itertools import groupby
from typing import Final, NamedTuple
from urllib.parse import quote

import numpy as np
from numpy.typing import NDArray

from lakesift.extraction.addresses import web_address
from lakesift.extraction.elements import Tag
from lakesift.extraction.walk import Walked

MAX_ADDRESS_BYTES: Final = 2_048  # longer ones are data; browsers' address bars stop at about as many
KEPT_IN_ADDRESSES: Final = "!#$%&'*+,/:;=?@[]~"
"""Characters of URLs that mean nothing to Markdown (RFC 3986, section 2.2, without the parentheses)."""


class _Mark(NamedTuple):
    start: int
    stop: int
    before: bytes
    behind: bytes


def marked_texts(walked: Walked, kept: NDArray[np.bool_], base_url: str | None = None) -> list[str]:
    """Return the texts of the kept blocks with code in backticks and links.

    Links lead to web pages and need a base.

    Args:
        walked: the page.
        kept: which of its blocks.
        base_url: base of relative addresses; None: the texts of links alone.
    """
    text = walked.text.tobytes()
    spans = walked.spans.tolist()
    starts = [span[0] for span in spans]
    markup = walked.html.tobytes() if base_url is not None and spans else b""
    found = []
    tags = walked.elements["tag"]
    for start, stop, element in walked.blocks[kept][["start", "stop", "element"]].tolist():
        marks: list[_Mark] = []
        if tags[element] != Tag.PRE:
            inside = spans[bisect_left(starts, start) : bisect_left(starts, stop)]
            marks = list(_apart(_marks(text, inside, stop, markup, base_url)))
        found.append(_written(text, start, stop, marks).decode("utf-8", "replace"))
    return found


def code_fence(code: str, least: int) -> str:
    """Return a run of backticks that is not in the code."""
    max_run = max((len(list(run)) for mark, run in groupby(code) if mark == "`"), default=0)
    return "`" * max(least, max_run + 1)


def _marks(text: bytes, spans: list[tuple[int, ...]], end: int, markup: bytes, base_url: str | None) -> Iterator[_Mark]:
    """Yield the spans with text that end in the block.

    They are without the white space at their ends.
    """
    for start, stop, tag, value, value_stop in spans:
        content = text[start:stop] if start < stop <= end else b""
        if not content.strip():
            continue
        first, last = start + len(content) - len(content.lstrip()), stop - len(content) + len(content.rstrip())
        if tag == Tag.CODE:
            fence = code_fence(content.decode("utf-8", "replace"), 1).encode()
            space = b" " if b"`" in content else b""
            yield _Mark(first, last, fence + space, space + fence)
        elif base_url is not None and value >= 0:
            address = _address(markup[value:value_stop], base_url)
            if address:
                yield _Mark(first, last, b"[", f"]({address})".encode())


def _apart(marks: Iterator[_Mark]) -> Iterator[_Mark]:
    """Yield the spans that begin where no other is open.

    A link contains no link, code no link.
    """
    end = -1
    for mark in marks:
        if mark.start >= end:
            yield mark
            end = mark.stop


def _written(text: bytes, start: int, stop: int, marks: list[_Mark]) -> bytes:
    parts, at = [], start
    for mark in marks:
        parts += [text[at : mark.start], mark.before, text[mark.start : mark.stop], mark.behind]
        at = mark.stop
    return b"".join([*parts, text[at:stop]])


def _address(written: bytes, base_url: str) -> str:
    """Return an absolute web address that Markdown reads as one; "" for any other."""
    if len(written) > MAX_ADDRESS_BYTES:
        return ""
    address = web_address(html.unescape(written.decode("utf-8", "replace")).strip(), base_url)
    return quote(address or "", safe=KEPT_IN_ADDRESSES)
