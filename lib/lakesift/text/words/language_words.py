"""Words of each language: Unicode's segments, or ICU's.

ICU finds the words where a script has no spaces between them.

Source: Unicode Standard Annex 29, section 4.1, which leaves Chinese, Japanese, Thai, Lao, Khmer and Burmese to
dictionaries: ICU's are the implementation of them in browsers (unicode-org/icu, icu4c/source/common/dictbe.cpp and
brkeng.cpp).
"""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from lakesift.errors import SetupError
from lakesift.text.kernels.buffers import TextBuffers
from lakesift.text.kernels.bytes import BASE, ONE, Bytes, character_places, code_point
from lakesift.text.kernels.compiled import compiled, pointer_to
from lakesift.text.kernels.splitting import ALL_BITS, WORDS_PER_TOKEN, Found, put, start_of
from lakesift.text.kernels.tokens import Tokens, found_once
from lakesift.text.language.files import languages_with_icu
from lakesift.text.words.runs import LETTER_BIT, SPACE_BIT
from lakesift.text.words.unicode_segments import unicode_tokens
from lakesift.text.words.word_break import word_break_classes

WORDS = "words of the language"
BY_ICU = "texts whose words ICU finds"
SPACE_BYTE = ord(" ")
FIRST_OF_FOUR = 0xF0

Places = NDArray[np.int64]


def language_words(buffers: TextBuffers, languages: pa.StringArray, folder: Path) -> Tokens:
    """Return the segments that do not begin with white space: words and each mark.

    They are cached with the buffers.

    Args:
        buffers: n texts; one that is not UTF-8 has Unicode's segments.
        languages: n languages.
        folder: of language files, which say whose words ICU finds; all others have Unicode's segments.

    Raises:
        SetupError: ICU is needed and its package is not installed.
        UsageError: a language file is wrong.
        ValueError: more than 2 GiB of text at once.
    """
    by_icu = texts_by_icu(languages, folder)
    if not np.array_equal(buffers.derived.get(BY_ICU, ()), by_icu):
        buffers.derived.pop(WORDS, None)
        buffers.derived[BY_ICU] = by_icu
    others = unicode_tokens(buffers)
    if not by_icu.any():
        buffers.derived[WORDS] = others
        return others

    def find(text: Bytes, offsets: Places, found: Found) -> Places:
        ends, firsts = icu_ends(text, offsets, languages, by_icu)
        given = others.firsts, others.found.view(np.uint64)
        return find_all(text, offsets, word_break_classes(), ends, firsts, *given, found)

    return found_once(buffers, WORDS, find)


def spaced_words(buffers: TextBuffers, languages: pa.StringArray, folder: Path) -> TextBuffers:
    """Return the texts with a space before each word but the first, if found by ICU.

    The same buffers are returned where ICU finds none.

    Raises:
        As `language_words`.
    """
    if not texts_by_icu(languages, folder).any():
        return buffers
    words = language_words(buffers, languages, folder)
    data, offsets = spaced(
        words.text, words.offsets, words.firsts, words.found.view(np.uint64), buffers.derived[BY_ICU]
    )
    return TextBuffers(data, offsets)


def texts_by_icu(languages: pa.StringArray, folder: Path) -> NDArray[np.bool_]:
    """Return which texts are in a language whose words ICU finds."""
    codes = languages.dictionary_encode()
    known = languages_with_icu(folder)
    is_known = np.array([code in known for code in codes.dictionary.to_pylist()], np.bool_)
    chosen: NDArray[np.bool_] = is_known[codes.indices.to_numpy(zero_copy_only=False)]
    return chosen


def icu_version() -> str:
    """Return the installed version of ICU, on which words may depend.

    Raises:
        SetupError: there is none.
    """
    return str(_icu().icu_version)


