"""Rejects HTML whose form takes parsers and extractors minutes.

It does so before they see it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from lakesift.crawl.pages.caps import Caps
from lakesift.crawl.pages.rejection import RecordRejected

_TAG: Final = re.compile(r"<[A-Za-z]")
# Comments and what is no markup: its content opens nothing. Without an end it goes on to the page's.
NO_MARKUP: Final = (
    r"<!--(?:[\s\S]*?-->|[\s\S]*+)"
    r"|<(?P<raw>script|style|textarea|title|xmp|noembed|noframes|iframe)(?![A-Za-z0-9-])"
    r"(?:[\s\S]*?</(?P=raw)(?![A-Za-z0-9-])|[\s\S]*+)"
)
_NO_MARKUP: Final = re.compile(NO_MARKUP, re.IGNORECASE)
# Elements that cannot be inside themselves without end: void ones, those whose start tag closes an open one of the name
# (HTML Standard, section 13.2.6.4.7), and those that the parser has once.
_SHALLOW: Final = frozenset(
    [
        "area",
        "base",
        "basefont",
        "bgsound",
        "br",
        "col",
        "embed",
        "frame",
        "hr",
        "image",
        "img",
        "input",
        "keygen",
        "link",
        "meta",
        "param",
        "source",
        "track",
        "wbr",
        "p",
        "li",
        "dt",
        "dd",
        "option",
        "optgroup",
        "tr",
        "td",
        "th",
        "tbody",
        "thead",
        "tfoot",
        "caption",
        "colgroup",
        "rp",
        "rt",
        "rb",
        "rtc",
        "a",
        "button",
        "nobr",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "form",
        "select",
        "html",
        "head",
        "body",
        "frameset",
        "plaintext",
    ]
)
# A tag is read to its end, quoted values whole, to see whether it closes itself; without an end it goes on to the page's.
_NESTING_TAG: Final = re.compile(r"<(/?)([A-Za-z][^\s/>]*+)((?:[^>\"']|\"[^\"]*+\"?|'[^']*+'?)*+)(?:>|\Z)")
_FOREIGN: Final = frozenset({"svg", "math"})


def check_shape(source: str, caps: Caps) -> None:
    """Estimate elements and nesting from the tags alone.

    The estimate is cheap, and near enough for caps that are far from real pages. Extraction takes time in the square of
    the nesting: 0.3 s for 4,000 `<div>` inside one another, 6.8 s for 16,000.

    Args:
        source: HTML.
        caps: `max_dom_nodes`, `max_nesting`.

    Raises:
        RecordRejected: `too_many_nodes`.
    """
    if source.count("<") <= min(caps.max_nesting, caps.max_dom_nodes):
        return
    nodes = sum(1 for _ in _TAG.finditer(source))
    if nodes > caps.max_dom_nodes:
        raise RecordRejected("too_many_nodes", f"{nodes} elements")
    if max(_depths(_NO_MARKUP.sub(" ", source)), default=0) > caps.max_nesting:
        raise RecordRejected("too_many_nodes", f"more than {caps.max_nesting} elements inside one another")


def _depths(markup: str) -> Iterator[int]:
    """Yield how many elements are inside one another behind each start tag."""
    depth = foreign = 0
    for closing, name, rest in _NESTING_TAG.findall(markup):
        tag = name.lower()
        if tag in _FOREIGN and not rest.endswith("/"):
            foreign = max(0, foreign + (-1 if closing else 1))
        # In SVG and MathML a slash closes the element; in HTML it means nothing.
        if tag in _SHALLOW or (rest.endswith("/") and (foreign or tag in _FOREIGN)):
            continue
        depth = max(0, depth - 1) if closing else depth + 1
        yield depth
