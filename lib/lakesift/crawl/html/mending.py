"""Leaves out of HTML what would take a parser time in the square of its size, and nobody sees.

Parsers compare each attribute of a tag with those before it, each option of a list with its siblings, and open formatting
elements anew in each block that follows where they were not closed (HTML Standard, sections 13.2.5.33 and 13.2.4.3).
"""

from __future__ import annotations

import re
from typing import Final

from lakesift.crawl.pages.caps import Caps

# A tag as the standard's tokenizer ends it; one without an end, and a value without one, go on to the page's.
_TAG: Final = re.compile(r"<[A-Za-z](?:[^>\"']|\"[^\"]*+\"?|'[^']*+'?)*+(?:>|\Z)")
_LONG_TAG: Final = 1 << 14
_ATTRIBUTE: Final = re.compile(r"\s[^\s=>]*+(?:\s*=\s*(?:\"[^\"]*+\"?|'[^']*+'?|[^\s>]*+))?")
_OPTION: Final = re.compile(r"<option(?=[\s/>])[^>]*+>?", re.IGNORECASE)
_FORMATTING: Final = re.compile(
    r"<(/?)(?:a|b|big|code|em|font|i|nobr|s|small|strike|strong|tt|u)(?=[\s/>])(?:[^>\"']|\"[^\"]*+\"?|'[^']*+'?)*+(?:>|\Z)",
    re.IGNORECASE,
)


def mended(source: str, caps: Caps) -> str:
    """Return HTML with at most so many attributes a tag, options, and open formatting elements as the caps allow.

    Texts stay. A page under the caps comes back as it is.

    Args:
        source: HTML.
        caps: `max_attributes`, `max_options`, `max_open_formatting`.
    """
    if len(source) > _LONG_TAG and max(map(len, source.split(">"))) > _LONG_TAG:
        source = _TAG.sub(lambda tag: _with_few_attributes(tag[0], caps.max_attributes), source)
    if source.count("<") <= min(caps.max_options, caps.max_open_formatting):
        return source
    if sum(1 for _ in _OPTION.finditer(source)) > caps.max_options:
        source = _First(caps.max_options).of(_OPTION, source)
    found = _FORMATTING.findall(source)
    if len(found) - 2 * found.count("/") > caps.max_open_formatting:
        source = _Closed(caps.max_open_formatting).of(source)
    return source


def _with_few_attributes(tag: str, most: int) -> str:
    if len(tag) <= _LONG_TAG:
        return tag
    end = 0
    for number, attribute in enumerate(_ATTRIBUTE.finditer(tag), start=1):
        if number > most:
            return f"{tag[:end]}>"
        end = attribute.end()
    return tag


class _First:
    """Keeps the first matches of a pattern, and drops the others."""

    def __init__(self, most: int) -> None:
        self._left = most

    def of(self, pattern: re.Pattern[str], source: str) -> str:
        return pattern.sub(self._kept, source)

    def _kept(self, match: re.Match[str]) -> str:
        self._left -= 1
        return match[0] if self._left >= 0 else " "


class _Closed:
    """Drops start tags of formatting elements while too many are open."""

    def __init__(self, most: int) -> None:
        self._most, self._open = most, 0

    def of(self, source: str) -> str:
        return _FORMATTING.sub(self._kept, source)

    def _kept(self, match: re.Match[str]) -> str:
        if match[1]:
            self._open = max(0, self._open - 1)
        elif self._open >= self._most:
            return ""
        else:
            self._open += 1
        return match[0]
