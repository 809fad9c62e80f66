"""Payloads to pages, in a child process.

A page has text, metadata and image links. A bad page can neither hang nor kill the worker.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Final, NamedTuple, Self

from resiliparse.parse.html import HTMLTree

from lakesift.crawl.html.charset import clean_text, decode_text
from lakesift.crawl.html.extract_settings import ExtractorName, ExtractSettings
from lakesift.crawl.html.extractors import Precise, precise_extractor, tree_text
from lakesift.crawl.html.images import Image, collapsed, page_images
from lakesift.crawl.html.mending import mended
from lakesift.crawl.html.metadata.columns import Metadata
from lakesift.crawl.html.metadata.elements import Elements, declaring_elements
from lakesift.crawl.html.metadata.page import page_metadata
from lakesift.crawl.html.mime import HTML_TYPES, sniff
from lakesift.crawl.html.sandbox import Sandbox
from lakesift.crawl.html.shape import check_shape
from lakesift.crawl.pages.caps import Caps
from lakesift.crawl.pages.rejection import RecordRejected
from lakesift.extraction.page import walked_page
from lakesift.extraction.tables import DataTable, data_tables
from lakesift.extraction.walk import Walked

MESSAGE_BYTES: Final = 8 << 20  # of payloads sent to the child at once
_BREAK: Final = re.compile(r"\r\n?")


class PageInput(NamedTuple):
    """The inputs of a page.

    Attributes:
        payload: the body from `decode_payload`.
        content_type: the header's value, if there was one.
        url: the page's URL, against which links are resolved.
        headers: those of `metadata.page.HEADERS` that were sent, by name in lower case; None for a payload of no
        response.
        fetch_time: with its zone.
    """

    payload: bytes
    content_type: str | None
    url: str
    headers: dict[str, str] | None = None
    fetch_time: datetime | None = None


@dataclass(frozen=True)
class Page:
    """The page of one payload.

    `extractor` is the one that extracted this text; None for plain text. Plain text has the metadata of its HTTP
    headers, None where there were no headers.
    """

    text: str
    title: str | None
    charset: str
    mime: str
    extractor: ExtractorName | None
    images: list[Image]
    metadata: Metadata | None = None
    tables: list[DataTable] | None = None


class Extractor:
    """Extracts pages in a child process.

    The process starts with the first page and ends with `close` or the `with` block.

    Make one per task and use `extract_many` with some dozens of pages: a message to the child costs the same for one.

    Args:
        settings: which extractor, and how.
        caps: sizes, counts and the time for one page.
    """

    def __init__(self, settings: ExtractSettings, caps: Caps) -> None:
        self._sandbox: Sandbox[Page] = Sandbox(
            f"{__name__}:page_maker",
            (settings, caps),
            cpu_seconds=caps.extract_timeout_seconds,
            memory_bytes=settings.memory_bytes,
        )

    def __enter__(self) -> Self:
        """Return the extractor; its child starts with the first input."""
        return self

    def __exit__(self, *_: object) -> None:
        """End the child."""
        self.close()

    def close(self) -> None:
        """End the child process; it would end with this process, too."""
        self._sandbox.close()

    def extract(self, payload: bytes, content_type: str | None, url: str) -> Page:
        """Extract one page; see `extract_many`.

        Args:
            payload: the body from `decode_payload`.
            content_type: the header's value, if there was one.
            url: the page's URL, against which image links are resolved.

        Raises:
            RecordRejected: with the reasons of `extract_many`.
        """
        result = self.extract_many([PageInput(payload, content_type, url)])[0]
        if isinstance(result, RecordRejected):
            raise result
        return result

    def extract_many(self, pages: Sequence[PageInput]) -> list[Page | RecordRejected]:
        """Extract pages; one that is rejected leaves the others as they are.

        HTML is parsed, any other text is the page's text as it is, with line ends as LF. A page of which the extractor
        makes nothing yields all its visible text (by resiliparse), then its hidden text, and "" only when there is
        none. Media types that are not text should not come here (`mime.PAGE_TYPES`); they end as `undecodable`.

        Args:
            pages: one input each.

        Returns:
            One `Page` or `RecordRejected` per page, in order. Reasons: `undecodable`, `too_many_nodes`,
            `text_too_large`, `extraction_failed`, `extraction_timeout`, `extraction_crashed`.
        """
        results: list[Page | RecordRejected] = []
        for group in _groups(pages):
            results += self._sandbox.map(group)
        return results


def page_maker(setup: tuple[ExtractSettings, Caps]) -> Callable[..., Page]:
    """Make the function that turns the values of one `PageInput` into a `Page`.

    It runs in the child process.

    Args:
        setup: the settings and caps of the `Extractor`.

    Raises:
        ImportError: when trafilatura is requested and not installed.
    """
    settings, caps = setup
    return partial(_page, settings, caps, precise_extractor(settings))


def _page(
    settings: ExtractSettings,
    caps: Caps,
    precise: Precise | None,
    payload: bytes,
    content_type: str | None,
    url: str,
    headers: Mapping[str, str] | None = None,
    fetch_time: datetime | None = None,
) -> Page:
    mime = sniff(payload, content_type)
    is_html = mime in HTML_TYPES
    source, charset = decode_text(payload, content_type, html=is_html)
    if not is_html:
        text = _BREAK.sub("\n", source) if "\r" in source else source
        metadata = None if headers is None else page_metadata(Elements(), url, headers, fetch_time, caps)
        return Page(_capped(text, caps), None, charset, mime, None, [], metadata)
    source = mended(source, caps)
    check_shape(source, caps)
    tree = HTMLTree.parse(source)
    # Before the text: main content extraction may change the tree.
    elements = declaring_elements(tree, caps)
    metadata = page_metadata(elements, url, headers or {}, fetch_time, caps)
    base_url = elements.base_url(url, caps)
    images = page_images(tree, base_url, caps)
    walked = walked_page(tree) if settings.tables or settings.extractor == "lakesift" else None
    title = collapsed(tree.title or "", caps.max_title_chars) or None
    text = precise(source, tree, walked, base_url) if precise else ""
    extractor: ExtractorName = settings.extractor if text else "resiliparse"
    if not text:
        is_main = settings.main_content and precise is None
        text = (is_main and tree_text(tree, settings, main_content=True)) or tree_text(tree, settings)
        # Pages that only scripts reveal: a hidden body, or all of it in an unclosed <noscript>.
        text = text or tree_text(tree, settings, hidden=True)
    tables = _tables(walked, caps) if walked is not None and settings.tables else None
    return Page(_capped(clean_text(text), caps), title, charset, mime, extractor, images, metadata, tables)


def _tables(walked: Walked, caps: Caps) -> list[DataTable]:
    return data_tables(walked, caps.max_tables_per_page, caps.max_table_cells, caps.max_table_context_chars)


def _capped(text: str, caps: Caps) -> str:
    size = len(text.encode())
    if size > caps.max_text_bytes:
        raise RecordRejected("text_too_large", f"{size} bytes")
    return text


def _groups(pages: Sequence[PageInput]) -> Iterator[list[PageInput]]:
    group: list[PageInput] = []
    size = 0
    for page in pages:
        if group and size + len(page[0]) > MESSAGE_BYTES:
            yield group
            group, size = [], 0
        group.append(page)
        size += len(page[0])
    if group:
        yield group
