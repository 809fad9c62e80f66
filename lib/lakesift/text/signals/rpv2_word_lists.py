"""RedPajama-V2's signals of content that need a word list of the language.

Source: togethercomputer/RedPajama-Data 6d2cee9 `app/src/core/quality_signals/content.py`, `RPS_Doc_LDNOOBW_Words` and
`RPS_Doc_Stop_Word_Fraction`; columns are the published names without `rps_doc_`. The source has lists of German,
English, Spanish, French and Italian, the stop words from github.com/6/stopwords-json; here a document in a language
without a file has 0. Values are not rounded.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from lakesift.text.kernels.buffers import MAX_INT32
from lakesift.text.kernels.bytes import signed
from lakesift.text.kernels.compiled import compiled, pointer_to
from lakesift.text.kernels.ngrams import FACTOR, HALF
from lakesift.text.kernels.splitting import WORDS_PER_TOKEN, Found
from lakesift.text.kernels.tokens import Tokens
from lakesift.text.signals.family import Batch, Family
from lakesift.text.signals.word_lists import STARTER_SHIFT, tables_by_language
from lakesift.text.words import normalised_words, word_punct_tokens


def measure_bad_words(batch: Batch) -> NDArray[np.float64]:
    """Return one row per text: the number of its n-grams in the list.

    n-grams consist of normalised words; entries are compared as they are written.
    """
    assert batch.resources.bad_words is not None
    return _matches(normalised_words(batch.texts), batch.languages, batch.resources.bad_words, MAX_INT32)


def measure_stop_words(batch: Batch) -> NDArray[np.float64]:
    """Return one row per text: the share of raw words in the list, in the same case.

    It is 0 without normalised words.
    """
    assert batch.resources.stop_words is not None
    words = word_punct_tokens(batch.texts)
    matches = _matches(words, batch.languages, batch.resources.stop_words, 1)
    has_words = np.diff(normalised_words(batch.texts).firsts) > 0
    return matches * has_words[:, None] / np.maximum(1, np.diff(words.firsts))[:, None]


def _matches(words: Tokens, languages: pa.StringArray, folder: Path, max_words: int) -> NDArray[np.float64]:
    # Entries of at most `max_words` words are looked for.
    matches = np.zeros((len(words.firsts) - 1, 1))
    found = words.found.view(np.uint64)
    for documents, (keys, starters, max_entry) in tables_by_language(languages, folder.joinpath):
        _count_all(found, words.firsts, documents, keys, starters, min(max_entry, max_words), matches)
    return matches


@compiled
def _count_all(
    found: Found,
    firsts: NDArray[np.int64],
    documents: NDArray[np.bool_],
    keys: NDArray[np.uint64],
    starters: NDArray[np.bool_],
    max_entry: int,
    matches: NDArray[np.float64],
) -> None:
    found_at = pointer_to(found)
    for document in range(len(matches)):
        if documents[document]:
            first, last = firsts[document], firsts[document + 1]
            matches[document, 0] = count_entries(found_at, first, last, keys, starters, max_entry)


@compiled
def count_entries(
    found: Found, first: int, last: int, keys: NDArray[np.uint64], starters: NDArray[np.bool_], max_entry: int
) -> int:
    """Count the runs of words that are an entry of the list."""
    count, mask = 0, len(keys) - 1
    for word in range(first, last):
        if not starters[found[word * WORDS_PER_TOKEN] * FACTOR >> STARTER_SHIFT]:
            continue
        key = np.uint64(0)
        for end in range(word, min(word + max_entry, last)):
            key = (key ^ key >> HALF) * FACTOR + found[end * WORDS_PER_TOKEN]
            slot = signed(key * FACTOR >> HALF) & mask
            while keys[slot] != 0 and keys[slot] != key:
                slot = (slot + 1) & mask
            count += keys[slot] != 0
    return count


RPV2_BAD_WORDS = Family("rpv2_bad_words@rpv2", {"ldnoobw_words": pa.int64()}, measure_bad_words, needs=("bad_words",))
RPV2_STOP_WORDS = Family(
    "rpv2_stop_words@rpv2", {"stop_word_fraction": pa.float64()}, measure_stop_words, needs=("stop_words",)
)
