"""JSON-LD in the vocabulary of schema.org: the objects that describe the page.

Source: JSON-LD 1.1 (w3.org/TR/json-ld11, sections 3.3 and 4.9 on `@id` and `@graph`) as far as pages use it; no
context is ever fetched. schema.org for the types and their properties.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from lakesift.crawl.html.charset import clean_text
from lakesift.extraction.tolerant_json import parsed_json

MAX_OBJECTS: Final = 500
MAX_DEPTH: Final = 4
MAX_VALUES: Final = 20
_TAG: Final = re.compile(r"</?[A-Za-z][^<>]{0,1000}>")
_HOLDERS: Final = ("@graph", "mainEntity", "mainEntityOfPage")
_WORKS: Final = frozenset(
    [
        "CreativeWork",
        "Recipe",
        "HowTo",
        "Dataset",
        "Book",
        "Chapter",
        "Course",
        "LearningResource",
        "Review",
        "ClaimReview",
        "Thesis",
        "Report",
        "DigitalDocument",
        "SoftwareSourceCode",
    ]
)
Object = Mapping[str, Any]


class LinkedData:
    """The objects that describe the page, the most specific kind first.

    The kinds are articles, other works, and the page as such.

    Where there are several different articles side by side and none of them has the page's address, the page is a
    list of articles, and none of them describes it.

    Args:
        scripts: texts of the page's JSON-LD, bounded in all.
        addresses: the page's URL and canonical URL.
    """

    def __init__(self, scripts: Iterable[str], addresses: Iterable[str | None]) -> None:
        objects = list(_objects(scripts))
        self._by_id = {
            each["@id"]: each for each in reversed(objects) if isinstance(each.get("@id"), str) and len(each) > 1
        }
        ranked: list[list[Object]] = [[], [], []]
        for each in objects:
            rank = _rank(_types(each))
            if rank is not None:
                ranked[rank].append(each)
        ranked[0] = _of_the_page(ranked[0], addresses)
        self._works = ranked[0] + ranked[1]
        self._all = self._works + ranked[2]
        self._sites = [each for each in objects if "WebSite" in _types(each)]

    def texts(self, *names: str, works_only: bool = False) -> list[str]:
        """Return values of properties as texts, in the order of objects, then of names.

        The text of an object is its name or address.

        Args:
            names: properties.
            works_only: leave out objects that describe the page as such, whose name includes the site's.
        """
        objects = self._works if works_only else self._all
        return [text for each in objects for name in names for text in self._texts_of(each.get(name))][:MAX_VALUES]

    def first(self, *names: str) -> list[str]:
        """Return all values of the first property that has any.

        These are the authors of an article, for instance, without those of its page.
        """
        for each in self._all:
            for name in names:
                if texts := self._texts_of(each.get(name)):
                    return texts
        return []

    def site_names(self) -> list[str]:
        """Return the names of the objects that describe the site as a whole."""
        return [text for each in self._sites for text in self._texts_of(each.get("name"))]

    def _texts_of(self, value: Any, depth: int = 0) -> list[str]:
        if isinstance(value, str):
            text = clean_text(without_tags(html.unescape(value[:10_000]))).strip()
            return [text] if text else []
        if isinstance(value, list) and depth < MAX_DEPTH:
            return [text for each in value[:MAX_VALUES] for text in self._texts_of(each, depth + 1)][:MAX_VALUES]
        if isinstance(value, dict) and depth < MAX_DEPTH:
            for name in ("name", "@value", "url", "@id"):
                if value.get(name):
                    known = self._by_id.get(value[name]) if name == "@id" and isinstance(value[name], str) else None
                    inner = value[name] if known is None else known.get("name")
                    return self._texts_of(inner, depth + 1)
        return []


def without_tags(text: str) -> str:
    """Return a text without the HTML tags that some sites leave in their metadata."""
    return _TAG.sub(" ", text) if "<" in text else text


def bare_address(address: str) -> str:
    """Return an address without scheme, fragment and last slash.

    It serves to find out whether two addresses lead to the same page.
    """
    return address.partition("#")[0].partition("://")[2].removeprefix("www.").rstrip("/")


def _objects(scripts: Iterable[str]) -> Iterator[Object]:
    waiting = [(parsed, 0) for script in scripts if (parsed := parsed_json(script)) is not None]
    waiting.reverse()
    seen = 0
    while waiting and seen < MAX_OBJECTS:
        value, depth = waiting.pop()
        seen += 1
        if isinstance(value, list):
            inner = value[:MAX_OBJECTS]
        elif isinstance(value, dict):
            yield value
            inner = [value[name] for name in _HOLDERS if isinstance(value.get(name), dict | list)]
        else:
            continue
        if depth < MAX_DEPTH:
            waiting += [(each, depth + 1) for each in reversed(inner)]


def _types(each: Object) -> list[str]:
    stated = each.get("@type")
    types = stated if isinstance(stated, list) else [stated]
    return [kind.rpartition("/")[2].removeprefix("schema:") for kind in types[:MAX_VALUES] if isinstance(kind, str)]


def _rank_of(kind: str) -> int | None:
    if kind.endswith(("Article", "Posting")):
        return 0
    if kind in _WORKS:
        return 1
    return 2 if kind.endswith("Page") else None


def _rank(types: Iterable[str]) -> int | None:
    ranks = [_rank_of(kind) for kind in types]
    return min((rank for rank in ranks if rank is not None), default=None)


def _of_the_page(articles: list[Object], addresses: Iterable[str | None]) -> list[Object]:
    if len({str(each.get("headline")) for each in articles}) <= 1:
        return articles
    own = {bare_address(address) for address in addresses if address}
    return [each for each in articles if not own.isdisjoint(_addresses_of(each))]


def _addresses_of(each: Object) -> Iterator[str]:
    for name in ("url", "@id", "mainEntityOfPage"):
        value = each.get(name)
        if isinstance(value, dict):
            value = value.get("@id") or value.get("url")
        if isinstance(value, str):
            yield bare_address(value[:10_000])
