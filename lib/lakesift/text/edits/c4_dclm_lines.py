"""`c4_lines@dclm`: remove C4's lines as DCLM does.

The edit also returns the counts and flags that DCLM's rules read.

Source: mlfoundations/dclm 361714b, `baselines/baselines_configs/c4.yaml` up to the first count of sentences, and the
modifiers that it names in `baselines/mappers/modifiers.py`. Lines are those between newlines; empty ones stay. A line
ends well in one of `.!?"…`, ignoring white space, and not in `...` or `…`. Where the source drops the page (lorem
ipsum, curly bracket) this edit sets the flag and continues; white space is stripped from the text's ends. Case is
folded for ASCII. Sentences are those of spaCy's sentencizer; the source takes NLTK's trained punkt model.
"""

from __future__ import annotations

from functools import partial

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from lakesift.text.edits.c4_lines import Tables, Texts, rewritten
from lakesift.text.edits.edit import Edit
from lakesift.text.edits.lines import BRACKET, copy_line, copy_tokens, strip_document, words_of_line
from lakesift.text.edits.mentions import CURLY_BRACKET, JAVASCRIPT, LOREM_IPSUM, POLICY, mentions
from lakesift.text.edits.spans import counts_of
from lakesift.text.kernels.buffers import TextBuffers
from lakesift.text.kernels.bytes import Bytes, characters_in, code_point_before
from lakesift.text.kernels.compiled import compiled, pointer_to
from lakesift.text.kernels.segments import stripped_stop
from lakesift.text.kernels.sentences import sentences_in
from lakesift.text.kernels.tokens import find_document

MAX_WORD = 1000  # code points, word_length_modifier
MIN_WORDS = 5  # line_length_modifier
DOT, NEWLINE, ELLIPSIS = ord("."), ord("\n"), ord("…")
ENDINGS = np.zeros(ELLIPSIS + 1, np.bool_)
ENDINGS[[ord(mark) for mark in '.!?"…']] = True
CHARACTERS, LINES, TOO_LONG_WORD, NO_TERMINAL, HAS_ELLIPSIS, TOO_FEW_WORDS, JAVASCRIPT_LINES, POLICY_LINES = range(8)
CITATIONS, SENTENCES, HAS_LOREM_IPSUM, HAS_CURLY_BRACKET = range(8, 12)
COLUMNS: dict[str, pa.DataType] = {
    "characters": pa.int64(),
    "lines": pa.int64(),
    "too_long_word": pa.int64(),
    "no_terminal_punctuation": pa.int64(),
    "ellipsis": pa.int64(),
    "too_few_words": pa.int64(),
    "javascript": pa.int64(),
    "policy": pa.int64(),
    "citations": pa.int64(),
    "sentences": pa.int64(),
    "lorem_ipsum": pa.bool_(),
    "curly_bracket": pa.bool_(),
}


def remove_lines(buffers: TextBuffers) -> tuple[TextBuffers, pa.StructArray]:
    """Return the texts without the lines that DCLM's C4 removes, with their counts.

    Returns:
        The kept lines without citation marks, joined by newlines, with their tokens; and a struct array of n: code
        points and lines of the text as it came, lines removed per reason, citation marks removed, sentences of the
        edited text (0 of an empty one), and the two flags.

    Raises:
        ValueError: more than 2 GiB of text at once.
    """
    counts = np.zeros((len(buffers), len(COLUMNS)), np.int64)
    edited, is_changed = rewritten(buffers, partial(_remove, counts=counts))
    return edited if is_changed else buffers, counts_of(counts, COLUMNS)


@compiled
def _remove(before: Texts, after: Texts, tables: Tables, counts: NDArray[np.int64]) -> bool:
    text, found = pointer_to(before[0]), pointer_to(before[3])
    to_text, to_found = pointer_to(after[0]), pointer_to(after[3])
    classes, rules = pointer_to(tables[0]), pointer_to(tables[1])
    is_changed = False
    for document in range(len(counts)):
        counted = counts[document]
        at, stop = before[1][document], before[1][document + 1]
        first, last = before[2][document], before[2][document + 1]
        begin, to_first = after[1][document], after[2][document]
        counted[CHARACTERS] = characters_in(text, at, stop)
        to, count, kept = begin, to_first, 0
        while at <= stop:
            end, has_bracket = line_end(text, at, stop)
            line, line_first, at = at, first, end + 1
            first, words, max_length = words_of_line(found, first, last, end)
            counted[LINES] += 1
            if max_length > MAX_WORD:
                counted[TOO_LONG_WORD] += 1
                continue
            start = to + (kept > 0)
            copied, citations = copy_line(text, line, end, has_bracket, to_text, start, classes)
            line_count = count
            if citations:
                counted[CITATIONS] += citations
                count = find_document(to_text, start, copied, classes, rules, to_found, count)
                _, words, _ = words_of_line(to_found, line_count, count, copied)
            if copied > start and is_dropped(to_text, start, copied, words, classes, counted):
                count = line_count
                continue
            if not citations:
                count = copy_tokens(found, line_first, first, start - line, to_found, count)
            if kept > 0:
                to_text[to] = NEWLINE
            to = copied
            kept += 1
        to = strip_document(to_text, begin, to, to_found, to_first, count, classes)
        counted[SENTENCES] = sentences_in(to_text, to, to_found, to_first, count) if to > begin else 0
        after[1][document + 1], after[2][document + 1] = to, count
        is_changed |= to - begin < stop - before[1][document]
    return is_changed


@compiled
def line_end(text: Bytes, at: int, stop: int) -> tuple[int, bool]:
    """Return the end of the line, and whether it has an opening bracket."""
    has_bracket = False
    while at < stop and text[at] != NEWLINE:
        has_bracket |= text[at] == BRACKET
        at += 1
    return at, has_bracket


@compiled
def is_dropped(
    text: Bytes, start: int, stop: int, words: int, classes: NDArray[np.uint32], counted: NDArray[np.int64]
) -> bool:
    """Return whether a line that is not empty is removed, and count the reason.

    Applies the rules that follow the one on long words. A rule that condemns the document sets its flag instead.
    """
    end = stripped_stop(text, start, stop, classes)
    point = code_point_before(text, end, start)[0] if end > start else 0
    if point > ELLIPSIS or not ENDINGS[point]:
        counted[NO_TERMINAL] += 1
        return True
    has_dots = end - start > 2 and text[end - 1] == DOT and text[end - 2] == DOT and text[end - 3] == DOT
    if point == ELLIPSIS or has_dots:
        counted[HAS_ELLIPSIS] += 1
        return True
    if words < MIN_WORDS:
        counted[TOO_FEW_WORDS] += 1
        return True
    mentioned = mentions(text, start, stop)
    if mentioned & LOREM_IPSUM:
        counted[HAS_LOREM_IPSUM] = 1
    if mentioned & JAVASCRIPT:
        counted[JAVASCRIPT_LINES] += 1
        return True
    if mentioned & CURLY_BRACKET:
        counted[HAS_CURLY_BRACKET] = 1
    if mentioned & POLICY:
        counted[POLICY_LINES] += 1
        return True
    return False


C4_DCLM_LINES = Edit("c4_lines@dclm", COLUMNS, remove_lines)
