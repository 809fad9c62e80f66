"""Licences that pages link to; Creative Commons by their SPDX identifiers."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Final

from lakesift.crawl.html.metadata.columns import License

# creativecommons.org/licenses/by-nc-sa/3.0/de/: elements, version, and the country a licence was ported to.
_ADDRESS: Final = re.compile(
    r"(?:https?:)?(?://)?(?:www\.|[a-z]{2}\.)?creativecommons\.org/"
    r"(?:licenses/(by(?:-nc)?(?:-nd|-sa)?|nc(?:-sa)?|nd(?:-nc)?|sa)/(\d\.\d)(?:/([a-z]{2,3}|scotland|igo)(?![a-z.]))?"
    r"|publicdomain/(zero|mark)/1\.0)",
    re.IGNORECASE,
)
_NAME: Final = re.compile(
    r"\bCC[ -](BY(?:[ -]NC)?(?:[ -](?:ND|SA))?)[ -]v?(\d\.\d)\b|\bCC[ -]?(?:0|Zero)\b", re.IGNORECASE
)
_LINKS: Final = ("link", "rel")  # relative addresses on its own pages
_PUBLIC_DOMAIN: Final = {"zero": "CC0-1.0", "mark": "CC-PDM-1.0"}


def license_name(words: str) -> str | None:
    """Return the SPDX identifier of a Creative Commons licence.

    The licence is given by its address, or its name with the version.

    Ported licences have their jurisdiction at the end, also where SPDX (spdx.org/licenses) does not list it.

    Args:
        words: an address or a statement; the first 500 characters are looked at.
    """
    text = words[:500]
    if match := _ADDRESS.search(text):
        elements, version, country, dedication = match.groups()
        if dedication:
            return _PUBLIC_DOMAIN[dedication.lower()]
        return "-".join(["CC", elements.upper(), version, *([country.upper()] if country else [])])
    if match := _NAME.search(text):
        return f"CC-{re.sub(' ', '-', match[1]).upper()}-{match[2]}" if match[1] else "CC0-1.0"
    return None


def licenses_of(
    stated: Iterable[tuple[str, str]], resolve: Callable[[str], str | None], most: int
) -> tuple[License, ...]:
    """Return the different licences of a page.

    Args:
        stated: source (see `columns.License`) and words or address, the surest first.
        resolve: makes an address absolute; None for a text that is no web address.
        most: maximum number of licences.
    """
    found: dict[str, License] = {}
    for source, words in stated:
        name = license_name(words)
        is_address = " " not in words.strip() and (name is not None or source in _LINKS or "://" in words)
        url = resolve(words) if is_address and (name is not None or source != "anchor") else None
        key = name or url
        if key is not None and len(found) < most:
            found.setdefault(key, License(url, name, source))
    return tuple(found.values())
