"""The English words and sentences once more, with Python's own regular expressions: what the kernels must equal.

The character sets and exceptions are the library's (their own tests check them); the rules are written independently,
from the order and the patterns of spaCy 3.8's tokenizer.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from itertools import pairwise

from lakesift.text.kernels import characters as sets
from lakesift.text.kernels.exceptions import UNITS, english_exceptions

EXCEPTIONS = english_exceptions()


def members(*ranges: str) -> str:
    """The inside of a regular expression's set."""
    pieces = [piece.split("-") for each in ranges for piece in each.split()]
    return "".join(f"\\U{int(piece[0], 16):08x}-\\U{int(piece[-1], 16):08x}" for piece in pieces)


def cased(category: str, others: str) -> str:
    latin = [chr(point) for point in sets.code_points(sets.LATIN)]
    return "".join(c for c in latin if unicodedata.category(c) == category) + members(others, sets.UNCASED)


LOWER, UPPER = cased("Ll", sets.OTHER_LOWER), cased("Lu", sets.OTHER_UPPER)
ALPHA = members(sets.LATIN, sets.OTHER_LOWER, sets.OTHER_UPPER, sets.UNCASED)
QUOTES, ICONS, MARKS = members(sets.QUOTES), members(sets.ICONS), members(sets.MARKS)
CURRENCY = rf"(?:US\$|C\$|A\$|[{members(sets.CURRENCIES)}])"
HOST = r"A-Za-z0-9\u00a1-\uffff"
PREFIX = re.compile(rf"[§%=—–{MARKS}{QUOTES}{ICONS}]|\+(?![0-9])|\.\.+|{CURRENCY}")
SUFFIX = re.compile(
    rf"(?:……|[—–{MARKS}{QUOTES}{ICONS}]|\.\.+|['’][sS]|(?<=[0-9])\+|(?<=°[FfCcKk])\.|(?<=[0-9]){CURRENCY}"
    rf"|(?<=[0-9])(?:{'|'.join(UNITS)})|(?<=[0-9{LOWER}%²\-+|{MARKS}{QUOTES}])\.|(?<=[{UPPER}][{UPPER}])\.)\Z"
)
INFIX = re.compile(
    rf"\.\.+|…|[{ICONS}]|(?<=[0-9])[+\-*^](?=[0-9-])|(?<=[{LOWER}{QUOTES}])\.(?=[{UPPER}{QUOTES}])"
    rf"|(?<=[{ALPHA}]),(?=[{ALPHA}])|(?<=[{ALPHA}0-9])(?:-|–|—|--|---|——|~)(?=[{ALPHA}])"
    rf"|(?<=[{ALPHA}0-9])[:<>=/](?=[{ALPHA}])"
)
OCTET = r"(?:1?\d{1,2}|2[0-4]\d|25[0-5])"
ADDRESS = re.compile(
    r"(?:[\w+\-.]{2,}://)?(?:\S+@)?(?:"
    r"(?!(?:10|127)(?:\.\d{1,3}){3})(?!(?:169\.254|192\.168)(?:\.\d{1,3}){2})(?!172\.(?:1[6-9]|2\d|3[01])(?:\.\d{1,3}){2})"
    rf"(?:[1-9]\d?|1\d\d|2[01]\d|22[0-3])(?:\.{OCTET}){{2}}\.(?:[1-9]\d?|1\d\d|2[0-4]\d|25[0-4])"
    rf"|(?:(?:[{HOST}][{HOST}_-]{{0,62}})?[{HOST}]\.)+[{LOWER}]{{2,63}})(?::\d{{2,5}})?(?:[/?#]\S*)?"
)


def words_of(text: str, joined: bool = True) -> list[tuple[int, int]]:
    """Start and stop of each token, in characters."""
    tokens: list[tuple[int, int]] = []
    for word in re.finditer(r"\S+", text):
        at = word.start()
        for piece in split(word[0], EXCEPTIONS if joined else {}):
            tokens.append((at, at + len(piece)))
            at += len(piece)
    return join(text, tokens) if joined else tokens


