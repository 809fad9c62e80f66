"""Language tags as pages write them, in the case of BCP 47."""

from __future__ import annotations

import re
from typing import Final

# RFC 5646 section 2.1: language, script, region, and further subtags; names of languages in words are no tags.
_TAG: Final = re.compile(
    r"([a-z]{2,3})(?:[-_]([a-z]{4}))?(?:[-_]([a-z]{2}|\d{3}))?((?:[-_][a-z0-9]{1,8}){0,3})", re.IGNORECASE
)
_NO_LANGUAGE: Final = frozenset({"und", "mul", "zxx", "mis"})


def language_tag(value: str | None) -> str | None:
    """Return a tag in the usual case, such as `de_de` as `de-DE`, or None.

    Source: RFC 5646 section 2.1.1. It is None for a text that is no tag.

    Args:
        value: as written.
    """
    match = _TAG.fullmatch((value or "")[:64].strip())
    if match is None or match[1].lower() in _NO_LANGUAGE:
        return None
    parts = [match[1].lower(), (match[2] or "").title(), (match[3] or "").upper()]
    return "-".join(filter(None, parts)) + match[4].lower().replace("_", "-")


def language_tags(value: str | None, most: int) -> tuple[str, ...]:
    """Return the different tags of a list with commas, in order.

    Source: RFC 9110 section 8.5.

    Args:
        value: as written.
        most: maximum number of tags.
    """
    found = (language_tag(part) for part in (value or "").split(",", 4 * most)[: 4 * most])
    return tuple(dict.fromkeys(tag for tag in found if tag))[:most]
