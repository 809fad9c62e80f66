"""The text extractors, each as one function of a parsed page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from resiliparse.extract.html2text import extract_plain_text
from resiliparse.parse.html import HTMLTree

from lakesift.crawl.html.extract_settings import ExtractSettings
from lakesift.extraction.walk import Walked

_SEGMENTS: Final = 3_000  # of one page that deduplication remembers (trafilatura's settings.LRU_SIZE is 4096)
Precise = Callable[[str, HTMLTree, Walked | None, str], str]
"""Text of a page's source, its tree, the walk over it and its base URL; "" where there is none."""


def precise_extractor(settings: ExtractSettings) -> Precise | None:
    """Return the extractor of main content that the settings name.

    It is None for resiliparse's, which is `tree_text`.

    Raises:
        ImportError: trafilatura is requested and not installed.
    """
    if settings.extractor == "trafilatura":
        return _trafilatura(settings)
    return _lakesift(settings) if settings.extractor == "lakesift" else None


def tree_text(tree: HTMLTree, settings: ExtractSettings, *, main_content: bool = False, hidden: bool = False) -> str:
    """Return the text of a parsed page as resiliparse writes it.

    With `hidden`, the text includes hidden parts of the page.
    """
    text = extract_plain_text(
        tree,
        list_bullets=settings.list_bullets,
        alt_texts=settings.alt_texts,
        comments=settings.comments,
        main_content=main_content,
        noscript=hidden,
        hidden_elements=hidden,
    )
    return text.strip()


def _lakesift(settings: ExtractSettings) -> Precise:
    from lakesift.extraction.main_content import MainContent

    extract = MainContent.of_file(settings.model)
    # Where the kernels are not compiled yet, that must not count as the first page's time.
    extract.text("<p>A page.</p>")
    links = settings.links

    def text_of(_: str, tree: HTMLTree, walked: Walked | None, base_url: str) -> str:
        return extract.text_of(tree, walked, settings.form, base_url if links else None).strip()

    return text_of


def _trafilatura(settings: ExtractSettings) -> Precise:
    # Importing it takes as long as hundreds of pages: only in the child, and only where it is used.
    import trafilatura
    from trafilatura.deduplication import LRUCache

    def precise_text(source: str, *_: object) -> str:
        text = trafilatura.extract(
            source,
            favor_precision=settings.favor == "precision",
            favor_recall=settings.favor == "recall",
            include_comments=settings.comments,
            deduplicate=LRUCache(_SEGMENTS) if settings.deduplicate else False,
        )
        return (text or "").strip()

    return precise_text
