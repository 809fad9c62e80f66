"""CLD2 in place of datatrove's language filter, whose fastText model would have to be downloaded."""

from __future__ import annotations

import pycld2
from datatrove.data import Document

BYTES_READ = 4096  # as many as lakesift reads
MIN_SCORE = 0.65  # language_threshold of datatrove's LanguageFilter


def is_english(document: Document) -> bool:
    """Whether a document is in English, with more than 65 % of its text."""
    head = document.text.encode()[:BYTES_READ].decode(errors="ignore")
    # CLD2 raises on control characters.
    readable = "".join(character if character.isprintable() else " " for character in head)
    language, percent = pycld2.detect(readable, isPlainText=True, bestEffort=True)[2][0][1:3]
    return language == "en" and percent / 100 > MIN_SCORE
