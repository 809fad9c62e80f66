r"""Runs of word characters and runs of other marks: `\w+|[^\w\s]+`.

Source: NLTK 3.9, `nltk/tokenize/regexp.py` WordPunctTokenizer, which RedPajama-v2 calls raw words. Word characters are those
of Python's `re`; NLTK 3.10 reads the same pattern with the package `regex`, for which ¾ is none and a combining mark is one.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lakesift.text.buffers import TextBuffers
from lakesift.text.bytes import Bytes
from lakesift.text.characters import WORD, character_classes
from lakesift.text.compiled import compiled, pointer_to
from lakesift.text.splitting import Found
from lakesift.text.tokens import Tokens
from lakesift.text.words.finding import find_words
from lakesift.text.words.runs import find_runs

WORDS = "word and punctuation tokens"
KINDS = np.uint32(WORD)


def word_punct_tokens(buffers: TextBuffers) -> Tokens:
    """The runs of word characters and of other marks of texts, kept with the buffers.

    Raises:
        ValueError: more than 2 GiB of text at once.
    """
    return find_words(buffers, WORDS, _find_all, character_classes())


@compiled
def _find_all(text: Bytes, offsets: NDArray[np.int64], classes: NDArray[np.uint32], found: Found) -> NDArray[np.int64]:
    firsts = np.zeros(len(offsets), np.int64)
    text_at, classes_at, found_at = pointer_to(text), pointer_to(classes), pointer_to(found)
    for document in range(len(offsets) - 1):
        start, stop = offsets[document], offsets[document + 1]
        firsts[document + 1] = find_runs(text_at, start, stop, classes_at, KINDS, found_at, firsts[document])
    return firsts
