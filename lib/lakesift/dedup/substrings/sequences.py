"""Texts as sequences of units: bytes, words or tokens."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from lakesift.dedup.substrings.settings import RepeatedSubstringSettings
from lakesift.errors import SetupError
from lakesift.text.kernels.buffers import TextBuffers, strings_of
from lakesift.text.kernels.bytes import CONTINUES, CONTINUES_MASK, Bytes, character_places
from lakesift.text.kernels.compiled import compiled
from lakesift.text.signals.tokens_per_character import TEXTS_AT_ONCE, tokenizer_of
from lakesift.text.words.whitespace import whitespace_words


class Sequences(NamedTuple):
    """The units of n texts.

    Attributes:
        values: uint8 (the bytes themselves) or uint64 (hashes of words, numbers of tokens), one per unit.
        offsets: int64[n + 1]; the units of text i are `values[offsets[i]:offsets[i + 1]]`.
        starts: int32 per unit, the byte of its text where it begins; no elements when units are bytes.
        ends: where it ends.
    """

    values: NDArray[Any]
    offsets: NDArray[np.int64]
    starts: NDArray[np.int32]
    ends: NDArray[np.int32]

    @property
    def raw(self) -> Bytes:
        """The memory of `values`."""
        return self.values.view(np.uint8)


def sequences_of(buffers: TextBuffers, settings: RepeatedSubstringSettings) -> Sequences:
    """Return the units of texts.

    Raises:
        SetupError: tokens are requested, and the tokenizer's package or file is missing or the file is invalid.
    """
    if settings.unit == "bytes":
        data = buffers.data[int(buffers.offsets[0]) : int(buffers.offsets[-1])]
        nothing = np.zeros(0, np.int32)
        return Sequences(data, buffers.offsets - buffers.offsets[0], nothing, nothing)
    if settings.unit == "words":
        words = whitespace_words(buffers)
        found = words.found[: words.firsts[-1]]
        origins = np.repeat(words.offsets[:-1], np.diff(words.firsts))
        starts, ends = (found[side] - origins for side in ("start", "stop"))
        values = np.ascontiguousarray(found["hash"])
        return Sequences(values, words.firsts, starts.astype(np.int32), ends.astype(np.int32))
    assert settings.tokenizer is not None
    return _tokens_of(strings_of(buffers), Path(settings.tokenizer))


def _tokens_of(texts: list[str], path: Path) -> Sequences:
    """Return tokens without special ones, with the bytes of their characters.

    A character with only some of its tokens in a span is not cut: a token begins, for this purpose, where the one
    before it ends, and ends where the one after it begins.
    """
    try:
        state = path.stat()
    except OSError as error:
        raise SetupError(f"cannot read the tokenizer: {error}", where=str(path)) from error
    tokenizer = tokenizer_of(path, state.st_size, state.st_mtime_ns)
    values, starts, ends, sizes = [], [], [], [0]
    for first in range(0, len(texts), TEXTS_AT_ONCE):
        some = texts[first : first + TEXTS_AT_ONCE]
        for text, encoding in zip(some, tokenizer.encode_batch(some, add_special_tokens=False), strict=True):
            data = np.frombuffer(text.encode(), np.uint8)
            bounds = character_places(data)
            spans = bounds[np.array(encoding.offsets, np.int64).reshape(-1, 2)]
            starts.append(np.maximum(spans[:, 0], np.append(0, spans[:-1, 1])))
            ends.append(np.minimum(spans[:, 1], np.append(spans[1:, 0], len(data))))
            values.append(np.array(encoding.ids, np.uint64))
            sizes.append(len(encoding.ids))
    if not values:
        return Sequences(np.zeros(0, np.uint64), np.zeros(1, np.int64), *([np.zeros(0, np.int32)] * 2))
    begins, finishes = (np.concatenate(each).astype(np.int32) for each in (starts, ends))
    return Sequences(np.concatenate(values), np.cumsum(sizes), begins, finishes)


@compiled
def character_start(data: Bytes, at: int, stop: int) -> int:
    """Return the first byte from `at` on that begins a character, or `stop`."""
    while at < stop and data[at] & CONTINUES_MASK == CONTINUES:
        at += 1
    return at


@compiled
def character_stop(data: Bytes, at: int, start: int, stop: int) -> int:
    """Return the last character end up to `at`, not before `start`.

    The text ends at `stop`.
    """
    while start < at < stop and data[at] & CONTINUES_MASK == CONTINUES:
        at -= 1
    return at
