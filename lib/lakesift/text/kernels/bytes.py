"""The smallest kernels: code points of UTF-8, and a 64-bit hash of bytes.

The hash of bytes b0 b1 ... is the sum of (b + 1) * BASE**k modulo 2**64, so that the hash of two runs written one after
the other follows from theirs. Two different runs share a hash with a probability near 2**-64 unless someone looks for
such runs; a family that counts repeats among n of them is wrong with a probability near n**2 / 2**65.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import types
from numba.extending import intrinsic
from numpy.typing import NDArray

from lakesift.text.kernels.compiled import compiled

Bytes = NDArray[np.uint8]

MODULUS = 2**64
# Odd and no root of a short polynomial with small coefficients modulo a high power of two (it is 5 modulo 8).
BASE = np.uint64(0x9E3779B97F4A7C15)
ONE = np.uint64(1)
INVALID = 0xFFFD
# A byte that continues a sequence has these two highest bits.
CONTINUES_MASK, CONTINUES = 0xC0, 0x80


def hash_of(text: str) -> int:
    """Return the kernels' hash of a string's UTF-8 bytes."""
    return sum((byte + 1) * pow(int(BASE), place, MODULUS) for place, byte in enumerate(text.encode())) % MODULUS


POWERS = np.array([pow(int(BASE), place, MODULUS) for place in range(64)], np.uint64)
INVERSES = np.array([pow(int(BASE), -place, MODULUS) for place in range(64)], np.uint64)


def load_eight_bytes(typing_context: Any, data: Any, place: Any) -> Any:
    """Load the little-endian uint64 at any byte of an array or its address.

    This is one load instead of thirty steps.
    """

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        first = arguments[0]
        if isinstance(signature.args[0], types.Array):
            first = context.make_array(signature.args[0])(context, builder, first).data
        kind = context.get_value_type(signature.return_type).as_pointer()
        return builder.load(builder.bitcast(builder.gep(first, [arguments[1]]), kind), align=1)

    return types.uint64(data, types.int64), generate


eight_bytes: Any = intrinsic(load_eight_bytes)


def store_eight_bytes(typing_context: Any, data: Any, place: Any, value: Any) -> Any:
    """Store a uint64, little-endian, at any byte behind a `pointer_to`."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        kind = context.get_value_type(types.uint64).as_pointer()
        builder.store(arguments[2], builder.bitcast(builder.gep(arguments[0], [arguments[1]]), kind), align=1)
        return context.get_dummy_value()

    return types.void(data, types.int64, types.uint64), generate


put_eight_bytes: Any = intrinsic(store_eight_bytes)


@compiled
def signed(value: np.integer[Any]) -> int:
    """Return an unsigned number as a signed one.

    numba makes the sum of the two kinds a float.
    """
    return np.int64(value)


@compiled
def power(count: int, powers: NDArray[np.uint64]) -> np.uint64:
    """Return `powers[1] ** count` modulo 2**64."""
    result = np.uint64(powers[count & 63])
    square, left = powers[32] * powers[32], count >> 6
    while left:
        if left & 1:
            result *= square
        square *= square
        left >>= 1
    return result


KEY_BITS = 40  # lower bits of a hash that do not choose its slot
KEY_SHIFT = np.uint64(KEY_BITS)


def insert_key(keys: NDArray[np.uint64], key: int) -> int:
    """Insert a hash into an open-addressing table, and return its slot.

    0 is an empty slot; the table's length is a power of two.
    """
    slot = (key >> KEY_BITS) % len(keys)
    while keys[slot] not in (0, key):
        slot = (slot + 1) % len(keys)
    keys[slot] = key
    return slot


@compiled
def slot_of(rules: NDArray[np.uint64], keys: int, slots: int, key: np.uint64) -> int:
    """Return the index of a key in a table, -1 if it is absent.

    The table begins at `rules[keys]` and has `slots` keys; 0 is an empty slot.
    """
    slot = signed(key >> KEY_SHIFT) & (slots - 1)
    while rules[keys + slot] != 0:
        if rules[keys + slot] == key:
            return slot
        slot = (slot + 1) & (slots - 1)
    return -1


@compiled
def hash_bytes(text: Bytes, start: int, stop: int) -> np.uint64:
    """Return the hash of `text[start:stop]`."""
    total, weight = np.uint64(0), ONE
    for at in range(start, stop):
        total += (np.uint64(text[at]) + ONE) * weight
        weight *= BASE
    return total


@compiled
def code_point(text: Bytes, at: int, stop: int) -> tuple[int, int]:
    """Return the code point at a byte and its number of bytes.

    A byte of no well-formed sequence is U+FFFD on its own.
    """
    first = signed(text[at])
    if first < 0x80:
        return first, 1
    size = 2 if first < 0xE0 else 3 if first < 0xF0 else 4
    if first < 0xC2 or first > 0xF4 or at + size > stop:
        return INVALID, 1
    point = first & (0x7F >> size)
    for k in range(1, size):
        following = signed(text[at + k])
        if following & 0xC0 != 0x80:
            return INVALID, 1
        point = (point << 6) | (following & 0x3F)
    if point > 0x10FFFF:
        return INVALID, 1
    return point, size


@compiled
def code_point_before(text: Bytes, at: int, start: int) -> tuple[int, int]:
    """Return the code point that ends at a byte (`at > start`) and its size in bytes."""
    first = at - 1
    while first > start and at - first < 4 and text[first] & 0xC0 == 0x80:
        first -= 1
    point, size = code_point(text, first, at)
    if first + size == at:
        return point, size
    return INVALID, 1


def character_places(text: Bytes) -> NDArray[np.int64]:
    """Return the index of each code point's first byte, and the length.

    A first byte is each byte that does not continue a sequence.
    """
    return np.append(np.flatnonzero(text & CONTINUES_MASK != CONTINUES), len(text))


@compiled
def characters_in(text: Bytes, start: int, stop: int) -> int:
    """Return the number of code points in `text[start:stop]`.

    These are the bytes that do not continue a sequence.
    """
    count = 0
    for at in range(start, stop):
        count += (text[at] & 0xC0) != 0x80
    return count
