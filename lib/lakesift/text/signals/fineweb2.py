"""Gopher's and FineWeb's signals on words of any language, as FineWeb2 filters.

The signals are those of datatrove.

Source: FineWeb2 (arXiv 2506.20920), huggingface/fineweb-2 7ee60b36 `fineweb-2-pipeline.py`, which calls the filters of
datatrove with a word tokenizer and stop words per language. Here words are those of
`lakesift.text.words.language_words`, marks among them: Unicode's segments, or ICU's where a language file says so, as
those of Chinese, Japanese and Thai do.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from lakesift.text.kernels.bytes import signed
from lakesift.text.kernels.characters import character_classes
from lakesift.text.kernels.compiled import compiled, pointer_to
from lakesift.text.kernels.ngrams import FACTOR, HALF
from lakesift.text.kernels.splitting import WORDS_PER_TOKEN, Found
from lakesift.text.kernels.tokens import Tokens
from lakesift.text.language.files import language_files
from lakesift.text.signals import fineweb, gopher_quality, gopher_repetition
from lakesift.text.signals.family import Batch, Family, per_text
from lakesift.text.signals.fineweb import FINEWEB_QUALITY
from lakesift.text.signals.gopher_quality import GOPHER_QUALITY
from lakesift.text.signals.gopher_repetition import GOPHER_REPETITION
from lakesift.text.signals.word_lists import tables_by_language
from lakesift.text.words.language_words import language_words

STOP_WORDS, HAS_STOP_WORDS = len(GOPHER_QUALITY.columns) - 1, len(GOPHER_QUALITY.columns)


def measure_quality(batch: Batch) -> NDArray[np.float64]:
    """Return one row per text: the columns of `GOPHER_QUALITY` and a flag.

    Stop words are those of the text's language; the flag says whether there is a list of them.

    Raises:
        UsageError: a language file is wrong or missing.
        SetupError: a language's words need a package that is not installed.
    """
    tokens = words_of(batch)
    columns = len(GOPHER_QUALITY_FINEWEB2.columns)
    values = per_text(gopher_quality.measure_tokens, tokens, columns, character_classes())
    values[:, STOP_WORDS] = 0
    files = language_files(folder_of(batch))

    def stop_words_of(language: str) -> Path | None:
        return files[language].stop_words if language in files else None

    for documents, (keys, _, _) in tables_by_language(batch.languages, stop_words_of):
        count_stop_words(tokens.found.view(np.uint64), tokens.firsts, documents, keys, values)
    return values


def folder_of(batch: Batch) -> Path:
    """Return the folder of language files, which each of these families needs."""
    assert batch.resources.languages is not None
    return batch.resources.languages


def words_of(batch: Batch) -> Tokens:
    """Return the words of each text by the rules of its language."""
    return language_words(batch.texts, batch.languages, folder_of(batch))


@compiled
def count_stop_words(
    found: Found,
    firsts: NDArray[np.int64],
    documents: NDArray[np.bool_],
    table: NDArray[np.uint64],
    values: NDArray[np.float64],
) -> None:
    """Count the different words of a list in each of some texts, in the same case.

    Fills the last two columns.
    """
    found_at, mask = pointer_to(found), len(table) - 1
    seen_in = np.full(len(table), -1, np.int64)
    for document in range(len(values)):
        if not documents[document]:
            continue
        different = 0
        for token in range(firsts[document], firsts[document + 1]):
            key = found_at[token * WORDS_PER_TOKEN]
            slot = signed(key * FACTOR >> HALF) & mask
            while table[slot] != 0 and table[slot] != key:
                slot = (slot + 1) & mask
            if table[slot] != 0 and seen_in[slot] != document:
                seen_in[slot] = document
                different += 1
        values[document, STOP_WORDS] = different
        values[document, HAS_STOP_WORDS] = True


def measure_repetition(batch: Batch) -> NDArray[np.float64]:
    """Return one row per text, the columns of `GOPHER_REPETITION`.

    An empty text has zeros.
    """
    columns = len(GOPHER_REPETITION.columns)
    return per_text(gopher_repetition.measure_tokens, words_of(batch), columns, character_classes())


def measure_lines(batch: Batch) -> NDArray[np.float64]:
    """Return one row per text, the columns of `FINEWEB_QUALITY`.

    A text with only blank lines has zeros.
    """
    tokens = words_of(batch)
    values = np.zeros((len(tokens.firsts) - 1, len(FINEWEB_QUALITY.columns)))
    fineweb.measure_tokens(tokens.text, tokens.offsets, tokens.firsts, character_classes(), values)
    return values


GOPHER_QUALITY_FINEWEB2 = Family(
    "gopher_quality@fineweb2",
    {**GOPHER_QUALITY.columns, "has_stop_words": pa.bool_()},
    measure_quality,
    needs=("languages",),
)
GOPHER_REPETITION_FINEWEB2 = Family(
    "gopher_repetition@fineweb2", GOPHER_REPETITION.columns, measure_repetition, needs=("languages",)
)
FINEWEB_QUALITY_FINEWEB2 = Family(
    "fineweb_quality@fineweb2", FINEWEB_QUALITY.columns, measure_lines, needs=("languages",)
)
