"""MADLAD-400's questionable sentences as Dolma 3's pipeline counts them.

Source: allenai/datamap-rs 021da52 `src/map_fxn.rs`, `Madlad400SentenceAnnotator`, after section 2.3 of MADLAD-400
(arXiv 2309.04662). A sentence ends at a run of `.`, `!` and `?` before white space; blank ones do not count. Rule 1, a
sentence in another language than the document's, is not measured: it takes a language model on every sentence. Rule 5
has the strings that MADLAD-400's dataset card lists, the last four as regular expressions and the others as they are
written, so that those with a backslash, meant as regular expressions too, match next to nothing there and here. Words
are those of UAX 29 that begin with a letter or digit, where the source also takes one that only has one further on.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from lakesift.text.kernels.bytes import Bytes, code_point
from lakesift.text.kernels.compiled import compiled, pointer_to
from lakesift.text.kernels.letters import UPPERCASE, WHITE_SPACE, letter_kinds
from lakesift.text.kernels.splitting import Found, start_of
from lakesift.text.kernels.substrings import Strings, next_string, strings_of
from lakesift.text.signals.family import Batch, Family, per_text
from lakesift.text.words import unicode_words

CURSED = (
    *(" №", "\ufffd\ufffd\ufffd", r"\|\s*$", r" nr\.$", "aute irure dolor ", " sunt in culpa qui ", "orem ipsum "),
    *(
        " quis nostrud ",
        " adipisicing ",
        " dolore eu ",
        " cupidatat ",
        "autem vel eum",
        "wisi enim ad",
        " sex ",
        " porn ",
    ),
    *("黄色电影", "mp3", "ownload", r"Vol\.", r" Ep\.", "Episode", r" г\.\s*$", r" кг\.\s*$", r" шт\.", "Develop"),
    *("Facebook", " crusher ", " xxx "),
)
CURSED_STRINGS = strings_of(CURSED)
REGULAR_UNITS = 9  # of a space and one, three or four characters, in a row
LISTED_UNITS = 4  # of two characters and one or two commas, after a comma
MIN_CASED_WORDS = 12
MAX_CAPITALIZED = 0.5
MIN_BYTES, MAX_BYTES = 20, 500  # bytes
MAX_TECHNICAL = np.float32(0.2)  # of the bytes, single precision in the source
COMMA, SPACE, NEWLINE = ord(","), ord(" "), ord("\n")
ENDS, TECHNICAL = 1, 2
KINDS = np.zeros(256, np.uint8)
KINDS[[ord(mark) for mark in ".!?"]] = ENDS
KINDS[[ord(mark) for mark in "0123456789{}+/()>"]] = TECHNICAL
RING = 8  # code points to remember, more than the longest unit has
GAPS = (4, 5)


def measure(batch: Batch) -> NDArray[np.float64]:
    """Return one row per text, the columns of `MADLAD400`, all counts of sentences."""
    return per_text(_measure, unicode_words(batch.texts), len(MADLAD400.columns), letter_kinds(), CURSED_STRINGS)


@compiled
def _measure(
    text: NDArray[np.uint8],
    offsets: NDArray[np.int64],
    firsts: NDArray[np.int64],
    found: Found,
    letters: NDArray[np.uint32],
    cursed: Strings,
    values: NDArray[np.float64],
) -> None:
    text_at, letters_at, found_at = pointer_to(text), pointer_to(letters), pointer_to(found)
    ring = np.zeros((RING, 1 + len(GAPS)), np.int64)
    for document in range(len(values)):
        row = values[document]
        start, stop = offsets[document], offsets[document + 1]
        word, last_word = firsts[document], firsts[document + 1]
        while start < stop:
            end, after, technical, is_blank = sentence_end(text_at, start, stop, letters_at)
            first_word = word
            while word < last_word and start_of(found_at, word) < end:
                word += 1
            if not is_blank:
                has_case = is_list_case(text_at, found_at, first_word, word, end, letters_at)
                has_length = end - start < MIN_BYTES or end - start > MAX_BYTES
                has_signs = np.float32(technical) > np.float32(end - start) * MAX_TECHNICAL
                _, string = next_string(text_at, start, start, end, cursed)
                is_cursed = string >= 0 or is_regular(text_at, start, end, ring)
                row[0] += 1
                row[1] += has_case
                row[2] += has_length
                row[3] += has_signs
                row[4] += is_cursed
                row[5] += has_case or is_cursed
                row[6] += has_case or has_length or has_signs or is_cursed
            start = after


@compiled
def sentence_end(text: Bytes, start: int, stop: int, letters: NDArray[np.uint32]) -> tuple[int, int, int, bool]:
    """Find the end of the sentence from `start`, and measure it.

    Returns its end, the start of the next, its technical characters, and whether it is blank.
    """
    at, technical, is_blank = start, 0, True
    while at < stop:
        kind = KINDS[text[at]]
        if kind == ENDS:
            end = at
            while at < stop and KINDS[text[at]] == ENDS:
                at += 1
            after = at
            while after < stop:
                point, width = code_point(text, after, stop)
                if not letters[point] & WHITE_SPACE:
                    break
                after += width
            if after > at:
                return end, after, technical, is_blank
            is_blank = False
            continue
        technical += kind == TECHNICAL
        width = 1
        if is_blank:
            point, width = code_point(text, at, stop)
            is_blank = letters[point] & WHITE_SPACE != 0
        at += width
    return stop, stop, technical, is_blank


@compiled
def is_list_case(text: Bytes, found: Found, first: int, last: int, stop: int, letters: NDArray[np.uint32]) -> bool:
    """Return whether more than half of at least twelve words begin with a capital."""
    if last - first < MIN_CASED_WORDS:
        return False
    capitalized = 0
    for word in range(first, last):
        point, _ = code_point(text, start_of(found, word), stop)
        capitalized += letters[point] & UPPERCASE != 0
    return capitalized > (last - first) * MAX_CAPITALIZED


@compiled
def is_regular(text: Bytes, start: int, stop: int, ring: NDArray[np.int64]) -> bool:
    """Return whether `text[start:stop]` matches one of the four regular expressions.

    They find spaced-out and listed text: nine times a space and another character; nine times a space and three, or
    four, characters of one line, which may be spaces; after `, ` four times two characters and one or two commas with
    spaces between them. `ring` has room for the last code points that were spaces: their number, and how many spaces
    lie before them in steps of four and five.
    """
    ring[:, 0] = -RING
    index, last_space, last_newline, single = -1, -RING, -1, 0
    for at in range(start, stop):
        byte = text[at]
        index += byte & 0xC0 != 0x80
        if byte == NEWLINE:
            last_newline = index
        if byte != SPACE:
            continue
        single = single + 1 if last_space == index - 2 else 1
        if single >= REGULAR_UNITS and at + 1 < stop and text[at + 1] != SPACE:
            return True
        last_space = index
        slot = index % RING
        for column in range(len(GAPS)):
            gap = GAPS[column]
            before = (index - gap) % RING
            is_chained = ring[before, 0] == index - gap and last_newline < index - gap
            chain = ring[before, 1 + column] + 1 if is_chained else 1
            if chain >= REGULAR_UNITS and after_line(text, at + 1, stop, gap - 1) > 0:
                return True
            ring[slot, 1 + column] = chain
        ring[slot, 0] = index
        if at > start and text[at - 1] == COMMA and is_listing(text, at + 1, stop):
            return True
    return False


@compiled
def after_line(text: Bytes, at: int, stop: int, count: int) -> int:
    """Return the byte after `count` code points without a newline, -1 for fewer."""
    for _ in range(count):
        if at >= stop or text[at] == NEWLINE:
            return -1
        at += code_point(text, at, stop)[1]
    return at


@compiled
def is_listing(text: Bytes, at: int, stop: int) -> bool:
    """Return whether `..,,? ..,,? ..,,? ..,,?` matches at a byte."""
    for unit in range(LISTED_UNITS):
        at = after_line(text, at, stop, 2)
        if at < 0 or at >= stop or text[at] != COMMA:
            return False
        at += 1
        if at < stop and text[at] == COMMA:
            at += 1
        if unit < LISTED_UNITS - 1:
            if at >= stop or text[at] != SPACE:
                return False
            at += 1
    return True


MADLAD400 = Family(
    "madlad400@datamap_rs",
    {
        "sentences": pa.int64(),
        "rule_2": pa.int64(),
        "rule_3": pa.int64(),
        "rule_4": pa.int64(),
        "rule_5": pa.int64(),
        "rule_2_or_5": pa.int64(),
        "rule_2_to_5": pa.int64(),
    },
    measure,
)
