"""Lists of words and phrases in the language of a document, as kernels read them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from lakesift.text.kernels.bytes import MODULUS, hash_of
from lakesift.text.kernels.ngrams import FACTOR, HALF, slots_for

KEPT_LISTS = 512
# A word that begins an entry sets one of these bits, which spares most words a search.
STARTER_BITS = 12
STARTER_SHIFT = np.uint64(64 - STARTER_BITS)

Table = tuple[NDArray[np.uint64], NDArray[np.bool_], int]
"""Keys of the entries (a single word's key is its hash), bits of first words, and the maximum words of an entry."""


def tables_by_language(
    languages: pa.StringArray, file_of: Callable[[str], Path | None]
) -> Iterator[tuple[NDArray[np.bool_], Table]]:
    """Yield, for each language with a file, its documents and its list."""
    codes = languages.dictionary_encode()
    numbers = codes.indices.to_numpy(zero_copy_only=False)
    for number, language in enumerate(codes.dictionary.to_pylist()):
        file = file_of(language)
        table = table_of(file) if file is not None else None
        if table is not None:
            yield numbers == number, table


def table_of(file: Path) -> Table | None:
    """Read the table of a list, one entry a line; None if there is no such file.

    A changed file is read anew.
    """
    if not file.is_file():
        return None
    state = file.stat()
    return _table(file, state.st_size, state.st_mtime_ns)


@lru_cache(maxsize=KEPT_LISTS)
def _table(file: Path, size: int, modified: int) -> Table:
    entries = {line.strip() for line in file.read_text(encoding="utf-8").splitlines()}
    phrases = [list(map(hash_of, entry.split(" "))) for entry in entries if "" not in entry.split(" ")]
    keys, starters = np.zeros(slots_for(len(phrases)), np.uint64), np.zeros(1 << STARTER_BITS, np.bool_)
    for phrase in phrases:
        starters[phrase[0] * int(FACTOR) % MODULUS >> int(STARTER_SHIFT)] = True
        key = 0
        for word in phrase:
            key = ((key ^ key >> int(HALF)) * int(FACTOR) + word) % MODULUS
        slot = (key * int(FACTOR) % MODULUS) >> int(HALF) & len(keys) - 1
        while keys[slot]:
            slot = slot + 1 & len(keys) - 1
        keys[slot] = key
    return keys, starters, max(map(len, phrases), default=0)
