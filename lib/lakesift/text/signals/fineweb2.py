"""Gopher's and FineWeb's signals as datatrove defines them, on words of any language, as FineWeb2 filters with them.

Source: FineWeb2 (arXiv 2506.20920), huggingface/fineweb-2 7ee60b36 `fineweb-2-pipeline.py`, which calls the filters of
datatrove with a word tokenizer and stop words per language. Here words are Unicode's word segments without white space in
every language (each mark is one, and Chinese, Japanese and Thai have about one a character or run): thresholds published
for other tokenizers do not carry over.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from lakesift.errors import SetupError
from lakesift.text.bytes import hash_of, signed
from lakesift.text.characters import character_classes
from lakesift.text.compiled import compiled, pointer_to
from lakesift.text.ngrams import slots_for
from lakesift.text.signals import fineweb, gopher_quality, gopher_repetition
from lakesift.text.signals.family import Batch, Family
from lakesift.text.signals.fineweb import FINEWEB_QUALITY
from lakesift.text.signals.gopher_quality import GOPHER_QUALITY
from lakesift.text.signals.gopher_repetition import GOPHER_REPETITION
from lakesift.text.splitting import WORDS_PER_TOKEN, Found
from lakesift.text.words.unicode_segments import unicode_tokens

FACTOR, HALF = np.uint64(0x9FB21C651E98DF25), np.uint64(32)
MODULUS = 2**64
KEPT_LISTS = 512
STOP_WORDS, HAS_STOP_WORDS = len(GOPHER_QUALITY.columns) - 1, len(GOPHER_QUALITY.columns)


def measure_quality(batch: Batch) -> NDArray[np.float64]:
    """One row per text: `GOPHER_QUALITY`'s columns, the stop words those of its language, and whether that has a list.

    Raises:
        SetupError: the folder of lists is not there.
    """
    folder = batch.resources.stop_words
    assert folder is not None
    if not folder.is_dir():
        raise SetupError("there is no folder of stop words", where=str(folder))
    tokens = unicode_tokens(batch.texts)
    values = np.zeros((len(tokens.firsts) - 1, len(GOPHER_QUALITY_FINEWEB2.columns)))
    found = tokens.found.view(np.uint64)
    gopher_quality.measure_tokens(tokens.text, tokens.offsets, tokens.firsts, found, character_classes(), values)
    values[:, STOP_WORDS] = 0
    codes = batch.languages.dictionary_encode()
    documents = codes.indices.to_numpy(zero_copy_only=False)
    for number, language in enumerate(codes.dictionary.to_pylist()):
        table = stop_word_table(folder / language)
        if table is not None:
            count_stop_words(found, tokens.firsts, documents, number, table, values)
    return values


@lru_cache(maxsize=KEPT_LISTS)
def stop_word_table(file: Path) -> NDArray[np.uint64] | None:
    """The hashes of a list's words, one word a line, in open addressing; None if there is no such file."""
    if not file.is_file():
        return None
    words = {line.strip() for line in file.read_text(encoding="utf-8").splitlines()} - {""}
    table = np.zeros(slots_for(len(words)), np.uint64)
    for key in map(hash_of, words):
        slot = (key * int(FACTOR) % MODULUS) >> int(HALF) & len(table) - 1
        while table[slot]:
            slot = slot + 1 & len(table) - 1
        table[slot] = key
    return table


@compiled
def count_stop_words(
    found: Found,
    firsts: NDArray[np.int64],
    documents: NDArray[np.int32],
    language: int,
    table: NDArray[np.uint64],
    values: NDArray[np.float64],
) -> None:
    """Count the different words of a list, in the same case, in each text of one language; the last two of the columns."""
    found_at, mask = pointer_to(found), len(table) - 1
    seen_in = np.full(len(table), -1, np.int64)
    for document in range(len(values)):
        if documents[document] != language:
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
    """One row per text, the columns of `GOPHER_REPETITION`; an empty text has zeros."""
    tokens = unicode_tokens(batch.texts)
    values = np.zeros((len(tokens.firsts) - 1, len(GOPHER_REPETITION.columns)))
    found = tokens.found.view(np.uint64)
    gopher_repetition.measure_tokens(tokens.text, tokens.offsets, tokens.firsts, found, character_classes(), values)
    return values


def measure_lines(batch: Batch) -> NDArray[np.float64]:
    """One row per text, the columns of `FINEWEB_QUALITY`; a text without a line that is not blank has zeros."""
    tokens = unicode_tokens(batch.texts)
    values = np.zeros((len(tokens.firsts) - 1, len(FINEWEB_QUALITY.columns)))
    fineweb.measure_tokens(tokens.text, tokens.offsets, tokens.firsts, character_classes(), values)
    return values


GOPHER_QUALITY_FINEWEB2 = Family(
    "gopher_quality@fineweb2",
    {**GOPHER_QUALITY.columns, "has_stop_words": pa.bool_()},
    measure_quality,
    needs=("stop_words",),
)
GOPHER_REPETITION_FINEWEB2 = Family("gopher_repetition@fineweb2", GOPHER_REPETITION.columns, measure_repetition)
FINEWEB_QUALITY_FINEWEB2 = Family("fineweb_quality@fineweb2", FINEWEB_QUALITY.columns, measure_lines)
