"""The text of pages with hardly any text in their markup.

Such text is shown by a script, or is where browsers do not look.

In this order: schema.org's articleBody, the data that a framework hydrates, markup in comments, text for
browsers without frames. Everything is bounded: scripts and markup by their size, values by their number.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from resiliparse.extract.html2text import extract_plain_text
from resiliparse.parse.html import HTMLTree

from lakesift.extraction.tolerant_json import parsed_json

MAX_SCRIPT_CHARS: Final = 4 << 20  # the data of a page of 5 MB; Python's parser takes some ten times as much
MAX_VALUES: Final = 200_000
MAX_SCRIPTS: Final = 64
LINKED_DATA: Final = 'script[type^="application/ld+json" i]'
HYDRATION: Final = 'script[type^="application/json" i]'  # __NEXT_DATA__ (Next.js), __NUXT_DATA__ (Nuxt) and others
ARTICLE_BODY: Final = "articleBody"  # https://schema.org/articleBody
PROSE_CHARS: Final = 80  # minimum length of prose in a framework's data, with a sentence's end and spaces
SENTENCE: Final = re.compile(r"\s\S+[.!?\u3002\uff01\uff1f](?=\s|$|<)")
HIDDEN: Final = (("<!--", "-->"), ("<noframes>", "</noframes>"))
MARKUP: Final = re.compile(r"<(?:p|div|br|h[1-6]|ul|ol|span)[\s/>]", re.IGNORECASE)


def embedded_text(tree: HTMLTree) -> str:
    """Return the text in a page's scripts, comments or `<noframes>`, else "".

    Args:
        tree: the parsed page.
    """
    bodies = [
        value
        for data in _scripts(tree, LINKED_DATA)
        for key, value in _strings(data)
        if key == ARTICLE_BODY and value.strip()
    ]
    if bodies:
        return _plain(max(bodies, key=len))
    found: dict[str, None] = {}
    for data in _scripts(tree, HYDRATION):
        for _, value in _strings(data):
            if len(value) >= PROSE_CHARS and SENTENCE.search(value):
                found.setdefault(_plain(value))
    if found:
        return "\n".join(found)
    markup = str(tree)
    for start, stop in HIDDEN:
        written = max(filter(MARKUP.search, _between(markup, start, stop)), key=len, default="")
        if written and len(written) <= MAX_SCRIPT_CHARS:
            return _plain(written)
    return ""


def _between(markup: str, start: str, stop: str) -> Iterator[str]:
    """Yield the parts between `start` and `stop`.

    An unclosed start could make a regular expression take quadratic time.
    """
    at = markup.find(start)
    while at >= 0 and (end := markup.find(stop, at + len(start))) >= 0:
        yield markup[at + len(start) : end]
        at = markup.find(start, end)


def _scripts(tree: HTMLTree, selector: str) -> Iterator[Any]:
    if tree.document is None:
        return
    for script in list(tree.document.query_selector_all(selector))[:MAX_SCRIPTS]:
        written = script.text or ""
        if len(written) <= MAX_SCRIPT_CHARS:
            # Without a value it has no text: the page keeps the text of its markup.
            yield parsed_json(written)


def _strings(data: Any) -> Iterator[tuple[str, str]]:
    """Yield each string in the data with its key, in order."""
    left: list[tuple[str, Any]] = [("", data)]
    for _ in range(MAX_VALUES):
        if not left:
            return
        key, value = left.pop()
        if isinstance(value, str):
            yield key, value
        elif isinstance(value, dict):
            left += reversed([(str(name), inner) for name, inner in value.items()])
        elif isinstance(value, list):
            left += ((key, inner) for inner in reversed(value))


def _plain(value: str) -> str:
    if MARKUP.search(value):
        value = str(extract_plain_text(HTMLTree.parse(value)))
    return "\n".join(line for line in (" ".join(line.split()) for line in value.splitlines()) if line)
