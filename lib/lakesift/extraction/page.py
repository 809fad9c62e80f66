"""A parsed page as the walk reads it."""

from __future__ import annotations

from typing import Any, Final

from numpy.typing import NDArray
from resiliparse.parse.html import HTMLTree

from lakesift.extraction.shown import shown
from lakesift.extraction.walk import Walked, walk

FEW_CHARS: Final = 500
"""Of a page that needs scripts to show its text: a notice, a menu."""


def walked_page(tree: HTMLTree) -> Walked:
    """Return a parsed page's blocks.

    The blocks for browsers without scripts are included where there is hardly another.
    """
    markup = shown(str(tree)).encode("utf-8", "replace")
    walked = walk(markup)
    if walked.elements[0]["chars"] < FEW_CHARS and b"<noscript" in markup:
        fuller = walk(markup, with_noscript=True)
        if fuller.elements[0]["chars"] > walked.elements[0]["chars"]:
            return fuller
    return walked


def block_texts(walked: Walked, blocks: NDArray[Any] | None = None) -> list[str]:
    """Return the text of each block of a page, or of some of them."""
    text = walked.text.tobytes()
    bounds = (walked.blocks if blocks is None else blocks)[["start", "stop"]].tolist()
    return [text[start:stop].decode("utf-8", "replace") for start, stop in bounds]
