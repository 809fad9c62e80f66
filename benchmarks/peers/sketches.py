"""MinHash of datasketch, rensa and Daft on one core: 112 hashes of 5-word shingles.

The texts' words are lower case, without punctuation and joined by one space: the peers leave that to their user.
"""

from __future__ import annotations

import os

os.environ["RAYON_NUM_THREADS"] = "1"

import hashlib
from collections.abc import Callable
from functools import partial
from typing import Any

import daft
import rensa
import xxhash
from datasketch import MinHash

HASHES, SIZE, SEED = 112, 5, 1


def passes(texts: list[str]) -> dict[str, Callable[[], Any]]:
    """Each peer from text and, where it takes them, from shingles made beforehand."""
    series = daft.Series.from_pylist(texts)
    shingles = [shingles_of(text) for text in texts]
    encoded = [[shingle.encode() for shingle in document] for document in shingles]
    return {
        "datasketch": lambda: datasketch(encoded_shingles(texts), None),
        "datasketch_xxhash": lambda: datasketch(encoded_shingles(texts), low_half_of_xxh64),
        "datasketch_xxhash_shingles": partial(datasketch, encoded, low_half_of_xxh64),
        "rensa": lambda: rensa_digests([shingles_of(text) for text in texts]),
        "rensa_shingles": partial(rensa_digests, shingles),
        "daft": lambda: len(series.minhash(HASHES, SIZE, SEED, "xxhash3_64")),
        "daft_normalized": lambda: len(normalized(series).minhash(HASHES, SIZE, SEED, "xxhash3_64")),
    }


def normalized(series: daft.Series) -> daft.Series:
    """What Daft offers to simplify a text; its own pipelines call it first."""
    return series.str.normalize(remove_punct=True, lowercase=True, nfd_unicode=True, white_space=True)


def shingles_of(text: str) -> list[str]:
    """Every run of five words."""
    words = text.split(" ")
    return [" ".join(words[at : at + SIZE]) for at in range(len(words) - SIZE + 1)]


def encoded_shingles(texts: list[str]) -> list[list[bytes]]:
    """As datasketch wants them."""
    return [[shingle.encode() for shingle in shingles_of(text)] for text in texts]


def low_half_of_xxh64(shingle: bytes) -> int:
    """The hash with which datasketch gives lakesift's signatures."""
    return xxhash.xxh64_intdigest(shingle) & 0xFFFFFFFF


def datasketch(shingles: list[list[bytes]], function: Callable[[bytes], int] | None) -> str:
    """SHA-256 of all signatures; None is datasketch's own hash function."""
    sketches = MinHash.bulk(shingles, num_perm=HASHES, seed=SEED, scheme="affine32", hashfunc=function)
    digest = hashlib.sha256()
    for sketch in sketches:
        digest.update(sketch.hashvalues.astype("<u4").tobytes())
    return digest.hexdigest()


def rensa_digests(shingles: list[list[str]]) -> int:
    """Number of signatures of R-MinHash, which hashes each shingle once and not once per slot."""
    return len(shingles) * (rensa.RMinHash.digest_matrix_from_token_sets(shingles, HASHES, SEED) is not None)
