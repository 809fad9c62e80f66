"""MinHash signatures and band keys, straight from UTF-8 bytes.

A signature has, for each of a number of permutations of the 32-bit numbers, the smallest permuted hash of the
document's shingles (Broder 1997, "On the resemblance and containment of documents"). It is bit for bit that of
`datasketch.MinHash(num_perm=permutations, seed=seed, scheme="affine32", hashfunc=h)` updated with the same shingles,
h being the hash of `lakesift.text.kernels.shingles` (ekzhu/datasketch 2.0.0, datasketch/minhash.py).
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from lakesift.text.kernels.buffers import TextBuffers
from lakesift.text.kernels.bytes import Bytes
from lakesift.text.kernels.compiled import compiled, pointer_to
from lakesift.text.kernels.minhash_settings import MinHashSettings
from lakesift.text.kernels.shingles import find_characters, hash_shingles, xxh64
from lakesift.text.kernels.simplified import MAX_GROWTH, SimplificationTable, simplification_table, simplify

EMPTY = np.uint32(2**32 - 1)
# Hashes that stay in the fastest cache while each permutation in turn runs over them.
BLOCK = 2048


def signatures(buffers: TextBuffers, settings: MinHashSettings) -> pa.BinaryArray:
    """Return the signature of each text, null where it has no whole shingle.

    A signature is `permutations` uint32, little-endian.
    """
    factors, offsets = permutations_of(settings.permutations, settings.seed)
    table = simplification_table()
    minima = np.full((len(buffers), settings.permutations), EMPTY, np.uint32)
    present = fill_signatures(
        buffers.data, buffers.offsets, table, settings.shingle == "words", settings.size, factors, offsets, minima
    )
    text_offsets = np.zeros(len(buffers) + 1, np.int32)
    np.cumsum(present * minima.itemsize * settings.permutations, out=text_offsets[1:])
    validity = pa.py_buffer(np.packbits(present, bitorder="little"))
    values = pa.py_buffer(np.ascontiguousarray(minima[present].astype("<u4", copy=False)))
    return pa.BinaryArray.from_buffers(pa.binary(), len(buffers), [validity, pa.py_buffer(text_offsets), values])


def band_keys(signatures: pa.BinaryArray, settings: MinHashSettings) -> pa.ListArray:
    """Return the keys of each signature, one int64 per band.

    The list is empty where there is no signature. Key b is XXH64 with seed b of the bytes of the signature's b-th group
    of `rows` values: keys of different bands never meet in one column, and keys of one band are equal when all its rows
    are (but for 1 in 2^64).
    """
    present = signatures.is_valid().to_numpy(zero_copy_only=False)
    values = np.frombuffer(b"".join(signatures.drop_null().to_pylist()), np.uint8)
    keys = np.empty((int(present.sum()), settings.bands), np.uint64)
    fill_band_keys(values, 4 * settings.permutations, 4 * settings.rows, keys)
    text_offsets = np.zeros(len(signatures) + 1, np.int32)
    np.cumsum(present * settings.bands, out=text_offsets[1:])
    return pa.ListArray.from_arrays(pa.array(text_offsets), pa.array(keys.view(np.int64).ravel()))


@lru_cache
def permutations_of(number: int, seed: int) -> tuple[NDArray[np.uint32], NDArray[np.uint32]]:
    """Return the factors (odd) and offsets of datasketch's "affine32" permutations.

    A permutation is x -> factor * x + offset modulo 2^32.
    """
    draws = np.random.RandomState(seed)
    halves = draws.randint(0, 2**31, number, dtype=np.uint32)
    return halves * np.uint32(2) + np.uint32(1), draws.randint(0, 2**32, number, dtype=np.uint32)


@compiled
def fill_signatures(
    data: Bytes,
    text_offsets: NDArray[np.int64],
    table: SimplificationTable,
    by_words: bool,
    size: int,
    factors: NDArray[np.uint32],
    offsets: NDArray[np.uint32],
    minima: NDArray[np.uint32],
) -> NDArray[np.bool_]:
    """Fill one row of `minima` per text; return which texts have a shingle."""
    max_bytes = np.max(text_offsets[1:] - text_offsets[:-1]) if text_offsets.size > 1 else 0
    # Written from the front and never read behind the last write: room for a long text costs short ones nothing.
    simple = np.empty(MAX_GROWTH * max_bytes + 1, np.uint8)
    starts = np.empty(max_bytes + 3, np.int64)
    block = np.empty(BLOCK, np.uint32)
    present = np.zeros(text_offsets.size - 1, np.bool_)
    for text in range(text_offsets.size - 1):
        units = simplify(data, text_offsets[text], text_offsets[text + 1], table, simple, starts)
        if not by_words:
            units = find_characters(simple, max(starts[units] - 1, 0), starts)
        shingles = units - size + 1
        present[text] = shingles > 0
        for first in range(0, shingles, BLOCK):
            hashes = block[: min(BLOCK, shingles - first)]
            hash_shingles(simple, starts, first, size, 1 if by_words else 0, hashes)
            lower_minima(hashes, factors, offsets, minima[text])
    return present


@compiled
def lower_minima(
    hashes: NDArray[np.uint32],
    factors: NDArray[np.uint32],
    offsets: NDArray[np.uint32],
    minima: NDArray[np.uint32],
) -> None:
    """Lower each minimum to the smallest permuted hash.

    The hashes are overwritten with their finalised form. Every step is 32 bits wide and the inner loop has no store, so
    that it runs on whole vector registers.
    """
    for place in range(hashes.size):
        # The finalizer of MurmurHash3, which datasketch applies to each hash before the permutations.
        value = hashes[place]
        value = np.uint32((value ^ value >> np.uint32(16)) * np.uint32(0x85EBCA6B))
        value = np.uint32((value ^ value >> np.uint32(13)) * np.uint32(0xC2B2AE35))
        hashes[place] = value ^ value >> np.uint32(16)
    for permutation in range(minima.size):
        factor, offset, least = factors[permutation], offsets[permutation], minima[permutation]
        for place in range(hashes.size):
            least = min(least, np.uint32(np.uint32(factor * hashes[place]) + offset))
        minima[permutation] = least


@compiled
def fill_band_keys(values: Bytes, length: int, width: int, keys: NDArray[np.uint64]) -> None:
    """Fill one row of keys per signature.

    `values` are the signatures' bytes, `length` the bytes of one signature, `width` those of a band.
    """
    values_at = pointer_to(values)
    for text in range(keys.shape[0]):
        for band in range(keys.shape[1]):
            start = text * length + band * width
            keys[text, band] = xxh64(values_at, start, start + width, np.uint64(band))
