"""The lists in which a URL's host, address and words are looked up.

All categories of the folder are read together.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from xxhash import xxh3_64_intdigest

from lakesift.errors import SetupError

KEPT_FOLDERS = 2
COMMENT = "#"


class UrlLists(NamedTuple):
    """The entries of a folder's lists.

    Attributes:
        domains: sorted hashes of hosts and registered domains, eight bytes each where strings take eighty.
        urls: sorted hashes of addresses.
        words: as they are written, as are the next two.
        soft_words: words that mean nothing alone.
        subwords: strings that may be inside a word.
    """

    domains: NDArray[np.uint64]
    urls: NDArray[np.uint64]
    words: frozenset[str]
    soft_words: frozenset[str]
    subwords: frozenset[str]


@lru_cache(maxsize=KEPT_FOLDERS)
def url_lists(folder: Path) -> UrlLists:
    """Read the lists of a folder, once per process.

    Its form is that of `Resources.url_lists`.

    Raises:
        SetupError: the folder is not there.
    """
    if not folder.is_dir():
        raise SetupError("there is no folder of URL lists", where=str(folder))
    hashed = (np.unique(hashes_of(entries(folder, name))) for name in ("domains", "urls"))
    return UrlLists(*hashed, *(frozenset(entries(folder, name)) for name in ("words", "soft_words", "subwords")))


def entries(folder: Path, name: str) -> Iterator[str]:
    """Yield the entries of one file in all categories, in order."""
    for file in sorted(folder.glob(f"*/{name}")):
        with file.open(encoding="utf-8") as lines:
            stripped = map(str.strip, lines)
            yield from (line for line in stripped if line and not line.startswith(COMMENT))


def hashes_of(strings: Iterable[str]) -> NDArray[np.uint64]:
    """Return the XXH3 of each string.

    A string that is not listed has the hash of a listed one once in 2**64 / number of entries.
    """
    return np.fromiter(map(xxh3_64_intdigest, map(str.encode, strings)), np.uint64)


def listed(strings: Sequence[str], hashes: NDArray[np.uint64]) -> NDArray[np.bool_]:
    """Return whether each string is among the sorted hashes."""
    wanted = hashes_of(strings)
    if not len(hashes):
        return np.zeros(len(wanted), np.bool_)
    indices = np.minimum(np.searchsorted(hashes, wanted), len(hashes) - 1)
    return hashes[indices] == wanted
