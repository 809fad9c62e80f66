"""Leaves out of HTML what would take a parser time in the square of its size, and nobody sees.

Parsers compare each attribute of a tag with those before it, each option of a list with its siblings, and open formatting
elements anew in each block that follows where they were not closed (HTML Standard, sections 13.2.5.33 and 13.2.4.3).
"""

from __future__ import annotations

import re
from typing import Final

from lakesift.crawl.html.shape import NO_MARKUP
from lakesift.crawl.pages.caps import Caps

# A tag as the standard's tokenizer ends it; one without an end, and a value without one, go on to the page's.
_REST: Final = r"(?:[^>\"']|\"[^\"]*+\"?|'[^']*+'?)*+(?:>|\Z)"
_LONG_TAG: Final = 1 << 14
_ATTRIBUTE: Final = re.compile(r"\s[^\s=>]*+(?:\s*=\s*(?:\"[^\"]*+\"?|'[^']*+'?|[^\s>]*+))?")


def _tags(names: str) -> re.Pattern[str]:
    """Match comments and scripts, so that nothing in them is taken for markup, and tags, in groups `slash` and `tag`."""
    return re.compile(rf"{NO_MARKUP}|(?P<tag><(?P<slash>/?){names}{_REST})", re.IGNORECASE)


_OPTION_NAME: Final = r"option(?=[\s/>])"
_FORMATTING_NAMES: Final = r"(?:b|big|code|em|font|i|s|small|strike|strong|tt|u)(?=[\s/>])"
_TAG: Final = _tags("[A-Za-z]")
_OPTION: Final = _tags(_OPTION_NAME)
_FORMATTING: Final = _tags(_FORMATTING_NAMES)
# Of both, wherever they stand: next to all pages have fewer than either cap, and are not looked at again.
_STARTS: Final = re.compile(rf"<(?:{_OPTION_NAME}|{_FORMATTING_NAMES})", re.IGNORECASE)


def mended(source: str, caps: Caps) -> str:
    """Return HTML with at most so many attributes a tag, options, and open formatting elements as the caps allow.

    Texts stay. A page under the caps comes back as it is.

    Args:
        source: HTML.
        caps: `max_attributes`, `max_options`, `max_open_formatting`.
    """
    if len(source) > _LONG_TAG and max(map(len, source.split(">"))) > _LONG_TAG:
        source = _TAG.sub(lambda match: _with_few_attributes(match, caps.max_attributes), source)
    if sum(1 for _ in _STARTS.finditer(source)) <= min(caps.max_options, caps.max_open_formatting):
        return source
    options = [match for match in _OPTION.finditer(source) if match["tag"] and not match["slash"]]
    if len(options) > caps.max_options:
        source = _OPTION.sub(_First(caps.max_options).kept, source)
    slashes = [match["slash"] for match in _FORMATTING.finditer(source) if match["tag"]]
    if len(slashes) - 2 * slashes.count("/") > caps.max_open_formatting:
        source = _FORMATTING.sub(_Open(caps.max_open_formatting).kept, source)
    return source


def _with_few_attributes(match: re.Match[str], most: int) -> str:
    tag = match["tag"]
    if tag is None or len(tag) <= _LONG_TAG:
        return match[0]
    end = 0
    for number, attribute in enumerate(_ATTRIBUTE.finditer(tag), start=1):
        if number > most:
            return f"{tag[:end]}>"
        end = attribute.end()
    return match[0]


class _First:
    """Keeps the first start tags, and drops the others."""

    def __init__(self, most: int) -> None:
        self._left = most

    def kept(self, match: re.Match[str]) -> str:
        if match["tag"] is None or match["slash"]:
            return match[0]
        self._left -= 1
        return match[0] if self._left >= 0 else " "


class _Open:
    """Drops start tags while too many elements are open."""

    def __init__(self, most: int) -> None:
        self._most, self._open = most, 0

    def kept(self, match: re.Match[str]) -> str:
        if match["tag"] is None:
            return match[0]
        if match["slash"]:
            self._open = max(0, self._open - 1)
        elif self._open >= self._most:
            return ""
        else:
            self._open += 1
        return match[0]
