"""Words between white space, as Python's `str.split()` finds them."""

from __future__ import annotations

import numpy as np

from lakesift.text.kernels.buffers import TextBuffers
from lakesift.text.kernels.tokens import Tokens
from lakesift.text.words.runs import runs_of

WORDS = "white space words"
NO_KINDS = np.uint32(0)


def whitespace_words(buffers: TextBuffers) -> Tokens:
    """Return the words of texts between white space (`str.isspace`); cached.

    Raises:
        ValueError: more than 2 GiB of text at once.
    """
    return runs_of(buffers, WORDS, NO_KINDS)