def icu_ends(
    text: Bytes, offsets: Places, languages: pa.StringArray, by_icu: NDArray[np.bool_]
) -> tuple[Places, Places]:
    """Return the ends of the segments of each ICU text, and each text's segments.

    Ends are in bytes from the start of all texts.
    """
    _icu()
    from icu4py.breakers import WordBreaker

    firsts = np.zeros(len(offsets), np.int64)
    found: list[Places] = []
    written, codes = text.tobytes(), languages.to_pylist()
    for place, (start, stop) in enumerate(pairwise(offsets.tolist())):
        firsts[place + 1] = firsts[place]
        if not by_icu[place] or start == stop:
            continue
        try:
            segments = WordBreaker(written[start:stop].decode(), codes[place]).segments()
        except UnicodeDecodeError:
            continue
        units = np.fromiter((end for _, end in segments), np.int64)
        found.append(start + bytes_of_units(text[start:stop])[units - 1])
        firsts[place + 1] += len(units)
    return np.concatenate(found) if found else np.zeros(0, np.int64), firsts


def bytes_of_units(text: Bytes) -> Places:
    """Return the end in bytes of the character of each UTF-16 code unit of a text."""
    starts = character_places(text)
    return np.repeat(starts[1:], 1 + (text[starts[:-1]] >= FIRST_OF_FOUR))


@compiled
def find_all(
    text: Bytes,
    offsets: Places,
    classes: NDArray[np.uint32],
    ends: Places,
    firsts_of_ends: Places,
    firsts_of_others: Places,
    others: Found,
    found: Found,
) -> Places:
    """Write the words of each text, and return `Tokens.firsts`.

    The words are those that end at `ends`, or the `others` for a text without any.
    """
    firsts = np.zeros(len(offsets), np.int64)
    text_at, classes_at, found_at = pointer_to(text), pointer_to(classes), pointer_to(found)
    for document in range(len(offsets) - 1):
        start = offsets[document]
        count = firsts[document]
        first, last = firsts_of_ends[document], firsts_of_ends[document + 1]
        if first == last:
            words = others[
                firsts_of_others[document] * WORDS_PER_TOKEN : firsts_of_others[document + 1] * WORDS_PER_TOKEN
            ]
            found[count * WORDS_PER_TOKEN : count * WORDS_PER_TOKEN + len(words)] = words
            count += len(words) // WORDS_PER_TOKEN
        for segment in range(first, last):
            count = put_segment(text_at, start, ends[segment], classes_at, found_at, count)
            start = ends[segment]
        firsts[document + 1] = count
    return firsts


@compiled
def put_segment(text: Bytes, start: int, stop: int, classes: NDArray[np.uint32], found: Found, count: int) -> int:
    """Write `text[start:stop]` unless it begins with white space; return the count."""
    total, weight, size = np.uint64(0), ONE, 0
    some, every = np.uint32(0), ALL_BITS
    at = start
    while at < stop:
        point, width = code_point(text, at, stop)
        kind = classes[point]
        if at == start and kind & SPACE_BIT:
            return count
        for k in range(at, at + width):
            total += (np.uint64(text[k]) + ONE) * weight
            weight *= BASE
        some |= kind
        every &= kind
        at += width
        size += 1
    return put(found, count, start, stop, total, size, some & LETTER_BIT, every)


@compiled
def spaced(
    text: Bytes, offsets: Places, firsts: Places, found: Found, chosen: NDArray[np.bool_]
) -> tuple[Bytes, Places]:
    """Return the texts and their offsets, with spaces between the chosen texts' words."""
    data = np.empty(len(text) + firsts[-1], np.uint8)
    spaced_offsets = np.zeros(len(offsets), np.int64)
    at = 0
    for document in range(len(offsets) - 1):
        source = offsets[document]
        if chosen[document]:
            for word in range(firsts[document] + 1, firsts[document + 1]):
                start = start_of(found, word)
                data[at : at + start - source] = text[source:start]
                at += start - source
                data[at] = SPACE_BYTE
                at += 1
                source = start
        rest = offsets[document + 1] - source
        data[at : at + rest] = text[source : source + rest]
        at += rest
        spaced_offsets[document + 1] = at
    return data[:at], spaced_offsets


def _icu() -> Any:
    try:
        import icu4py
    except ImportError as error:
        raise SetupError(
            "languages whose words ICU finds need the package icu4py", next_step="pip install 'lakesift[signals]'"
        ) from error
    return icu4py
