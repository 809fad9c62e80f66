"""Kernels for `pii@lakesift`: keys of programs, by their issuers' prefixes.

Sources: AWS IAM identifiers (AKIA, ASIA and 16 characters), GitHub's token formats (ghp_, gho_, ghu_, ghs_, ghr_ and
36, github_pat_ and 82), GitLab (glpat- and 20), Google API keys (AIza and 35), Slack (xoxa-, xoxb-, xoxe-, xoxo-,
xoxp-, xoxr-, xoxs-), Stripe (sk_live_, rk_live_, sk_test_, rk_test_), OpenAI and Anthropic (sk-), RFC 7468 (PEM,
private keys).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lakesift.text.edits.line_rows import WORD
from lakesift.text.kernels.bytes import Bytes, code_point, code_point_before, signed
from lakesift.text.kernels.compiled import compiled

UPPER, LOWER, DIGIT, UNDERSCORE, HYPHEN = 1, 2, 4, 8, 16
LETTER_OR_DIGIT = UPPER | LOWER | DIGIT
CHARACTERS = np.zeros(256, np.uint8)
CHARACTERS[ord("A") : ord("Z") + 1] = UPPER
CHARACTERS[ord("a") : ord("z") + 1] = LOWER
CHARACTERS[ord("0") : ord("9") + 1] = DIGIT
CHARACTERS[[ord("_"), ord("-")]] = UNDERSCORE, HYPHEN
MANY = 255
# Prefix, the index of its mark (the byte that is searched), allowed characters behind it, their minimum and maximum
# number, and the kinds of them that are required.
ANYTHING = LETTER_OR_DIGIT | UNDERSCORE | HYPHEN
SHAPES = (
    ("AKIA", 2, UPPER | DIGIT, 16, 16, 0),
    ("ASIA", 2, UPPER | DIGIT, 16, 16, DIGIT),
    ("AIza", 1, ANYTHING, 35, 35, 0),
    *((f"gh{kind}_", 3, LETTER_OR_DIGIT, 36, MANY, DIGIT) for kind in "pousr"),
    ("github_pat_", 6, LETTER_OR_DIGIT | UNDERSCORE, 82, 82, 0),
    *((f"{kind}k_{mode}_", 2, LETTER_OR_DIGIT, 16, MANY, DIGIT) for kind in "sr" for mode in ("live", "test")),
    ("glpat-", 5, ANYTHING, 20, MANY, DIGIT | LOWER),
    *((f"xox{kind}-", 4, LETTER_OR_DIGIT | HYPHEN, 10, MANY, DIGIT) for kind in "abeoprs"),
    ("sk-", 2, ANYTHING, 20, MANY, LETTER_OR_DIGIT),
)
MAX_PREFIX = max(len(prefix) for prefix, *_ in SHAPES)
PREFIXES = np.array([list(prefix.encode().ljust(MAX_PREFIX)) for prefix, *_ in SHAPES], np.uint8)
RULES = np.array([(len(prefix), *rest) for prefix, *rest in SHAPES], np.int64)
SIZE, MARK, ALLOWED, MIN_SIZE, MAX_SIZE, NEEDED = range(6)
BEGIN, END = np.frombuffer(b"-----BEGIN ", np.uint8), np.frombuffer(b"-----END ", np.uint8)
PRIVATE = np.frombuffer(b"PRIVATE KEY", np.uint8)
MAX_LABEL, MAX_TOKEN = 40, 512  # bytes; a token may be a JSON web token after its prefix
DASH = ord("-")
IN_BODY = np.zeros(256, np.bool_)
IN_BODY[list(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=:,.-() \t\r\n\\")] = True


@compiled
def key_at(text: Bytes, at: int, begin: int, done: int, stop: int, kinds: NDArray[np.uint8]) -> tuple[int, int]:
    """Return start and end of the key whose mark is at a byte, zeros if there is none."""
    for row in range(len(RULES)):
        rule = RULES[row]
        start = at - signed(rule[MARK])
        if (
            start < done
            or start + rule[SIZE] > stop
            or not stands_at(text, start, stop, PREFIXES[row], signed(rule[SIZE]))
        ):
            continue
        if start > begin and (kinds[code_point_before(text, start, begin)[0]] & WORD or text[start - 1] == DASH):
            continue
        end, seen, characters = start + signed(rule[SIZE]), 0, 0
        while end < stop and CHARACTERS[text[end]] & rule[ALLOWED] and characters <= MAX_TOKEN:
            seen |= CHARACTERS[text[end]]
            characters += 1
            end += 1
        max_size = MAX_TOKEN if rule[MAX_SIZE] == MANY else rule[MAX_SIZE]
        is_edge = end == stop or not kinds[code_point(text, end, stop)[0]] & WORD
        if rule[MIN_SIZE] <= characters <= max_size and seen & rule[NEEDED] == rule[NEEDED] and is_edge:
            return start, end
    return 0, 0


@compiled
def stands_at(text: Bytes, at: int, stop: int, letters: NDArray[np.uint8], size: int) -> bool:
    """Return whether the first `size` of some bytes are at a position."""
    if at + size > stop:
        return False
    for k in range(size):
        if text[at + k] != letters[k]:
            return False
    return True


@compiled
def private_key_end(text: Bytes, at: int, stop: int) -> int:
    """Return the end of the PEM private key that begins at a byte, 0 if none does.

    The key ends behind its end line, or behind its first line where it has none.
    """
    if not stands_at(text, at, stop, BEGIN, len(BEGIN)):
        return 0
    label, is_private = at + len(BEGIN), False
    end = label
    while end < stop and text[end] != DASH and end - label < MAX_LABEL:
        is_private |= stands_at(text, end, stop, PRIVATE, len(PRIVATE))
        end += 1
    dashes = after_dashes(text, end, stop)
    if not is_private or dashes - end < 5:
        return 0
    header_end = end = dashes
    # A key's body has no other header in it, so that no byte is read for two keys.
    while end < stop and IN_BODY[text[end]] and not stands_at(text, end, stop, BEGIN, len(BEGIN)):
        if stands_at(text, end, stop, END, len(END)):
            end += len(END)
            label = end
            while end < stop and text[end] != DASH and end - label < MAX_LABEL:
                end += 1
            return after_dashes(text, end, stop)
        end += 1
    return header_end


@compiled
def after_dashes(text: Bytes, at: int, stop: int) -> int:
    """Return the end of up to five hyphens."""
    end = at
    while end < stop and end - at < 5 and text[end] == DASH:
        end += 1
    return end
