"""Extracting page after page where a page that fails is counted and the run goes on; for both sides, so only the standard library."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from benchmarks.machine import growth

Extractor = Callable[[str], str]
Attempt = tuple[str | None, str]
"""The text, or None and what went wrong."""
SMALL = "<html><head><title>t</title></head><body><p>One sentence that is the text of this page.</p></body></html>"


def attempt(extract: Extractor, page: str) -> Attempt:
    """Extract one page."""
    try:
        return extract(page), ""
    except Exception as error:
        return None, f"{type(error).__name__}: {error}"[:200]


def attempts(extract: Extractor, pages: list[str]) -> list[Attempt]:
    """Extract all pages."""
    return [attempt(extract, page) for page in pages]


def failures(extract: Extractor, pages: list[str]) -> int:
    """Extract all pages and keep none: how many failed."""
    return sum(attempt(extract, page)[0] is None for page in pages)


def memory(extract: Extractor, pages: list[str]) -> int:
    """Bytes that extracting all pages takes beside the pages and what the first page loads."""
    attempt(extract, SMALL)
    return growth(partial(failures, extract, pages))
