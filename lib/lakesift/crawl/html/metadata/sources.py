"""The possible sources of each field of a page's metadata, by precedence.

- headline: JSON-LD headline of an article, or name of another work; og:title; microdata headline; twitter:title;
  DC.title
- authors: JSON-LD author, creator; metas author, article:author, citation_author, DC.creator and the like; microdata
  author; links with rel=author
- published: JSON-LD datePublished; article:published_time; microdata datePublished; citation, Dublin Core and other
  metas; `<time>` marked as published; the only `<time>` of the page; JSON-LD dateCreated; the day in the page's
  address
- modified: JSON-LD dateModified; article:modified_time, og:updated_time; microdata dateModified; Dublin Core and other
  metas; `<time>` marked as updated
- description: meta description; og:description; JSON-LD description; twitter:description; DC.description
- site_name: og:site_name; JSON-LD WebSite name; application-name; JSON-LD publisher; DC.publisher
- licenses: JSON-LD license; `<link rel=license>` and Link header; links with rel=license; metas; microdata; other links
  to Creative Commons licences

JSON-LD comes first where it is about the page (`json_ld.LinkedData`), because it names what it describes; metas are
about the page by definition; microdata and `<time>` may be about a teaser or a comment and come last. Lists of more
than three authors in microdata or links are those of a page that lists articles.

Definitions: schema.org; ogp.me; HTML Standard, sections 4.2.5 (meta), 4.6.7 (link types), 5.2 (microdata); RFC 8288
(Link header); dublincore.org/specifications/dublin-core/dcmi-terms; scholar.google.com/intl/en/scholar/inclusion.html
(citation_*).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from lakesift.crawl.html.metadata.elements import Elements
from lakesift.crawl.html.metadata.json_ld import LinkedData

HeaderLinks = list[tuple[frozenset[str], str]]
"""Relation words and address of each link of a Link header."""

RIGHTS: Final = ("dcterms.rights", "dc.rights", "copyright", "rights", "dcterms.rightsholder")
LANGUAGES: Final = ("content-language", "language", "dc.language", "dcterms.language", "og:language", "lang")
_MAX_AUTHORS: Final = 3
_AUTHORS: Final = (
    "author",
    "article:author",
    "og:article:author",
    "og:author",
    "citation_author",
    "dc.creator",
    "dcterms.creator",
    "dc.author",
    "parsely-author",
    "sailthru.author",
    "article_author",
    "content-creator",
)
_PUBLISHED: Final = (
    "citation_publication_date",
    "citation_date",
    "dcterms.issued",
    "dc.date.issued",
    "dcterms.date",
    "dc.date",
    "dcterms.created",
    "dc.date.created",
    "parsely-pub-date",
    "sailthru.date",
    "cxenseparse:recs:publishtime",
    "datepublished",
    "article_date_original",
    "publish_date",
    "publish-date",
    "pubdate",
    "pub_date",
    "published_at",
    "date",
)
_MODIFIED: Final = (
    "dcterms.modified",
    "dc.date.modified",
    "cxenseparse:recs:modifiedtime",
    "datemodified",
    "article_date_updated",
    "revision_date",
    "last-modified",
    "lastmod",
)
_LICENSES: Final = ("dcterms.license", "license", "dc.rights.license", *RIGHTS[:4])
_DAY_IN_ADDRESS: Final = re.compile(r"/((?:19|20)\d\d)[/-](0?[1-9]|1[0-2])[/-](0?[1-9]|[12]\d|3[01])(?=[/-]|$)")
_LINK_VALUE: Final = re.compile(r"<([^<>]*)>([^<>]*)")
_REL: Final = re.compile(r";\s*rel\s*=\s*\"?([^\",;]*)", re.IGNORECASE)


def header_links(value: str) -> HeaderLinks:
    """Return the links of a Link header (RFC 8288 section 3) that have a relation."""
    found = []
    for match in _LINK_VALUE.finditer(value):
        if rel := _REL.search(match[2]):
            found.append((frozenset(rel[1].lower().split()), match[1]))
    return found


def headlines(elements: Elements, data: LinkedData) -> Iterator[str]:
    """Yield titles of the page, best first."""
    yield from data.texts("headline", "name", works_only=True)
    yield from elements.values(("og:title",))
    yield from elements.microdata["headline"]
    yield from elements.values(("twitter:title", "dc.title", "dcterms.title", "citation_title"))


def site_names(elements: Elements, data: LinkedData) -> Iterator[str]:
    """Yield names of the site or its publisher, best first."""
    yield from elements.values(("og:site_name",))
    yield from data.site_names()
    yield from elements.values(("application-name",))
    yield from data.texts("publisher")
    yield from elements.values(("dc.publisher", "dcterms.publisher"))


def descriptions(elements: Elements, data: LinkedData) -> Iterator[str]:
    """Yield summaries of the page, best first."""
    yield from elements.values(("description", "og:description"))
    yield from data.texts("description")
    yield from elements.values(("twitter:description", "dc.description", "dcterms.description"))


def authors(elements: Elements, data: LinkedData) -> Iterator[list[str]]:
    """Yield authors by each source that names some, best first."""
    yield data.first("author", "creator")
    for name in _AUTHORS:
        if name in elements.metas:
            yield elements.metas[name]
    for listed in (elements.microdata["author"], elements.anchors["author"]):
        if len(different := list(dict.fromkeys(listed))) <= _MAX_AUTHORS:
            yield different


def published(elements: Elements, data: LinkedData, page_url: str) -> Iterator[str]:
    """Yield the page's times of publication, best first."""
    yield from data.texts("datePublished")
    yield from elements.values(("article:published_time", "og:article:published_time", "article:published"))
    yield from elements.microdata["datepublished"][:1]
    yield from elements.values(_PUBLISHED)
    yield from elements.times["published"][:1]
    every = {time for times in elements.times.values() for time in times}
    if len(every) == 1:
        yield from every
    yield from data.texts("dateCreated", "uploadDate")
    if match := _DAY_IN_ADDRESS.search(page_url):
        yield "-".join(match.groups())


def modified(elements: Elements, data: LinkedData) -> Iterator[str]:
    """Yield the page's times of its last change, best first."""
    yield from data.texts("dateModified")
    yield from elements.values(("article:modified_time", "og:article:modified_time", "og:updated_time"))
    yield from elements.microdata["datemodified"][:1]
    yield from elements.values(_MODIFIED)
    yield from elements.times["modified"][:1]


def stated_licenses(elements: Elements, data: LinkedData, links: HeaderLinks) -> Iterator[tuple[str, str]]:
    """Yield source and words or address of each licence, surest first.

    The source is that of `columns.License`.
    """
    yield from _from("json_ld", data.texts("license"))
    yield from _from("link", elements.hrefs("license"))
    yield from _from("link", [address for rel, address in links if "license" in rel])
    yield from _from("rel", elements.anchors["license"])
    yield from _from("meta", elements.values(_LICENSES))
    yield from _from("microdata", elements.microdata["license"])
    yield from _from("anchor", elements.anchors[""])


def _from(source: str, values: Iterable[str]) -> Iterator[tuple[str, str]]:
    return ((source, value) for value in values)
