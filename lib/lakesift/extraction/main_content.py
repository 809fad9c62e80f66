"""lakesift's own extractor: the page's main content as text."""

from __future__ import annotations

from pathlib import Path
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray
from resiliparse.parse.html import HTMLTree

from lakesift.conf_files import conf_folder
from lakesift.extraction.assembly import Form, markdown, plain_text
from lakesift.extraction.block_model import BlockModel
from lakesift.extraction.embedded import embedded_text
from lakesift.extraction.features import features_of
from lakesift.extraction.selection import SelectionSettings, kept_blocks
from lakesift.extraction.walk import Walked, walk

SHIPPED: Final = "extraction/blocks.json"


def weights(path: str | None = None) -> Path:
    """Where weights are: the given file, or the one that comes with lakesift."""
    return Path(path) if path else conf_folder() / SHIPPED


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
    def of_file(cls, path: str | None = None) -> Self:
        """With the weights in a file; without one those that come with lakesift.

        Raises:
            ModelUnreadable: it is no model.
        """
        return cls(BlockModel.read(weights(path)))

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
        text = markdown(walked, kept) if form == "markdown" else plain_text(walked, kept)
        if len(text) < FEW_CHARS:
            embedded = embedded_text(tree)
            return embedded if len(embedded) > FEW_CHARS else text
        return text

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
