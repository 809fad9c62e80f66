"""Kernel that counts sentences as spaCy 3.8's `sentencizer` does.

It reads English tokens (`spacy/pipeline/sentencizer.pyx`).
"""

from __future__ import annotations

from lakesift.text.kernels.bytes import Bytes
from lakesift.text.kernels.characters import PUNCTUATION, SENTENCE_END
from lakesift.text.kernels.compiled import compiled
from lakesift.text.kernels.splitting import Found, flags_of, start_of, stop_of

SPACE = ord(" ")


@compiled
def sentences_in(text: Bytes, stop: int, found: Found, first: int, last: int) -> int:
    """Return the number of sentences of a text, at least 1.

    The text ends at `stop` and has the tokens from `first` to `last`. After a sentence end the next token that is no
    punctuation begins a sentence. White space other than one space is such a token, too.
    """
    count, ended = 1, False
    for token in range(first, last):
        if ended and token > first and is_wide(text, stop_of(found, token - 1), start_of(found, token)):
            count += 1
            ended = False
        flags = flags_of(found, token)
        if ended and not flags & (PUNCTUATION | SENTENCE_END):
            count += 1
            ended = False
        elif flags & SENTENCE_END:
            ended = True
    has_wide_end = last > first and is_wide(text, stop_of(found, last - 1), stop)
    return count + 1 if ended and has_wide_end else count


@compiled
def is_wide(text: Bytes, start: int, stop: int) -> bool:
    """Return whether the white space `text[start:stop]` is more than one space."""
    return stop - start > 1 or (stop > start and text[start] != SPACE)
