"""`sentence_spans`: spans of three sentences that occur before.

The definition is C4's as datatrove reads it.

Source: huggingface/datatrove 0.10.1, `pipeline/dedup/sentence_dedup.py` (SentDedupConfig): sentences as spaCy's English
sentencizer splits them; a run of `n_sentences` of them, simplified (text/simplified.py) and joined by spaces, is cut if
it has an earlier copy, with the white space before its sentences; spans of marks and white space alone do not count;
white space is stripped from the front of the text that is left; a document that was cut and has too few words or
sentences left is dropped.

Differences: all languages are split as English; the words and sentences that are left are counted in the sentences that
stay, where datatrove splits the text that is left anew; white space at the end of a text belongs to its last sentence
and is no sentence of its own, which datatrove counts; and there is no min_words_to_remove_span (off in datatrove, where
it counts the words of a span's first sentence only).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lakesift.dedup.paragraphs.rule import Rule
from lakesift.dedup.paragraphs.settings import RepeatedParagraphSettings
from lakesift.dedup.paragraphs.units import Integers, Keys, Units
from lakesift.text.kernels.buffers import TextBuffers
from lakesift.text.kernels.bytes import Bytes
from lakesift.text.kernels.characters import PUNCTUATION, SENTENCE_END, character_classes
from lakesift.text.kernels.compiled import compiled
from lakesift.text.kernels.segments import stripped_start
from lakesift.text.kernels.sentences import is_wide
from lakesift.text.kernels.shingles import xxh64
from lakesift.text.kernels.simplified import MAX_GROWTH, SimplificationTable, simplification_table, simplify
from lakesift.text.kernels.splitting import Found, flags_of, start_of, stop_of
from lakesift.text.kernels.tokens import tokens_of

SEED = np.uint64(0)
SPACE = ord(" ")


def find(buffers: TextBuffers, settings: RepeatedParagraphSettings) -> Units:
    """Find the sentences of texts, and the hashes of the spans beginning with them."""
    size = settings.sentences.n_sentences
    tokens = tokens_of(buffers)
    firsts, starts, ends, words, leads = sentence_bounds(
        tokens.text, tokens.offsets, tokens.firsts, tokens.found.view(np.uint64), character_classes()
    )
    keys, key_firsts, owners = span_keys(tokens.text, firsts, starts, ends, size, simplification_table())
    origins = np.repeat(tokens.offsets[:-1], np.diff(firsts))
    return Units(firsts, starts - origins, ends - origins, words, leads, keys, key_firsts, owners, reach=size)


def rule(settings: RepeatedParagraphSettings) -> Rule:
    """Return the rule: a sentence of a seen span goes."""
    chosen = settings.sentences
    return Rule(0.0, stripped=True, min_weight=chosen.min_doc_words, min_units=chosen.min_num_sentences)


@compiled
def sentence_bounds(
    text: Bytes, offsets: Integers, token_firsts: Integers, found: Found, classes: NDArray[np.uint32]
) -> tuple[Integers, Integers, Integers, Integers, Integers]:
    """Find the sentences of texts, each with the white space before it.

    The sentences are those of `sentences_in`.

    Returns:
        firsts int64[n + 1], and int64 per sentence: start, end, tokens, bytes of white space at its start.
    """
    room = token_firsts[-1]
    firsts = np.zeros(len(offsets), np.int64)
    starts, ends = np.empty(room, np.int64), np.empty(room, np.int64)
    words, leads = np.empty(room, np.int64), np.empty(room, np.int64)
    count = 0
    for document in range(len(offsets) - 1):
        first, last = token_firsts[document], token_firsts[document + 1]
        start, begun, ended = offsets[document], first, False
        for token in range(first, last):
            is_new = ended and token > first and is_wide(text, stop_of(found, token - 1), start_of(found, token))
            ended = ended and not is_new
            flags = flags_of(found, token)
            if ended and not flags & (PUNCTUATION | SENTENCE_END):
                is_new, ended = True, False
            elif flags & SENTENCE_END:
                ended = True
            if is_new:
                starts[count], ends[count], words[count] = start, stop_of(found, token - 1), token - begun
                start, begun = ends[count], token
                count += 1
        if last > first:
            starts[count], ends[count], words[count] = start, offsets[document + 1], last - begun
            count += 1
        firsts[document + 1] = count
    for sentence in range(count):
        leads[sentence] = stripped_start(text, starts[sentence], ends[sentence], classes) - starts[sentence]
    return firsts, starts[:count].copy(), ends[:count].copy(), words[:count].copy(), leads[:count].copy()


@compiled
def span_keys(
    text: Bytes, firsts: Integers, starts: Integers, ends: Integers, size: int, table: SimplificationTable
) -> tuple[Keys, Integers, Integers]:
    """Compute the keys of all runs of `size` sentences that contain a word.

    They are `keys`, `key_firsts` and `owners` of `Units`.
    """
    keys, owners = np.empty(len(starts), np.uint64), np.empty(len(starts), np.int64)
    key_firsts = np.zeros(len(firsts), np.int64)
    max_bytes, max_sentences = 0, 0
    for document in range(len(firsts) - 1):
        if firsts[document + 1] > firsts[document]:
            max_bytes = max(max_bytes, ends[firsts[document + 1] - 1] - starts[firsts[document]])
            max_sentences = max(max_sentences, firsts[document + 1] - firsts[document])
    simple, word_starts = (
        np.empty(MAX_GROWTH * max_bytes + 2 * max_sentences + 1, np.uint8),
        np.empty(max_bytes + 3, np.int64),
    )
    bounds = np.zeros(max_sentences + 1, np.int64)
    count = 0
    for document in range(len(firsts) - 1):
        first, sentences = firsts[document], firsts[document + 1] - firsts[document]
        wordless = 0
        for sentence in range(sentences if sentences >= size else 0):
            at = bounds[sentence]
            words = simplify(text, starts[first + sentence], ends[first + sentence], table, simple[at:], word_starts)
            length = word_starts[words]
            if words == 0:
                simple[at] = SPACE
                length = 1
            bounds[sentence + 1] = at + length
            wordless = wordless + 1 if words == 0 else 0
            if sentence + 1 >= size and wordless < size:
                opening = sentence + 1 - size
                keys[count], owners[count] = xxh64(simple, bounds[opening], bounds[sentence + 1], SEED), first + opening
                count += 1
        key_firsts[document + 1] = count
    return keys[:count].copy(), key_firsts, owners[:count].copy()
