"""Words as the published systems define them, shared by all families of signals.

Each module has one definition.
"""

from __future__ import annotations

from lakesift.text.words.language_words import language_words, spaced_words
from lakesift.text.words.normalised import normalised_text, normalised_words
from lakesift.text.words.unicode_segments import unicode_segments, unicode_tokens, unicode_words
from lakesift.text.words.whitespace import whitespace_words
from lakesift.text.words.word_punct import word_punct_tokens

__all__ = [
    "language_words",
    "normalised_text",
    "normalised_words",
    "spaced_words",
    "unicode_segments",
    "unicode_tokens",
    "unicode_words",
    "whitespace_words",
    "word_punct_tokens",
]
