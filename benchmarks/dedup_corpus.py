"""Documents of 3 KB with planted near-duplicates, the same in every run."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

WORDS = 500
"""Of a document; with the vocabulary below, 3 KB of text."""
VOCABULARY = 50_000
LONGEST = 8
LETTERS = np.array(list("etaoinshrdlucmfwypvbgkqjxz"))
ZIPF = 1.05
"""Exponent of the words' frequencies, close to that of English."""
VERSIONS, TEMPLATE = 0.10, 0.01
"""Share of the documents that are versions of another, and that are one template with a few words of their own."""
CHANGED = (0.0, 0.005, 0.01, 0.02, 0.05, 0.10)
"""Shares of a version's words that are not those of the other document."""
OWN_WORDS = 5
FILES = 8
SEED = 5


class Corpus:
    """Invents documents by their number.

    Args:
        template: share of the documents that are the template.
    """

    def __init__(self, template: float = TEMPLATE) -> None:
        draw = np.random.default_rng(SEED)
        lengths = draw.integers(2, LONGEST + 1, VOCABULARY)
        letters = ["".join(word) for word in draw.choice(LETTERS, (VOCABULARY, LONGEST)).tolist()]
        self._words = np.array([word[:length] for word, length in zip(letters, lengths, strict=True)], dtype=object)
        weights = 1 / np.arange(1, VOCABULARY + 1) ** ZIPF
        self._shares = np.cumsum(weights) / weights.sum()
        self._template = template

    def text(self, number: int) -> str:
        """The document of this number."""
        draw = np.random.default_rng((SEED, number, 1))
        kind = draw.random()
        if kind < self._template:
            words = self._own(0)
            words[draw.integers(0, WORDS, OWN_WORDS)] = self._draw(draw, OWN_WORDS)
        elif kind < self._template + VERSIONS and number:
            words = self._own(int(draw.integers(0, number)))
            changed = draw.random(WORDS) < draw.choice(CHANGED)
            words[changed] = self._draw(draw, int(changed.sum()))
        else:
            words = self._own(number)
        return " ".join(self._words[words].tolist())

    def _own(self, number: int) -> NDArray[np.int64]:
        return self._draw(np.random.default_rng((SEED, number, 0)), WORDS)

    def _draw(self, draw: np.random.Generator, words: int) -> NDArray[np.int64]:
        return np.minimum(np.searchsorted(self._shares, draw.random(words)), VOCABULARY - 1)


def write_corpus(folder: Path, documents: int, template: float = TEMPLATE) -> Path:
    """Write the first so many documents as Parquet files with doc_id, number and text, once; the folder."""
    if folder.is_dir():
        return folder
    corpus, unfinished = Corpus(template), folder.with_name(f"{folder.name}.unfinished")
    unfinished.mkdir(parents=True, exist_ok=True)
    for file, numbers in enumerate(np.array_split(np.arange(documents), FILES)):
        texts = [corpus.text(int(number)) for number in numbers]
        columns = {"doc_id": [f"document-{number:09d}" for number in numbers], "number": numbers, "text": texts}
        pq.write_table(pa.table(columns), unfinished / f"{file:02d}.parquet", row_group_size=5_000)
    return unfinished.rename(folder)
