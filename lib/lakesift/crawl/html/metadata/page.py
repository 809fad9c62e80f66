"""Metadata of a page from its elements and HTTP headers.

`sources` has the precedence of each field's sources.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from functools import partial
from typing import Final

from lakesift.crawl.html.charset import clean_text
from lakesift.crawl.html.images import collapsed, web_url
from lakesift.crawl.html.metadata import sources
from lakesift.crawl.html.metadata.columns import LanguageHints, Metadata, RobotRules
from lakesift.crawl.html.metadata.dates import first_plausible, http_time
from lakesift.crawl.html.metadata.elements import Elements
from lakesift.crawl.html.metadata.json_ld import LinkedData, bare_address, without_tags
from lakesift.crawl.html.metadata.languages import language_tag, language_tags
from lakesift.crawl.html.metadata.licenses import licenses_of
from lakesift.crawl.html.metadata.robots import names_robot, robot_rules
from lakesift.crawl.pages.caps import Caps

HEADERS: Final = (
    "x-robots-tag",
    "content-language",
    "tdm-reservation",
    "tdm-policy",
    "content-usage",
    "link",
    "last-modified",
)
"""The HTTP headers, in lower case, that say something of a page."""

_SEPARATORS: Final = "|–—-·•»:"  # between a page's title and its site's name
_NO_NAME: Final = re.compile(r"https?:|www\.|@|^(?:null|undefined|none|n/?a|admin|author)$", re.IGNORECASE)
Resolve = Callable[[str], str | None]


def page_metadata(
    elements: Elements, page_url: str, headers: Mapping[str, str], fetch_time: datetime | None, caps: Caps
) -> Metadata:
    """Read a page's statements about itself.

    Nothing is fetched, and no content of a page raises.

    Args:
        elements: of the page; without any for a text that is no HTML.
        page_url: where it was fetched from.
        headers: values of `HEADERS` by name in lower case, as far as they were sent.
        fetch_time: with its zone; dates later than two days after it are not believed.
        caps: `max_metadata_chars`, `max_metadata_values`, `max_author_chars`, `max_title_chars`, `max_url_bytes`.
    """
    resolve = partial(_resolved, base=elements.base_url(page_url, caps), caps=caps)
    links = sources.header_links(headers.get("link", ""))
    declared = _canonical(elements, links, resolve)
    data = LinkedData(elements.json_ld, (page_url, declared))
    canonical = declared or _first_url(elements.values(("og:url",)) + data.first("url"), resolve)
    published, published_raw = first_plausible(sources.published(elements, data, page_url), fetch_time)
    modified, modified_raw = first_plausible(sources.modified(elements, data), fetch_time)
    licenses = sources.stated_licenses(elements, data, links)
    site_name = _first(sources.site_names(elements, data), caps.max_title_chars)
    headline = _first(sources.headlines(elements, data), caps.max_title_chars)
    return Metadata(
        headline=_without_site(headline, site_name),
        authors=_authors(sources.authors(elements, data), caps),
        published_date=published and published.day,
        published_time=published and published.time,
        published_raw=published_raw,
        modified_date=modified and modified.day,
        modified_time=modified and modified.time,
        modified_raw=modified_raw,
        last_modified_time=http_time(headers.get("last-modified")),
        description=_first(sources.descriptions(elements, data), caps.max_metadata_chars),
        canonical_url=canonical,
        site_name=site_name,
        languages=_languages(elements, data, headers, (page_url, canonical), resolve, caps),
        robots=_robots(elements, headers, resolve, caps),
        licenses=licenses_of(licenses, resolve, caps.max_metadata_values),
        rights=_first(elements.values(sources.RIGHTS), caps.max_metadata_chars),
    )


def _first(values: Iterable[str], limit: int) -> str | None:
    return next(filter(None, (collapsed(value, limit) for value in values)), None)


def _first_url(addresses: Iterable[str], resolve: Resolve) -> str | None:
    return next(filter(None, map(resolve, addresses)), None)


def _resolved(address: str, base: str, caps: Caps) -> str | None:
    url = web_url(address, base, caps)
    return url.partition("#")[0] if url else None


def _canonical(elements: Elements, links: sources.HeaderLinks, resolve: Resolve) -> str | None:
    """Return the canonical address (RFC 6596); None where several differ.

    Google does the same (developers.google.com/search/docs/crawling-indexing/consolidate-duplicate-urls).
    """
    for addresses in (elements.hrefs("canonical"), [address for rel, address in links if "canonical" in rel]):
        different = {url for address in addresses if (url := resolve(address))}
        if different:
            return different.pop() if len(different) == 1 else None
    return None


def _without_site(title: str | None, site_name: str | None) -> str | None:
    """Return the title without the site's name at its end.

    The title stays if nothing else would be left of it.
    """
    if title is None or site_name is None or not title.endswith(site_name):
        return title
    rest = title.removesuffix(site_name).rstrip()
    return rest.rstrip(_SEPARATORS).rstrip() or title if rest[-1:] in _SEPARATORS else title


def _authors(named: Iterable[list[str]], caps: Caps) -> tuple[str, ...]:
    for values in named:
        names: dict[str, str] = {}
        # Neither commas nor "and" separate authors reliably: both occur within names, too.
        for part in ";".join(values[: caps.max_metadata_values])[: caps.max_metadata_chars].split(";"):
            name = collapsed(without_tags(part), caps.max_author_chars).strip(" ,|")
            name = name[3:] if name[:3].lower() == "by " else name
            if name and not _NO_NAME.search(name):
                names.setdefault(name.casefold(), name)
        if names:
            return tuple(names.values())[: caps.max_metadata_values]
    return ()


def _languages(
    elements: Elements,
    data: LinkedData,
    headers: Mapping[str, str],
    addresses: Iterable[str | None],
    resolve: Resolve,
    caps: Caps,
) -> LanguageHints:
    own = {bare_address(address) for address in addresses if address}
    alternates = (
        language_tag(hreflang)
        for rel, href, hreflang in elements.links
        if hreflang and "alternate" in rel and bare_address(href if "://" in href else resolve(href) or "") in own
    )
    schema = data.texts("inLanguage") + elements.microdata["inlanguage"]
    return LanguageHints(
        html=language_tag(elements.language),
        header=language_tags(headers.get("content-language"), caps.max_metadata_values),
        meta=language_tags(",".join(elements.values(sources.LANGUAGES)), caps.max_metadata_values),
        og_locale=next(filter(None, map(language_tag, elements.values(("og:locale",)))), None),
        hreflang=next(filter(None, alternates), None),
        schema_org=next(filter(None, map(language_tag, schema)), None),
    )


def _robots(elements: Elements, headers: Mapping[str, str], resolve: Resolve, caps: Caps) -> RobotRules:
    metas = [
        (name, collapsed(content, caps.max_metadata_chars))
        for name, contents in elements.metas.items()
        if names_robot(name)
        for content in contents
    ]
    reservations = [*elements.values(("tdm-reservation",)), headers.get("tdm-reservation", "")]
    policies = [*elements.values(("tdm-policy",)), headers.get("tdm-policy", "")]
    sent = {name: clean_text(value[: caps.max_metadata_chars]) for name, value in headers.items()}
    return robot_rules(metas, sent, reservations, _first_url(policies, resolve), caps.max_metadata_values)