def split(word: str, exceptions: dict[str, tuple[str, ...]]) -> list[str]:
    prefixes, suffixes = [], []
    while word and word not in exceptions:
        prefix = (PREFIX.match(word) or [""])[0]
        if prefix and word[len(prefix) :] in exceptions:
            prefixes.append(prefix)
            word = word[len(prefix) :]
            break
        suffix = suffix_of(word[len(prefix) :])
        if suffix and word[: -len(suffix)] in exceptions:
            suffixes.append(suffix)
            word = word[: -len(suffix)]
            break
        if not prefix and not suffix:
            break
        if prefix:
            prefixes.append(prefix)
        if suffix:
            suffixes.append(suffix)
        word = word[len(prefix) : len(word) - len(suffix)]
    return [*prefixes, *middle(word, exceptions), *reversed(suffixes)]


def suffix_of(word: str) -> str:
    found = SUFFIX.search(word)
    return found[0] if found else ""


def middle(word: str, exceptions: dict[str, tuple[str, ...]]) -> list[str]:
    if not word:
        return []
    if word in exceptions:
        return list(exceptions[word])
    if ADDRESS.fullmatch(word):
        return [word]
    pieces, start = [], 0
    for infix in INFIX.finditer(word):
        if infix.start() > 0:
            pieces += [word[start : infix.start()], infix[0]]
            start = infix.end()
    return [piece for piece in [*pieces, word[start:]] if piece]


@cache
def phrases() -> dict[tuple[str, ...], tuple[str, ...]]:
    plain = {tuple(split(word, {})): pieces for word, pieces in EXCEPTIONS.items()}
    return {tokens: pieces for tokens, pieces in plain.items() if len(tokens) > 1}


def join(text: str, tokens: list[tuple[int, int]]) -> list[tuple[int, int]]:
    near = [text[a[1] : b[0]] in ("", " ") for a, b in pairwise(tokens)]
    spans = []
    for first in range(len(tokens)):
        for last in range(first + 2, min(len(tokens), first + 11) + 1):
            if not near[last - 2]:
                break
            if tuple(text[a:b] for a, b in tokens[first:last]) in phrases():
                spans.append((first, last))
    taken: set[int] = set()
    chosen = {}
    for first, last in sorted(spans, key=lambda span: (span[0] - span[1], span[0])):
        is_whole = all(tokens[k][1] == tokens[k + 1][0] for k in range(first, last - 1))
        if first not in taken and last - 1 not in taken and is_whole:
            chosen[first] = last
        taken.update(range(first, last))
    rewritten, at = [], 0
    while at < len(tokens):
        if at not in chosen:
            rewritten.append(tokens[at])
            at += 1
            continue
        start = tokens[at][0]
        for piece in phrases()[tuple(text[a:b] for a, b in tokens[at : chosen[at]])]:
            rewritten.append((start, start + len(piece)))
            start += len(piece)
        at = chosen[at]
    return rewritten


def tokens_of(text: str) -> list[str]:
    return [text[start:stop] for start, stop in words_of(text)]


def sentences_of(text: str) -> int:
    """As the sentencizer counts; white space other than a single space between words is a token of its own."""
    ends = {chr(point) for point in sets.code_points(sets.SENTENCE_ENDS)}
    tokens, at = [], 0
    for start, stop in [*words_of(text), (len(text), len(text))]:
        space = text[at:start]
        tokens += [space[1:] if at > 0 and space.startswith(" ") else space, text[start:stop]]
        at = stop
    count, ended = 0, False
    for token in filter(None, tokens):
        is_punctuation = all(unicodedata.category(c).startswith("P") for c in token)
        if count == 0 or (ended and not is_punctuation and token not in ends):
            count += 1
            ended = False
        if token in ends:
            ended = True
    return max(count, 1)
