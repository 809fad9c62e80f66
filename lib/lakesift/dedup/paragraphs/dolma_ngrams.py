"""`dolma_ngrams`: paragraphs, here lines, with many n-grams that were seen before.

Source: allenai/dolma 1.2.1, `src/deduper.rs` (write_attributes, by_ngram) and `src/wimbd/tokens.rs`, with a set for its
Bloom filter. Words are Unicode word segments that are no white space. Of a paragraph's n-grams the first is looked at,
the second, and from there each that begins `stride` words after the one before (its counter does not distinguish "none
yet" from "the first word"). All of these are remembered, even if the paragraph goes. A paragraph of fewer than two
n-grams is compared as a whole.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lakesift.dedup.paragraphs.dolma import SEED, are_blank, paragraph_end
from lakesift.dedup.paragraphs.lines import line_bounds, units_of_lines
from lakesift.dedup.paragraphs.ngram_keys import ngram_key, words_until
from lakesift.dedup.paragraphs.rule import Rule
from lakesift.dedup.paragraphs.settings import RepeatedParagraphSettings
from lakesift.dedup.paragraphs.units import NOBODY, Integers, Keys, Units
from lakesift.text.kernels.buffers import TextBuffers
from lakesift.text.kernels.bytes import Bytes
from lakesift.text.kernels.characters import character_classes
from lakesift.text.kernels.compiled import compiled
from lakesift.text.kernels.shingles import xxh64
from lakesift.text.kernels.splitting import Found
from lakesift.text.words.unicode_segments import unicode_tokens


def find(buffers: TextBuffers, settings: RepeatedParagraphSettings) -> Units:
    """Find the paragraphs of texts and the hashes of their n-grams or of themselves."""
    bounds = line_bounds(buffers.data, buffers.offsets, True)
    firsts, starts, ends, _ = bounds
    tokens = unicode_tokens(buffers)
    is_skipped = are_blank(buffers.data, starts, ends, character_classes()) & settings.dolma.skip_empty
    chosen = settings.ngrams
    keys, key_firsts, owners = sampled_keys(
        buffers.data,
        firsts,
        starts,
        ends,
        is_skipped,
        int(buffers.offsets[0]),
        tokens.firsts,
        tokens.found.view(np.uint64),
        chosen.ngram_length,
        chosen.stride,
        not chosen.skip_short_paragraphs,
    )
    return units_of_lines(buffers, bounds, keys, key_firsts, owners)


def rule(settings: RepeatedParagraphSettings) -> Rule:
    """Return the rule: a paragraph goes from the threshold on."""
    return Rule(settings.ngrams.overlap_threshold, inclusive=True)


@compiled
def sampled_keys(
    data: Bytes,
    firsts: Integers,
    starts: Integers,
    ends: Integers,
    is_skipped: NDArray[np.bool_],
    origin: int,
    word_firsts: Integers,
    found: Found,
    size: int,
    stride: int,
    with_short: bool,
) -> tuple[Keys, Integers, Integers]:
    """Compute the keys of all lines: `keys`, `key_firsts` and `owners` of `Units`.

    Words count their bytes from `origin`.
    """
    room = word_firsts[-1] + len(starts)
    keys, owners = np.empty(room, np.uint64), np.empty(room, np.int64)
    key_firsts = np.zeros(len(firsts), np.int64)
    count = 0
    for text in range(len(firsts) - 1):
        word = word_firsts[text]
        for line in range(firsts[text], firsts[text + 1]):
            first = word
            word = words_until(found, word, word_firsts[text + 1], ends[line] - origin)
            if is_skipped[line]:
                continue
            begin, latest = count, 0
            for place in range(word - first - size + 1):
                if latest == 0 or place - latest >= stride:
                    latest = place
                    keys[count], owners[count] = ngram_key(found, first + place, size), line
                    count += 1
            if count - begin < 2 and with_short:
                if count > begin:
                    owners[begin] = NOBODY
                end = paragraph_end(data, starts[line], ends[line])
                keys[count], owners[count] = xxh64(data, starts[line], end, SEED), line
                count += 1
        key_firsts[text + 1] = count
    return keys[:count].copy(), key_firsts, owners[:count].copy()
