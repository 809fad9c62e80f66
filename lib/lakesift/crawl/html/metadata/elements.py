"""One pass over the elements of a page that can describe the page itself."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from resiliparse.parse.html import ElementNode, HTMLTree

from lakesift.crawl.html.images import collapsed, web_url
from lakesift.crawl.pages.caps import Caps

# One selector, because each costs a walk over the whole tree in C, even if it finds nothing.
_SELECTOR: Final = ",".join(
    (
        "html",
        "base[href]",
        "meta[content]",
        "link[rel~=canonical i]",
        "link[rel~=license i]",
        "link[hreflang]",
        "time",
        'script[type^="application/ld+json" i]',
        "a[rel~=license i]",
        "a[rel~=author i]",
        'a[href*="creativecommons.org/"]',
        "[itemprop^=date i]",
        "[itemprop~=author i]",
        "[itemprop~=license i]",
    )
)
_NAMES_OF_META: Final = ("name", "property", "http-equiv")
_MICRODATA: Final = ("datepublished", "datemodified", "author", "license", "inlanguage", "headline", "description")
_PUBLISHED_CLASSES: Final = frozenset({"published", "entry-date", "dt-published", "post-date", "pubdate"})
_MODIFIED_CLASSES: Final = frozenset({"updated", "dt-updated", "modified"})
_MAX_VALUES: Final = 20  # of one name
_MAX_TEXTS: Final = 16  # elements whose text is read, at a cost proportional to its length
_ANY: Final = ""


@dataclass(slots=True)
class Elements:
    """The elements found, in the order of the page; names and `rel` in lower case.

    Attributes:
        metas: content by name, property or http-equiv.
        microdata: values by `itemprop`.
        links: `rel` words, address and `hreflang` of `<link>`.
        times: values of `<time>`, by its class: published, modified or "".
        anchors: `rel` license, author or "" (a Creative Commons address), and the address or, for authors, the text.
        json_ld: texts of the scripts.
    """

    language: str | None = None
    base: str | None = None
    metas: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    microdata: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    links: list[tuple[frozenset[str], str, str | None]] = field(default_factory=list)
    times: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    anchors: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    json_ld: list[str] = field(default_factory=list)
    texts_read: int = 0

    def base_url(self, page_url: str, caps: Caps) -> str:
        """Return the base of the page's relative addresses (HTML Standard, section 4.2.3)."""
        return (self.base and web_url(self.base, page_url, caps)) or page_url

    def values(self, names: Iterable[str]) -> list[str]:
        """Return the contents of the metas, in the order of `names`."""
        return [value for name in names if name in self.metas for value in self.metas[name]]

    def hrefs(self, rel: str) -> list[str]:
        """Return the addresses of the `<link>`s of a relation."""
        return [href for words, href, _ in self.links if rel in words]


def declaring_elements(tree: HTMLTree, caps: Caps) -> Elements:
    """Read the first `max_metadata_elements` elements that can hold metadata.

    Elements of `<head>` come first.

    Elements of the body count too: parsers end the head at the first element that does not belong there.

    Args:
        tree: the page, as parsed.
        caps: `max_metadata_elements`, `max_metadata_chars`, `max_json_ld_chars`, `max_url_bytes`.
    """
    found = Elements()
    document = tree.document
    if document is None:
        return found
    for element in document.query_selector_all(_SELECTOR)[: caps.max_metadata_elements]:
        read = _READERS.get(element.tag or "", _read_content)
        read(element, found, caps)
    return found


def _read_root(element: ElementNode, found: Elements, caps: Caps) -> None:
    found.language = found.language or element.getattr("lang") or element.getattr("xml:lang")


def _read_base(element: ElementNode, found: Elements, caps: Caps) -> None:
    found.base = found.base or element.getattr("href")


def _read_meta(element: ElementNode, found: Elements, caps: Caps) -> None:
    content = element.getattr("content")
    if not content:
        return
    content = content[: 2 * caps.max_metadata_chars]
    for attribute in _NAMES_OF_META:
        name = element.getattr(attribute)
        if name:
            _add(found.metas[name[:100].strip().lower()], content)
    _add_microdata(element, content, found)


def _read_link(element: ElementNode, found: Elements, caps: Caps) -> None:
    href = element.getattr("href")
    if href and len(href) <= caps.max_url_bytes:
        words = frozenset((element.getattr("rel") or "")[:200].lower().split())
        found.links.append((words, href, element.getattr("hreflang")))


def _read_script(element: ElementNode, found: Elements, caps: Caps) -> None:
    text = element.text or ""
    if sum(map(len, found.json_ld)) + len(text) <= caps.max_json_ld_chars:
        found.json_ld.append(text)


def _read_time(element: ElementNode, found: Elements, caps: Caps) -> None:
    value = element.getattr("datetime") or _text(element, found)
    classes = (element.getattr("class") or "")[:500].lower().split()
    is_published = element.getattr("pubdate") is not None or not _PUBLISHED_CLASSES.isdisjoint(classes)
    kind = "published" if is_published else _ANY if _MODIFIED_CLASSES.isdisjoint(classes) else "modified"
    _add(found.times[kind], value)
    _add_microdata(element, value, found)


def _read_content(element: ElementNode, found: Elements, caps: Caps) -> None:
    href = element.getattr("href")
    rel = (element.getattr("rel") or "")[:200].lower().split() if element.tag == "a" else ()
    if "license" in rel:
        _add(found.anchors["license"], href)
    elif "author" in rel:
        _add(found.anchors["author"], _text(element, found))
    elif element.tag == "a" and href and "creativecommons.org/" in href:
        _add(found.anchors[_ANY], href)
    if element.getattr("itemprop"):
        _add_microdata(element, element.getattr("content") or _property_text(element, href, found), found)


def _property_text(element: ElementNode, href: str | None, found: Elements) -> str | None:
    """Return the value of an `itemprop`; for an item its name.

    Source: HTML Standard, section 5.2.4.
    """
    names = (element.getattr("itemprop") or "").lower()
    if "license" in names and href:
        return href
    if "author" in names and found.texts_read < _MAX_TEXTS:
        name = element.query_selector("[itemprop~=name i]")
        if name is not None:
            return name.getattr("content") or _text(name, found)
    return _text(element, found)


def _add_microdata(element: ElementNode, value: str | None, found: Elements) -> None:
    names = element.getattr("itemprop")
    if names and value:
        for name in names[:200].lower().split():
            if name in _MICRODATA:
                _add(found.microdata[name], value)


def _add(values: list[str], value: str | None) -> None:
    if value and len(values) < _MAX_VALUES:
        values.append(value)


def _text(element: ElementNode, found: Elements) -> str | None:
    if found.texts_read >= _MAX_TEXTS:
        return None
    found.texts_read += 1
    return collapsed((element.text or "")[:2_000], 200)


_READERS: Final = {
    "html": _read_root,
    "base": _read_base,
    "meta": _read_meta,
    "link": _read_link,
    "script": _read_script,
    "time": _read_time,
}
