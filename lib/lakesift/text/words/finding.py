"""Runs a kernel that finds words over all texts of a call, once."""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from lakesift.text.buffers import LARGEST_INT32, TextBuffers
from lakesift.text.bytes import Bytes
from lakesift.text.splitting import TOKEN, Found
from lakesift.text.tokens import Tokens


class Finder(Protocol):
    """A kernel that writes the words of each text to `found`, at most one per byte, and gives `Tokens.firsts`."""

    def __call__(
        self, text: Bytes, offsets: NDArray[np.int64], classes: NDArray[np.uint32], found: Found, /
    ) -> NDArray[np.int64]:
        """Find the words of `text[offsets[i]:offsets[i + 1]]` for each text i."""


def find_words(buffers: TextBuffers, definition: str, finder: Finder, classes: NDArray[np.uint32]) -> Tokens:
    """The words of texts, found at the first call and kept with the buffers.

    Args:
        buffers: n texts.
        definition: what these words are called in `buffers.derived`.
        finder: the kernel that finds them.
        classes: bits of every code point, as the kernel reads them.

    Raises:
        ValueError: more than 2 GiB of text at once.
    """
    kept: Tokens | None = buffers.derived.get(definition)
    if kept is not None:
        return kept
    begin, end = int(buffers.offsets[0]), int(buffers.offsets[-1])
    if end - begin > LARGEST_INT32:
        raise ValueError(f"{end - begin} bytes of text at once, at most {LARGEST_INT32} are read")
    text, offsets = buffers.data[begin:end], buffers.offsets - begin
    found = np.empty(end - begin, TOKEN)
    firsts = finder(text, offsets, classes, found.view(np.uint64))
    words = buffers.derived[definition] = Tokens(text, offsets, firsts, found)
    return words
