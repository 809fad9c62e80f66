"""Image links of pages with their descriptive texts; no image is fetched."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final

from resiliparse.parse.html import ElementNode, HTMLTree

from lakesift.crawl.html.charset import INVISIBLE, clean_text
from lakesift.crawl.pages.caps import Caps
from lakesift.extraction.addresses import web_address

# Attributes with the address of an image that a script puts in place of the one in `src`: those of OBELICS
# (arXiv 2306.16527, appendix A.1), lazysizes, jQuery Lazy Load, WordPress, Zhihu and Drupal.
LAZY_SOURCES: Final = (
    "data-src",
    "data-original",
    "data-lazy-src",
    "data-lazy",
    "data-lazyload",
    "data-actualsrc",
    "data-url",
    "data-lateloadsrc",
    "data-img-src",
    "data-gt-lazy-src",
    "data-src-fg",
    "data-scroll-image",
    "data-echo",
    "data-hi-res-src",
    "src2",
)
# The same of several sizes, each with its width.
LAZY_SETS: Final = ("data-srcset", "data-lazy-srcset", "data-lazysrcset")
ELEMENTS: Final = "img, amp-img, amp-anim, input[type], image"
_WAT_IMAGE_PATH: Final = "IMG@/src"
_MAX_SOURCES: Final = 16  # formats and sizes of one picture
_REMOVED: Final = str.maketrans(
    {"\t": None, "\n": None, "\r": None, " ": "%20"}
)  # URL Standard, section 4.4, steps 2-3
# The URL Standard takes a backslash for a slash in front of query and fragment.
_BACKSLASHES: Final = re.compile(r"[^?#]*")
_LOOKED_AT: Final = 2_048
_PIXELS: Final = re.compile(r"\s*(\d{1,6})(?:\.\d*)?\s*(?:px)?\s*")
# A candidate of `srcset` (HTML Standard, section 4.8.4.2.1): an address, then, behind white space, up to a comma.
_CANDIDATE: Final = re.compile(r"[\s,]*(\S+)([^,]*)")
_MAX_CANDIDATES: Final = 64
# What a template engine has not filled in: {{ }}, {% %}, ${ }, <% %>, [[ ]], and the words of scripts for no value.
_UNFILLED: Final = re.compile(r"\{\{|\{%|\$\{|<%|\[\[|%7b%7b|^(?:undefined|null|none|true|false)$", re.IGNORECASE)
# Names of the images that hold the place of another.
_HOLDS_PLACE: Final = re.compile(
    r"(?:^|[/_.-])(?:blank|spacer|placeholder|transparent|pixel|1x1|lazy|lazyload|loading|loader|grey|gray|clear|dot)"
    r"(?:[_.-][^/?#]*)?\.(?:gif|png|svg|jpe?g|webp)(?:[?#]|$)",
    re.IGNORECASE,
)


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
    """List the images of a parsed page in document order: `<img>`, `<amp-img>`, image buttons, SVG's `<image>`.

    The address is the first plausible one of: the attributes of lazy loaders (one address, then sets), `src`, `srcset`,
    the sets of the surrounding `<picture>`. Only http(s) URLs count; one that only holds the place of another counts
    where there is no other.

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
    for element in document.query_selector_all(ELEMENTS)[:]:
        if len(images) >= caps.max_images_per_page:
            break
        url = _address(element, base_url, caps)
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


def _address(element: ElementNode, base: str, caps: Caps) -> str | None:
    """Return an image's address: the first that holds no place, else the first."""
    if element.tag == "input" and (element.getattr("type") or "").lower() != "image":
        return None
    holder = None
    for written in _written(element):
        url = None if _UNFILLED.search(written[:_LOOKED_AT].strip()) else web_url(written, base, caps)
        if url is not None and not _HOLDS_PLACE.search(url):
            return url
        holder = holder or url
    return holder


def _written(element: ElementNode) -> Iterator[str]:
    """Yield what may be an image's address, as written, the likeliest first."""
    for name in LAZY_SOURCES:
        value = element.getattr(name)
        # A number or a word there is the key of some script.
        if value and ("/" in value or "." in value):
            yield value
    for name in LAZY_SETS:
        yield from _candidates(element.getattr(name))
    for name in ("src", "href", "xlink:href") if element.tag == "image" else ("src",):
        yield element.getattr(name) or ""
    yield from _candidates(element.getattr("srcset"))
    for source in reversed(list(_sources_before(element))):
        yield from _candidates(source)


def _candidates(value: str | None) -> Iterator[str]:
    for match in islice(_CANDIDATE.finditer(value or ""), _MAX_CANDIDATES):
        yield match[1].rstrip(",")


def _sources_before(element: ElementNode) -> Iterator[str]:
    """Yield the candidates of the `<source>` elements before a `<picture>`'s image.

    The nearest comes first.
    """
    sibling = element.previous_element_sibling
    for _ in range(_MAX_SOURCES):
        if sibling is None or sibling.tag != "source":
            return
        for name in ("srcset", *LAZY_SETS):
            if found := sibling.getattr(name):
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
    url = _BACKSLASHES.sub(lambda path: path[0].replace("\\", "/"), value.strip(), count=1).translate(_REMOVED)
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

    Whitespace runs become one space, characters that UTF-8 cannot encode or nobody sees are removed, and the end is
    cut.

    Args:
        value: any text.
        max_chars: the longest result, in characters.
    """
    # Only the start is split: an attribute may have megabytes.
    words = INVISIBLE.sub("", clean_text(value[: 4 * max_chars])).split()
    return " ".join(words)[:max_chars].rstrip()


def _pixels(value: object) -> int | None:
    match = _PIXELS.fullmatch(str(value)) if value is not None else None
    return int(match[1]) if match else None
