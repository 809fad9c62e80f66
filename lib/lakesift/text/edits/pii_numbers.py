"""Kernels for `pii@lakesift`: IPv4 addresses, card numbers and telephone numbers.

Each kernel returns the end of the number that begins at a byte, 0 if none does, and reads a bounded number of bytes. A
number has no letter, digit or underscore beside it, and no point or hyphen that leads to more digits.

Sources: card numbers ISO/IEC 7812-1 (length, check digit by Luhn) with the issuers' published ranges; telephone numbers
ITU-T E.164 (at most 15 digits) and the North American Numbering Plan (area code and exchange begin with 2 to 9).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lakesift.text.edits.line_rows import WORD
from lakesift.text.kernels.bytes import Bytes, code_point, code_point_before
from lakesift.text.kernels.compiled import compiled

DOT, HYPHEN, SPACE, PLUS, SLASH, OPENING, CLOSING = (ord(mark) for mark in ".- +/()")
ZERO, ONE, TWO, NINE = ord("0"), ord("1"), ord("2"), ord("9")
MIN_CARD, MAX_CARD = 13, 19
MIN_PHONE, MAX_PHONE, MIN_UNDIVIDED = 8, 15, 10
NORTH_AMERICAN = 11  # digits with the country code
IN_PHONE = np.zeros(256, np.bool_)
IN_PHONE[list(b" -./()")] = True


@compiled
def is_digit_at(text: Bytes, at: int, stop: int) -> bool:
    """Return whether an ASCII digit is at a byte."""
    return at < stop and ZERO <= text[at] <= NINE


@compiled
def begins_number(text: Bytes, at: int, begin: int, kinds: NDArray[np.uint8]) -> bool:
    """Return whether a byte is not in the middle of a word or number."""
    if at == begin:
        return True
    if kinds[code_point_before(text, at, begin)[0]] & WORD:
        return False
    is_joint = text[at - 1] == DOT or text[at - 1] == HYPHEN or text[at - 1] == PLUS
    return not is_joint or at - 1 == begin or not kinds[code_point_before(text, at - 1, begin)[0]] & WORD


@compiled
def ends_number(text: Bytes, at: int, stop: int, kinds: NDArray[np.uint8]) -> bool:
    """Return whether no word or number continues at a byte."""
    if at >= stop:
        return True
    if kinds[code_point(text, at, stop)[0]] & WORD:
        return False
    return not ((text[at] == DOT or text[at] == HYPHEN) and is_digit_at(text, at + 1, stop))


@compiled
def ipv4_end(text: Bytes, at: int, begin: int, stop: int, kinds: NDArray[np.uint8]) -> int:
    """Return the end of four dotted numbers up to 255 without leading zeros."""
    if not begins_number(text, at, begin, kinds):
        return 0
    for octet in range(4):
        first, value = at, 0
        while is_digit_at(text, at, stop) and at - first < 4:
            value = value * 10 + text[at] - ZERO
            at += 1
        digits = at - first
        if digits == 0 or digits > 3 or value > 255 or (digits > 1 and text[first] == ZERO):
            return 0
        if octet < 3:
            if at >= stop or text[at] != DOT:
                return 0
            at += 1
    return at if ends_number(text, at, stop, kinds) else 0


@compiled
def card_end(text: Bytes, at: int, begin: int, stop: int, kinds: NDArray[np.uint8]) -> int:
    """Return the end of a payment card number, 0 if none begins here.

    A card number has 13 to 19 digits of an issuer's range with the right check digit, undivided or in the groups
    printed on cards.
    """
    if not begins_number(text, at, begin, kinds):
        return 0
    run = at
    while is_digit_at(text, run, stop) and run - at <= MAX_CARD:
        run += 1
    digits, divider = run - at, 0
    if digits == 4 and run < stop and (text[run] == SPACE or text[run] == HYPHEN):
        divider = text[run]
        run, digits = after_groups(text, at, stop, divider)
    if digits < MIN_CARD or digits > MAX_CARD or not ends_number(text, run, stop, kinds):
        return 0
    return run if is_issued(text, at, digits, divider) and has_check_digit(text, at, run) else 0


@compiled
def after_groups(text: Bytes, at: int, stop: int, divider: int) -> tuple[int, int]:
    """Return end and digits of a card number in groups of 4-4-4-4, 4-6-5 or 4-6-4.

    There are 0 digits where the groups differ.
    """
    sizes, groups, run = 0, 0, at
    while groups < 4:
        first = run
        while is_digit_at(text, run, stop) and run - first < 7:
            run += 1
        sizes = sizes * 10 + run - first
        groups += 1
        if sizes == 465 or sizes == 464 or sizes == 4444:
            break
        if run >= stop or text[run] != divider or not is_digit_at(text, run + 1, stop):
            break
        run += 1
    if sizes == 4444:
        return run, 16
    return (run, sizes % 10 + 10) if sizes == 465 or sizes == 464 else (run, 0)


@compiled
def is_issued(text: Bytes, at: int, digits: int, divider: int) -> bool:
    """Return whether prefix and length are those of a large issuer."""
    value, seen = 0, 0
    while seen < 4:
        value = value * 10 + text[at] - ZERO
        seen += 1
        at += 1
    if value // 1000 == 4:  # Visa
        return digits == 13 or digits == 16 or digits == 19
    if 5100 <= value < 5600 or 2221 <= value <= 2720:  # Mastercard
        return digits == 16
    if value // 100 == 34 or value // 100 == 37:  # American Express
        return digits == 15
    if value // 100 == 36 or 3000 <= value < 3060 or value // 100 == 38:  # Diners Club
        return digits == 14
    if value == 6011 or 6440 <= value < 6600 or value // 100 == 62 or 3528 <= value < 3590:  # Discover, UnionPay, JCB
        return digits >= 16
    return False


@compiled
def has_check_digit(text: Bytes, start: int, stop: int) -> bool:
    """Return whether the digits pass Luhn's check and are not all the same."""
    total, place, is_varied = 0, 0, False
    for k in range(stop - 1, start - 1, -1):
        if not ZERO <= text[k] <= NINE:
            continue
        digit = text[k] - ZERO
        is_varied |= text[k] != text[start]
        if place & 1:
            digit = digit * 2 - 9 if digit > 4 else digit * 2
        total += digit
        place += 1
    return is_varied and total % 10 == 0


