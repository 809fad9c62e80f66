r"""Runs of word characters and runs of other marks: `\w+|[^\w\s]+`.

Source: NLTK 3.9, `nltk/tokenize/regexp.py` WordPunctTokenizer, which RedPajama-v2 calls raw words. Word characters are
those of Python's `re`; NLTK 3.10 reads the same pattern with the package `regex`, for which ¾ is none and a combining
mark is one.
"""

from __future__ import annotations

import numpy as np

from lakesift.text.kernels.buffers import TextBuffers
from lakesift.text.kernels.characters import WORD
from lakesift.text.kernels.tokens import Tokens
from lakesift.text.words.runs import runs_of

WORDS = "word and punctuation tokens"
KINDS = np.uint32(WORD)


def word_punct_tokens(buffers: TextBuffers) -> Tokens:
    """Return the runs of word characters and of other marks of texts; cached.

    Raises:
        ValueError: more than 2 GiB of text at once.
    """
    return runs_of(buffers, WORDS, KINDS)
