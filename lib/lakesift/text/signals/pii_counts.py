"""Dolma's counts of e-mail addresses, North American phone numbers and IPv4.

Source: dolma 1.2.1 `python/dolma/taggers/pii.py`, `pii_regex_with_counts_fast_v2`, whose three regular expressions are
searched in each line with its newline. The kernels find the same matches without backtracking: an e-mail address is
found from its @, a phone number from the white space before it, an IPv4 address from each digit.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from lakesift.text.kernels.bytes import Bytes, code_point, code_point_before
from lakesift.text.kernels.characters import DECIMAL, SPACE, character_classes
from lakesift.text.kernels.compiled import compiled, pointer_to
from lakesift.text.signals.family import Batch, Family

NEWLINE, QUESTION, AT, DOT, OPENING, CLOSING, ZERO, NINE = (ord(character) for character in "\n?@.()09")
MAX_QUESTIONS = 10_000  # a text with more of them is not searched
FIRST_OTHER = 0x80
MARKS, GAPS = np.zeros(128, np.bool_), np.zeros(128, np.bool_)
MARKS[list(b".@,?!;:)(")] = True  # around an e-mail address; only the full stop is inside one, too
GAPS[list(b"-. ")] = True  # between the parts of a phone number


def measure(batch: Batch) -> NDArray[np.float64]:
    """Return one row per text, the columns of `PII_COUNTS`."""
    values = np.zeros((len(batch.texts), len(PII_COUNTS.columns)))
    _measure(batch.texts.data, batch.texts.offsets, character_classes(), values)
    return values


@compiled
def _measure(
    text: NDArray[np.uint8], offsets: NDArray[np.int64], classes: NDArray[np.uint32], values: NDArray[np.float64]
) -> None:
    text_at, classes_at = pointer_to(text), pointer_to(classes)
    for document in range(len(values)):
        start, stop, questions = offsets[document], offsets[document + 1], 0
        for at in range(start, stop):
            questions += text_at[at] == QUESTION
        if questions > MAX_QUESTIONS:
            continue
        row, line = values[document], start
        for at in range(start, stop):
            if text_at[at] == NEWLINE or at == stop - 1:
                row[1] += emails_in(text_at, line, at + 1, classes_at)
                row[2] += phones_in(text_at, line, at + 1, classes_at)
                row[3] += addresses_in(text_at, line, at + 1)
                line = at + 1
        row[0] = row[1] + row[2] + row[3]


@compiled
def emails_in(text: Bytes, start: int, stop: int, classes: NDArray[np.uint32]) -> int:
    """Count the e-mail addresses in a line.

    An address is around an @, with a full stop after it, then perhaps a mark and then white space.
    """
    count, free = 0, start
    for at in range(start, stop):
        if text[at] != AT or at == free or text[at - 1] == AT:
            continue
        point, _ = code_point_before(text, at, free)
        if classes[point] & SPACE:
            continue
        end, has_stop = email_end(text, at + 1, stop, classes)
        if end > 0:
            count += has_stop and not is_lone_bracket(text, free, at, classes)
            free = end
    return count


@compiled
def email_end(text: Bytes, start: int, stop: int, classes: NDArray[np.uint32]) -> tuple[int, bool]:
    """Return the end of an address whose domain begins at `start`, 0 without a match.

    The second value says whether the domain has a full stop.
    """
    at, has_stop = start, False
    while at < stop:
        point, width = code_point(text, at, stop)
        is_space = classes[point] & SPACE != 0
        is_mark = point < FIRST_OTHER and MARKS[point]
        if at > start:
            after, _ = code_point(text, at + width, stop) if at + width < stop else (0, 0)
            if (is_mark or is_space) and classes[after] & SPACE:
                return at + width + 1, has_stop
            if is_space:
                return at + width, has_stop
        if is_space or (is_mark and point != DOT):
            break
        has_stop = has_stop or point == DOT
        at += width
    return 0, False


@compiled
def is_lone_bracket(text: Bytes, start: int, stop: int, classes: NDArray[np.uint32]) -> bool:
    """Return whether only marks precede the @, the last one an opening bracket."""
    if text[stop - 1] != OPENING:
        return False
    while stop > start:
        point, width = code_point_before(text, stop, start)
        if point == AT or classes[point] & SPACE:
            return True
        if point >= FIRST_OTHER or not MARKS[point]:
            return False
        stop -= width
    return True


@compiled
def phones_in(text: Bytes, start: int, stop: int, classes: NDArray[np.uint32]) -> int:
    """Count the phone numbers in a line.

    A number has three, three and four digits, after white space.
    """
    count, at, is_apart = 0, start, False
    while at < stop:
        end = phone_end(text, at, stop, classes) if is_apart else 0
        if end > 0:
            count += 1
            at, is_apart = end, False
            continue
        point, width = code_point(text, at, stop)
        is_apart = classes[point] & SPACE != 0
        at += width
    return count


@compiled
def phone_end(text: Bytes, at: int, stop: int, classes: NDArray[np.uint32]) -> int:
    """Return the end of the phone number at a byte, 0 if there is none."""
    if text[at] == OPENING:
        at += 1
    at = after_digits(text, at, stop, 3, classes)
    if 0 < at < stop and text[at] == CLOSING:
        at += 1
    while 0 < at < stop and text[at] < FIRST_OTHER and GAPS[text[at]]:
        at += 1
    at = after_digits(text, at, stop, 3, classes)
    if 0 < at < stop and text[at] < FIRST_OTHER and GAPS[text[at]]:
        at += 1
    return after_digits(text, at, stop, 4, classes)


@compiled
def after_digits(text: Bytes, at: int, stop: int, count: int, classes: NDArray[np.uint32]) -> int:
    """Return the byte after `count` decimal digits, 0 if they are absent or `at` is 0."""
    if at == 0:
        return 0
    for _ in range(count):
        if at >= stop:
            return 0
        point, width = code_point(text, at, stop)
        if not classes[point] & DECIMAL:
            return 0
        at += width
    return at


@compiled
def addresses_in(text: Bytes, start: int, stop: int) -> int:
    """Count the IPv4 addresses in a line: four dotted numbers up to 255."""
    count, at = 0, start
    while at < stop:
        end = at
        for part in range(4):
            size = number_size(text, end, stop, part < 3)
            if size == 0:
                break
            end += size + (part < 3)
            if part == 3:
                count += 1
                at = end - 1
        at += 1
    return count


@compiled
def number_size(text: Bytes, at: int, stop: int, is_inner: bool) -> int:
    """Return the size of the number up to 255 at a byte, 0 if there is none.

    It has at most three digits; an inner number must precede a full stop.
    """
    digits, value = 0, 0
    while digits < 3 and at + digits < stop and ZERO <= text[at + digits] <= NINE:
        following = value * 10 + text[at + digits] - ZERO
        if following > 255:
            break
        value = following
        digits += 1
    if is_inner and (at + digits >= stop or text[at + digits] != DOT):
        return 0
    return digits


PII_COUNTS = Family(
    "pii_counts@dolma",
    {"doc_count": pa.int64(), "email_address": pa.int64(), "phone_number": pa.int64(), "ip_address": pa.int64()},
    measure,
)