@compiled
def international_end(text: Bytes, at: int, begin: int, stop: int, kinds: NDArray[np.uint8]) -> int:
    """Return the end of an international telephone number.

    A number is a plus sign and 8 to 15 digits with dividers, or 10 to 15 without; country code 1 has exactly 11 digits.
    """
    if not begins_number(text, at, begin, kinds) or not is_digit_at(text, at + 1, stop) or text[at + 1] == ZERO:
        return 0
    max_digits = NORTH_AMERICAN if text[at + 1] == ONE else MAX_PHONE
    digits, dividers, end, run = 0, 0, 0, at + 1
    while run < stop and digits <= max_digits:
        if is_digit_at(text, run, stop):
            digits += 1
            run += 1
            if not is_digit_at(text, run, stop) and digits <= max_digits:
                end = run
            continue
        after = run
        while after < stop and after - run < 3 and IN_PHONE[text[after]]:
            after += 1
        if after == run or not is_digit_at(text, after, stop):
            break
        dividers += 1
        run = after
    if digits > max_digits:
        digits = digits_between(text, at, end)
    min_digits = max_digits if max_digits == NORTH_AMERICAN else MIN_PHONE if dividers else MIN_UNDIVIDED
    return end if digits >= min_digits and ends_number(text, end, stop, kinds) else 0


@compiled
def digits_between(text: Bytes, start: int, stop: int) -> int:
    """Return the number of ASCII digits in a range of bytes."""
    digits = 0
    for k in range(start, stop):
        digits += ZERO <= text[k] <= NINE
    return digits


@compiled
def north_american_end(text: Bytes, at: int, begin: int, stop: int, kinds: NDArray[np.uint8]) -> int:
    """Return the end of a North American telephone number.

    The forms are `212-555-0123`, `212.555.0123` and `(212) 555-0123`, the first two also after `1-` or `1.`.
    """
    if not begins_number(text, at, begin, kinds):
        return 0
    divider = 0
    if text[at] == ONE and at + 1 < stop and (text[at + 1] == HYPHEN or text[at + 1] == DOT):
        divider = text[at + 1]
        at += 2
    has_brackets = at < stop and text[at] == OPENING
    at += has_brackets
    if not is_code(text, at, stop):
        return 0
    at += 3
    if has_brackets:
        if at >= stop or text[at] != CLOSING:
            return 0
        at += 1
        at += at < stop and text[at] == SPACE
    elif at < stop and (text[at] == divider or (divider == 0 and (text[at] == HYPHEN or text[at] == DOT))):
        divider = text[at]
        at += 1
    else:
        return 0
    if not is_code(text, at, stop) or at + 3 >= stop:
        return 0
    last_divider = text[at + 3]
    is_divided = last_divider == divider or (
        has_brackets and (last_divider == HYPHEN or last_divider == DOT or last_divider == SPACE)
    )
    at += 4
    for k in range(4):
        if not is_digit_at(text, at + k, stop):
            return 0
    return at + 4 if is_divided and ends_number(text, at + 4, stop, kinds) else 0


@compiled
def is_code(text: Bytes, at: int, stop: int) -> bool:
    """Return whether three digits begin at a byte, the first from 2 to 9."""
    return (
        is_digit_at(text, at, stop)
        and text[at] >= TWO
        and is_digit_at(text, at + 1, stop)
        and is_digit_at(text, at + 2, stop)
    )
