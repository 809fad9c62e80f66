"""lakesift's own extractor: the page's main content as text."""

from __future__ import annotations

from typing import Final, Self

import numpy as np
from numpy.typing import NDArray
from resiliparse.parse.html import HTMLTree

from lakesift.conf_files import conf_folder
from lakesift.extraction.assembly import Form, markdown, plain_text
from lakesift.extraction.block_model import BlockModel
from lakesift.extraction.features import features_of
from lakesift.extraction.selection import SelectionSettings, kept_blocks
from lakesift.extraction.walk import Walked, walk

SHIPPED: Final = "extraction/blocks.json"


class MainContent:
    """Extracts main content with a model of blocks.

    Args:
        model: which blocks are content.
        settings: how its probabilities become a choice.
    """

    def __init__(self, model: BlockModel, settings: SelectionSettings | None = None) -> None:
        self._model = model
        self._settings = settings or SelectionSettings()

    @classmethod
    def shipped(cls) -> Self:
        """With the weights that come with lakesift."""
        return cls(BlockModel.read(conf_folder() / SHIPPED))

    def text(self, source: str, form: Form = "plain") -> str:
        """The main content of a page; "" when it has no text.

        Args:
            source: HTML.
            form: plain text, a line a block, or Markdown.
        """
        return self.text_of(HTMLTree.parse(source), form)

    def text_of(self, tree: HTMLTree, form: Form = "plain") -> str:
        """The main content of a parsed page."""
        walked = walked_page(tree)
        kept = self.kept(walked)
        return markdown(walked, kept) if form == "markdown" else plain_text(walked, kept)

    def kept(self, walked: Walked) -> NDArray[np.bool_]:
        """Which of a page's blocks are content."""
        return kept_blocks(walked, self._model.probabilities(features_of(walked)), self._settings)


def walked_page(tree: HTMLTree) -> Walked:
    """A parsed page's blocks; those for browsers without scripts, too, where there is hardly another."""
    markup = str(tree).encode("utf-8", "replace")
    walked = walk(markup)
    if walked.elements[0]["chars"] < FEW_CHARS and b"<noscript" in markup:
        fuller = walk(markup, with_noscript=True)
        if fuller.elements[0]["chars"] > walked.elements[0]["chars"]:
            return fuller
    return walked


FEW_CHARS: Final = 500
"""Of a page that needs scripts to show its text: a notice, a menu."""
