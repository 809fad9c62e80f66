"""Remove C4's lines as datatrove does.

The edit also returns the counts and flags that C4's rules read.

Source: datatrove a649de79, `src/datatrove/pipeline/filters/c4_filters.py` (C4QualityFilter), after section 2.2 of C4
(JMLR 21/140). FineWeb runs it without the rule on the last character (`filter_no_terminal_punct=False` in its
`examples/fineweb.py`): `c4_lines@datatrove`. With that rule it is `c4_terminal_lines@datatrove`. Where the source stops
at a line that condemns the document, this edit sets the flag, keeps the line and continues.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TypeVar

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from lakesift.text.edits.edit import Edit
from lakesift.text.edits.lines import copy_line, copy_tokens, scan_line, strip_document, words_of_line
from lakesift.text.edits.mentions import CURLY_BRACKET, JAVASCRIPT, LOREM_IPSUM, POLICY, mentions
from lakesift.text.edits.spans import counts_of
from lakesift.text.kernels.buffers import TextBuffers
from lakesift.text.kernels.bytes import Bytes
from lakesift.text.kernels.compiled import compiled, pointer_to
from lakesift.text.kernels.english import english
from lakesift.text.kernels.segments import stripped_start, stripped_stop
from lakesift.text.kernels.sentences import sentences_in
from lakesift.text.kernels.splitting import TOKEN, Found
from lakesift.text.kernels.tokens import TOKENS, Tokens, find_document, split_words, tokens_of

MAX_WORD = 1000  # code points, `max_word_length` in the source
MIN_WORDS = 3  # `min_words_per_line`
DOT, NEWLINE = ord("."), ord("\n")
ENDINGS = np.zeros(256, np.bool_)
ENDINGS[list(b".?!\"'")] = True
LINES, TOO_LONG_WORD, NO_TERMINAL, TOO_FEW_WORDS, JAVASCRIPT_LINES, POLICY_LINES, CITATIONS, SENTENCES = range(8)
HAS_LOREM_IPSUM, HAS_CURLY_BRACKET = 8, 9
COLUMNS: dict[str, pa.DataType] = {
    "lines": pa.int64(),
    "too_long_word": pa.int64(),
    "no_terminal_punctuation": pa.int64(),
    "too_few_words": pa.int64(),
    "javascript": pa.int64(),
    "policy": pa.int64(),
    "citations": pa.int64(),
    "sentences": pa.int64(),
    "lorem_ipsum": pa.bool_(),
    "curly_bracket": pa.bool_(),
}


R = TypeVar("R")
Texts = tuple[NDArray[np.uint8], NDArray[np.int64], NDArray[np.int64], Found]
Tables = tuple[NDArray[np.uint32], NDArray[np.uint64]]


def remove_lines(buffers: TextBuffers, must_end: bool) -> tuple[TextBuffers, pa.StructArray]:
    """Return the texts without the lines that C4 removes, and count these per text.

    Args:
        buffers: n texts.
        must_end: whether a line has to end in one of `.?!"'` and not in three dots.

    Returns:
        The kept lines, stripped, without citation marks, joined by newlines; and a struct array of n: lines of the
        text, lines removed per reason, citation marks removed, sentences of the kept lines, and the two flags.

    Raises:
        ValueError: more than 2 GiB of text at once.
    """
    counts = np.zeros((len(buffers), len(COLUMNS)), np.int64)
    edited, _ = rewritten(buffers, partial(_remove, must_end=must_end, counts=counts))
    return edited, counts_of(counts, COLUMNS)


def rewritten(buffers: TextBuffers, remove: Callable[[Texts, Texts, Tables], R]) -> tuple[TextBuffers, R]:
    """Return the texts that a kernel writes, with their tokens and its counts.

    Args:
        buffers: n texts.
        remove: takes the texts, room for those it writes (a byte more for each), and the tables of English words.

    Raises:
        ValueError: more than 2 GiB of text at once.
    """
    tokens = tokens_of(buffers)
    room = len(tokens.text) + len(buffers)
    text, found = np.empty(room, np.uint8), np.empty(room, TOKEN)
    offsets, firsts = np.zeros(len(buffers) + 1, np.int64), np.zeros(len(buffers) + 1, np.int64)
    before = (tokens.text, tokens.offsets, tokens.firsts, tokens.found.view(np.uint64))
    given = remove(before, (text, offsets, firsts, found.view(np.uint64)), english(split_words))
    edited = TextBuffers(text[: offsets[-1]], offsets)
    edited.derived[TOKENS] = Tokens(edited.data, offsets, firsts, found)
    return edited, given


@compiled
def _remove(before: Texts, after: Texts, tables: Tables, must_end: bool, counts: NDArray[np.int64]) -> None:
    text, found = pointer_to(before[0]), pointer_to(before[3])
    to_text, to_found = pointer_to(after[0]), pointer_to(after[3])
    classes, rules = pointer_to(tables[0]), pointer_to(tables[1])
    for document in range(len(counts)):
        counted = counts[document]
        start, stop = before[1][document], before[1][document + 1]
        first, last = before[2][document], before[2][document + 1]
        begin, to_first = after[1][document], after[2][document]
        to, count = begin, to_first
        while start < stop:
            end, next_start, mentioned, has_bracket = scan_line(text, start, stop, classes)
            line = stripped_start(text, start, end, classes)
            line_stop = stripped_stop(text, line, end, classes)
            line_first, start = first, next_start
            first, words, max_length = words_of_line(found, first, last, end)
            counted[LINES] += 1
            if max_length > MAX_WORD:
                counted[TOO_LONG_WORD] += 1
                continue
            copied, citations = copy_line(text, line, line_stop, has_bracket, to_text, to, classes)
            if citations:
                counted[CITATIONS] += citations
                mentioned = mentions(to_text, to, copied)
            if is_dropped(to_text, to, copied, words, mentioned, must_end, counted):
                continue
            line_count = count
            if citations:
                count = find_document(to_text, to, copied, classes, rules, to_found, count)
            else:
                count = copy_tokens(found, line_first, first, to - line, to_found, count)
            counted[SENTENCES] += sentences_in(to_text, copied, to_found, line_count, count)
            to_text[copied] = NEWLINE
            to = copied + 1
        to = strip_document(to_text, begin, to, to_found, to_first, count, classes)
        after[1][document + 1], after[2][document + 1] = to, count


@compiled
def is_dropped(
    text: Bytes, start: int, stop: int, words: int, mentioned: int, must_end: bool, counted: NDArray[np.int64]
) -> bool:
    """Return whether a line is removed, and count the reason.

    Applies, in order, the rules that follow the one on long words. A rule that condemns the document sets its flag
    instead.
    """
    if must_end:
        has_dots = stop - start > 2 and text[stop - 1] == DOT and text[stop - 2] == DOT and text[stop - 3] == DOT
        if stop == start or not ENDINGS[text[stop - 1]] or has_dots:
            counted[NO_TERMINAL] += 1
            return True
    if words < MIN_WORDS:
        counted[TOO_FEW_WORDS] += 1
        return True
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


C4_LINES = tuple(
    Edit(name, COLUMNS, partial(remove_lines, must_end=must_end))
    for name, must_end in (("c4_lines@datatrove", False), ("c4_terminal_lines@datatrove", True))
)
