"""`bff`: paragraphs, here lines, with mostly n-grams that were seen before.

This is DCLM's "big friendly filter".

Source: mlfoundations/dclm 77e7bf5b, `dedup/bff/src/main.rs` (process_line, process_line_oldboth). Words are Unicode
word segments that are no white space; a newline belongs to the paragraph behind it; a paragraph of fewer than
max_ngram_size words is one n-gram if it has min_ngram_size, else it has none and stays. An n-gram counts as seen when
an earlier paragraph has it, of the same document or of one before in the order of documents.

BFF itself has a Bloom filter with random seeds that several threads fill at once: no two runs of it agree. Here nothing
is seen by accident, the order is that of the documents, and the n-grams of paragraphs that go are remembered like all
others, which makes the answer one aggregation and not a chain of decisions. (BFF forgets them; they are, at the default
threshold, at most a fifth of such a paragraph's n-grams, for the rest were seen before.)
"""

from __future__ import annotations

import numpy as np

from lakesift.dedup.paragraphs.lines import line_bounds, units_of_lines
from lakesift.dedup.paragraphs.ngram_keys import ngram_key, words_until
from lakesift.dedup.paragraphs.rule import Rule
from lakesift.dedup.paragraphs.settings import RepeatedParagraphSettings
from lakesift.dedup.paragraphs.units import Integers, Keys, Units
from lakesift.text.kernels.buffers import TextBuffers
from lakesift.text.kernels.compiled import compiled
from lakesift.text.kernels.splitting import Found
from lakesift.text.words.unicode_segments import unicode_tokens


def find(buffers: TextBuffers, settings: RepeatedParagraphSettings) -> Units:
    """Find the paragraphs of texts and the hashes of their n-grams."""
    bounds = line_bounds(buffers.data, buffers.offsets, False)
    tokens, chosen = unicode_tokens(buffers), settings.bff
    keys, key_firsts, owners = all_keys(
        bounds[0],
        bounds[2] - buffers.offsets[0],
        tokens.firsts,
        tokens.found.view(np.uint64),
        chosen.min_ngram_size,
        chosen.max_ngram_size,
    )
    return units_of_lines(buffers, bounds, keys, key_firsts, owners, is_shared=True)


def rule(settings: RepeatedParagraphSettings) -> Rule:
    """Return the rule: a paragraph goes above the threshold.

    With old_both a document does, too.
    """
    threshold = settings.bff.filtering_threshold
    return Rule(threshold, document_threshold=threshold if settings.bff.remove_type == "old_both" else 1.0)


@compiled
def all_keys(
    firsts: Integers, ends: Integers, word_firsts: Integers, found: Found, min_size: int, max_size: int
) -> tuple[Keys, Integers, Integers]:
    """Compute the keys of all lines: `keys`, `key_firsts` and `owners` of `Units`."""
    keys, owners = np.empty(word_firsts[-1], np.uint64), np.empty(word_firsts[-1], np.int64)
    key_firsts = np.zeros(len(firsts), np.int64)
    count = 0
    for text in range(len(firsts) - 1):
        word = word_firsts[text]
        for line in range(firsts[text], firsts[text + 1]):
            first = word
            word = words_until(found, word, word_firsts[text + 1], ends[line])
            words = word - first
            size = max_size if words >= max_size else words
            if words < min_size or size == 0:
                continue
            for place in range(words - size + 1):
                keys[count], owners[count] = ngram_key(found, first + place, size), line
                count += 1
        key_firsts[text + 1] = count
    return keys[:count].copy(), key_firsts, owners[:count].copy()
