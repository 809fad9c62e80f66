"""Write numbers and crawled strings short and without control characters."""

from __future__ import annotations

import unicodedata
from typing import Final

# Direction overrides and isolates can make a line read differently from what it holds (Unicode TR 36, section 2.1).
_DIRECTION_MARKS: Final = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff")
_ESCAPED_CATEGORIES: Final = frozenset({"Cc", "Cs", "Zl", "Zp"})
_BYTE_UNITS: Final = ("B", "KB", "MB", "GB", "TB", "PB")
_STEP: Final = 1000


def shorten(value: object, limit: int) -> str:
    """Return one line of at most `limit` characters that cannot steer a terminal.

    White space becomes single spaces; control characters and direction overrides become U+FFFD. Time is linear in
    `limit`, however long the value is.
    """
    text = "" if value is None else str(value)
    window = " ".join(text[: limit * 2].split())
    line = "".join(map(_visible, window[:limit]))
    cut = len(window) > limit or len(text) > limit * 2
    return line[: limit - 1] + "…" if cut else line


def _visible(character: str) -> str:
    hidden = character in _DIRECTION_MARKS or unicodedata.category(character) in _ESCAPED_CATEGORIES
    return "\ufffd" if hidden else character


def number(value: float | None) -> str:
    """Write a count with separators, other numbers with four digits, null as a dash."""
    if value is None:
        return "–"
    return f"{value:,}" if isinstance(value, int) else f"{value:,.4g}"


def share(part: float, whole: float) -> str:
    """Write `part` of `whole` as a percentage; only zero is written as zero."""
    if not whole:
        return "–"
    percent = 100 * part / whole
    smallest = 0.1
    if 0 < percent < smallest:
        return f"< {smallest} %"
    return f"{percent:.1f} %"


def byte_size(value: float | None) -> str:
    """Write a number of bytes in decimal units: 1 KB is 1,000 bytes."""
    if value is None:
        return "–"
    size, unit = float(value), 0
    while size >= _STEP and unit < len(_BYTE_UNITS) - 1:
        size, unit = size / _STEP, unit + 1
    return f"{size:.1f} {_BYTE_UNITS[unit]}" if unit else f"{int(value):,} B"


def duration(seconds: float | None) -> str:
    """Write seconds as `0.4 s`, `3 min 20 s` or `2 h 05 min`."""
    if seconds is None:
        return "–"
    minute, hour = 60, 3600
    if seconds < minute:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < hour:
        return f"{whole // minute} min {whole % minute:02d} s"
    return f"{whole // hour} h {whole % hour // minute:02d} min"
