"""`ftfy@ftfy`: text repaired by the package ftfy with its default settings.

Source: ftfy 6.3 (`fix_text`), which mends a text line by line. A kernel first finds the lines in which no step of it can find
anything: ASCII without `&`, carriage returns and control characters, and letters of other scripts that are in none of its
tables. Of the others those with nothing but curly quotes and characters that stay go through its test for mojibake alone.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from importlib import import_module
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from lakesift.errors import SetupError
from lakesift.text.buffers import TextBuffers, buffers_of
from lakesift.text.bytes import Bytes, code_point
from lakesift.text.characters import CODE_POINTS
from lakesift.text.compiled import compiled, pointer_to
from lakesift.text.edits.edit import Edit
from lakesift.text.edits.spans import counts_of, exchanged

COLUMNS: dict[str, pa.DataType] = {"lines": pa.int64(), "mojibake": pa.int64()}
NEWLINE, LESS = ord("\n"), ord("<")
# What a character asks for: nothing; the test for mojibake; that and straight quotes; everything. `&` asks for everything
# until a `<` says that the text is HTML.
NOTHING, TESTED, QUOTE, REPAIRED, ENTITY = 0, 1, 2, 3, 4
TEXT, START, STOP, NEED, IS_HTML = range(5)
SINGLE_QUOTES, DOUBLE_QUOTES = "\u02bc\u2018\u2019\u201a\u201b", "\u201c\u201d\u201e\u201f"
STRAIGHT = str.maketrans(dict.fromkeys(SINGLE_QUOTES, "'") | dict.fromkeys(DOUBLE_QUOTES, '"'))
HANGUL_JAMO = range(0x1160, 0x1200)
LAST_DECOMPOSED = 0x2FA20  # no character from here on is changed by a normal form
LAST_LISTED = 0x10000  # all that mojibake is made of is in the first plane
FIRST_OTHER, BLOCK = 0x80, 128


class Ftfy(NamedTuple):
    """The package, and what each code point asks for.

    Attributes:
        package: the module ftfy.
        config: default settings.
        needs: uint8 per code point.
    """

    package: Any
    config: Any
    needs: NDArray[np.uint8]


def repair(buffers: TextBuffers) -> tuple[TextBuffers, pa.StructArray]:
    """The texts as ftfy mends them, how many lines of each it changed, and in how many of these it saw mojibake.

    Raises:
        SetupError: the package is not installed.
    """
    ftfy = loaded()
    counts = np.zeros((len(buffers), len(COLUMNS)), np.int64)
    spans, pieces = [], []
    for text, start, stop, need, is_html in lines_to_mend(buffers.data, buffers.offsets, ftfy.needs).tolist():
        line = buffers.data[start:stop].tobytes().decode(errors="replace")
        is_bad = ftfy.package.badness.is_bad(line)
        mended = mended_line(ftfy, line, need, is_bad, bool(is_html))
        if mended != line:
            spans.append((start, stop))
            pieces.append(mended)
            counts[text] += 1, is_bad
    array = np.array(spans, np.int64).reshape(-1, 2)
    return exchanged(buffers, array, buffers_of(pa.array(pieces, pa.string()))), counts_of(counts, COLUMNS)


def mended_line(ftfy: Ftfy, line: str, need: int, is_bad: bool, is_html: bool) -> str:
    """One line with its newline; `is_html` if an earlier line of the text, or this, has a `<`."""
    # A longer line is mended in parts, whose edges count.
    if need <= QUOTE and not is_bad and len(line) <= ftfy.config.max_decode_length:
        straight = line.translate(STRAIGHT) if need == QUOTE else line
        if straight == line or not ftfy.package.badness.is_bad(straight):
            return straight
    config = ftfy.config._replace(unescape_html=False) if is_html else ftfy.config
    return str(ftfy.package.fix_text(line, config))


@cache
def loaded() -> Ftfy:
    """The package with the table of what it has to see; once per process (1 s).

    Raises:
        SetupError: it is not installed.
    """
    try:
        package: Any = import_module("ftfy")
    except ImportError as error:
        raise SetupError("edit ftfy@ftfy needs ftfy", next_step="pip install 'ftfy>=6.3,<7'") from error
    needs = np.full(CODE_POINTS, NOTHING, np.uint8)
    listed = re.compile(f"[{''.join(package.badness.MOJIBAKE_CATEGORIES.values())}]")
    named = {point for point in map(ord, package.badness.BADNESS_RE.pattern) if point >= FIRST_OTHER}
    needs[[point for point in range(FIRST_OTHER, LAST_LISTED) if listed.match(chr(point))]] = TESTED
    needs[list(named)] = TESTED
    needs[[point for first in range(FIRST_OTHER, CODE_POINTS, BLOCK) for point in changed_in(package, first)]] = (
        REPAIRED
    )
    needs[list(HANGUL_JAMO)] = REPAIRED
    needs[[ord(pair[1]) for pair in canonical_pairs()]] = REPAIRED
    needs[[point for point in range(CODE_POINTS) if unicodedata.combining(chr(point))]] = REPAIRED
    needs[[ord(quote) for quote in SINGLE_QUOTES + DOUBLE_QUOTES]] = QUOTE
    needs[[*range(9), 0x0B, 0x0D, *range(0x0E, 0x20), 0x7F]] = REPAIRED
    needs[ord("&")] = ENTITY
    return Ftfy(package, package.TextFixerConfig(explain=False), needs)


def changed_in(package: Any, first: int) -> list[int]:
    """The code points of a block of 128 that the package changes where they stand alone."""
    block = [chr(point) for point in range(first, first + BLOCK) if not 0xD800 <= point < 0xE000]
    if package.fix_text("".join(block)) == "".join(block):
        return []
    return [ord(character) for character in block if package.fix_text(character) != character]


def canonical_pairs() -> list[str]:
    """What the characters consist of that are two in canonical decomposition."""
    parts = (unicodedata.decomposition(chr(point)).split() for point in range(LAST_DECOMPOSED))
    return ["".join(chr(int(part, 16)) for part in each) for each in parts if len(each) == 2 and each[0][0] != "<"]


@compiled
def lines_to_mend(data: Bytes, offsets: NDArray[np.int64], needs: NDArray[np.uint8]) -> NDArray[np.int64]:
    """Lines, with their newlines, that ask for something: rows of text, start, stop, what for, whether HTML was seen."""
    rows, count = np.empty((256, 5), np.int64), 0
    text, needs_at = pointer_to(data), pointer_to(needs)
    for document in range(len(offsets) - 1):
        at, stop, is_html = offsets[document], offsets[document + 1], False
        while at < stop:
            start, need = at, NOTHING
            has_entity = False
            while at < stop and text[at] != NEWLINE:
                point, size = code_point(text, at, stop)
                is_html |= point == LESS
                has_entity |= needs_at[point] == ENTITY
                need = max(need, needs_at[point] & (ENTITY - 1))
                at += size
            at = min(at + 1, stop)
            if has_entity and not is_html:
                need = REPAIRED
            if need == NOTHING:
                continue
            if count == len(rows):
                larger = np.empty((2 * count, 5), np.int64)
                larger[:count] = rows
                rows = larger
            rows[count, TEXT], rows[count, START], rows[count, STOP] = document, start, at
            rows[count, NEED], rows[count, IS_HTML] = need, is_html
            count += 1
    return rows[:count]


FTFY = Edit("ftfy@ftfy", COLUMNS, repair)
