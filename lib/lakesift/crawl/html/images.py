"""Image links of pages with their descriptive texts; no image is fetched."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from resiliparse.parse.html import ElementNode, HTMLTree

from lakesift.crawl.html.charset import clean_text
from lakesift.crawl.pages.caps import Caps
from lakesift.extraction.addresses import web_address

# Attributes with the address of lazily loaded images while `src` has a placeholder (lazysizes, jQuery Lazy Load,
# WordPress).
LAZY_SOURCES: Final = ("data-src", "data-original", "data-lazy-src")
_WAT_IMAGE_PATH: Final = "IMG@/src"
_MAX_SOURCES: Final = 16  # formats and sizes of one picture
_REMOVED: Final = str.maketrans(
    {"\t": None, "\n": None, "\r": None, " ": "%20"}
)  # URL Standard, section 4.4, steps 2-3
_PIXELS: Final = re.compile(r"\s*(\d{1,6})(?:\.\d*)?\s*(?:px)?\s*")
_CANDIDATE: Final = re.compile(r"[\s,]*(\S+)")


@dataclass(frozen=True)
class Image:
    """One `<img>`.

    Its URL is absolute; alternative text and title have whitespace collapsed; the size is in pixels as stated.
    """

    url: str
    alt: str | None
    title: str | None
    width: int | None
    height: int | None


def page_images(tree: HTMLTree, base_url: str, caps: Caps) -> list[Image]:
    """List the `<img>` elements of a parsed page in document order.

    The address is the lazily loaded one where there is one, else `src`, else the first candidate of `srcset` or of the
    surrounding `<picture>`. Only http(s) URLs count.

    Args:
        tree: the page.
        base_url: base of relative addresses, `Elements.base_url`.
        caps: `max_images_per_page`, `max_url_bytes`, `max_alt_chars`.
    """
    document = tree.document
    if document is None:
        return []
    images: list[Image] = []
    # The slice makes all wrappers at once; iteration would make all of them for every element.
    for element in document.query_selector_all("img")[:]:
        if len(images) >= caps.max_images_per_page:
            break
        url = _first_url(element, base_url, caps)
        if url is not None:
            images.append(_image(url, element.getattr, caps))
    return images


def wat_images(links: Iterable[Mapping[str, Any]], base_url: str, caps: Caps) -> list[Image]:
    """List the images among the `Links` of a WAT record's HTML metadata, in order.

    Their `path` starts with `IMG@/src`; the texts are in `alt` and `title`
    (facebookresearch/MetaCLIP, metaclip/curation/parse_wat.py).

    Args:
        links: the entries, as parsed from JSON; malformed entries are left out.
        base_url: the page's URL, or the envelope's `Head/Base` when it has one.
        caps: as for `page_images`.
    """
    images: list[Image] = []
    for link in links:
        if len(images) >= caps.max_images_per_page:
            break
        if not isinstance(link, Mapping) or not str(link.get("path", "")).startswith(_WAT_IMAGE_PATH):
            continue
        url = web_url(link.get("url"), base_url, caps)
        if url is not None:
            images.append(_image(url, link.get, caps))
    return images


def _image(url: str, attribute: Callable[[str], Any], caps: Caps) -> Image:
    return Image(
        url,
        _text(attribute("alt"), caps),
        _text(attribute("title"), caps),
        _pixels(attribute("width")),
        _pixels(attribute("height")),
    )


def _first_url(element: ElementNode, base: str, caps: Caps) -> str | None:
    for name in LAZY_SOURCES:
        url = web_url(element.getattr(name), base, caps)
        if url is not None:
            return url
    url = web_url(element.getattr("src"), base, caps)
    return url or web_url(_first_candidate(element), base, caps)


def _first_candidate(element: ElementNode) -> str | None:
    candidates = element.getattr("srcset") or element.getattr("data-srcset")
    if not candidates:
        sources = list(_sources_before(element))
        candidates = sources[-1] if sources else None
    match = _CANDIDATE.match(candidates or "")
    return match[1].rstrip(",") if match else None


def _sources_before(element: ElementNode) -> Iterator[str]:
    """Yield the candidates of the `<source>` elements before a `<picture>`'s image.

    The nearest comes first.
    """
    sibling = element.previous_element_sibling
    for _ in range(_MAX_SOURCES):
        if sibling is None or sibling.tag != "source":
            return
        if found := sibling.getattr("srcset"):
            yield found
        sibling = sibling.previous_element_sibling


def web_url(value: object, base: str, caps: Caps) -> str | None:
    """Make an address absolute.

    It is None where it is no text, empty, a fragment, not http(s) or longer than the cap.

    Args:
        value: an attribute's value.
        base: absolute URL that it is resolved against.
        caps: `max_url_bytes`.
    """
    if not isinstance(value, str) or len(value) > caps.max_url_bytes:
        return None
    url = value.strip().translate(_REMOVED)
    if not url or url.startswith("#"):
        return None
    address = web_address(url, base)
    is_usable = address is not None and len(address.encode("utf-8", "replace")) <= caps.max_url_bytes
    return address if is_usable else None


def _text(value: object, caps: Caps) -> str | None:
    if not isinstance(value, str):
        return None
    return collapsed(value, caps.max_alt_chars) or None


def collapsed(value: str, max_chars: int) -> str:
    """Make one line of a short text.

    Whitespace runs become one space, characters that UTF-8 cannot encode are removed, and the end is cut.

    Args:
        value: any text.
        max_chars: the longest result, in characters.
    """
    # Only the start is split: an attribute may have megabytes.
    words = clean_text(value[: 4 * max_chars]).split()
    return " ".join(words)[:max_chars].rstrip()


def _pixels(value: object) -> int | None:
    match = _PIXELS.fullmatch(str(value)) if value is not None else None
    return int(match[1]) if match else None
