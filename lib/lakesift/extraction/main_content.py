"""lakesift's own extractor: the page's main content as text."""

from __future__ import annotations

from pathlib import Path
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray
from resiliparse.parse.html import HTMLTree

from lakesift.extraction.assembly import Form, markdown, plain_text
from lakesift.extraction.block_model import BlockModel
from lakesift.extraction.context import block_words
from lakesift.extraction.embedded import embedded_text
from lakesift.extraction.page import FEW_CHARS, walked_page
from lakesift.extraction.prose import STOP
from lakesift.extraction.selection import SelectionSettings, kept_blocks
from lakesift.extraction.threads import with_whole_threads
from lakesift.extraction.walk import Walked
from lakesift.shipped import conf_folder

SHIPPED: Final = "extraction/blocks.json"


def weights(path: str | None = None) -> Path:
    """Return the path of the weights: the given file, or lakesift's own."""
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
        """Load the extractor with the weights in a file, lakesift's own without one.

        Raises:
            ModelUnreadable: it is no model.
        """
        return cls(BlockModel.read(weights(path)))

    def text(self, source: str, form: Form = "plain") -> str:
        """Return the main content of a page; "" when it has no text.

        Args:
            source: HTML.
            form: plain text, a line a block, or Markdown.
        """
        return self.text_of(HTMLTree.parse(source), form=form)

    def text_of(
        self, tree: HTMLTree, walked: Walked | None = None, form: Form = "plain", base_url: str | None = None
    ) -> str:
        """Return the main content of a parsed page.

        Args:
            tree: the page.
            walked: the result of `walked_page`, where it is known.
            form: plain text or Markdown.
            base_url: base of Markdown's relative links; without it there are no links.
        """
        walked = walked_page(tree) if walked is None else walked
        kept = self.kept(walked)
        text = markdown(walked, kept, base_url) if form == "markdown" else plain_text(walked, kept)
        if len(text) < FEW_CHARS:
            embedded = embedded_text(tree)
            return embedded if len(embedded) > FEW_CHARS else text
        return text

    def kept(self, walked: Walked) -> NDArray[np.bool_]:
        """Return which of a page's blocks are content."""
        found, words = self._model.probabilities(walked), block_words(walked)
        kept = kept_blocks(found, words, walked.blocks["last"] == STOP, self._settings)
        return with_whole_threads(walked, found, words, kept)
