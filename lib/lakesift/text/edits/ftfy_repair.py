"""`ftfy@ftfy`: repair text with the package ftfy and its default settings.

Source: ftfy 6.3 (`fix_text`), which mends a text line by line. A kernel first finds the lines in which no step of it
can find anything: ASCII without `&`, carriage returns and control characters, and letters of other scripts that are in
none of its tables. Its test for mojibake (`badness.BADNESS_RE` of 6.3) fires only on two neighbours beyond ASCII that
are no plain Greek or Cyrillic letters both, and on C1 controls, `œ`, `Ã` and `Â`: of other lines only the curly quotes
are changed.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from importlib import import_module
from itertools import chain
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from lakesift.errors import SetupError
from lakesift.text.edits.edit import Edit
from lakesift.text.edits.spans import counts_of, exchanged
from lakesift.text.kernels.buffers import TextBuffers, buffers_of
from lakesift.text.kernels.bytes import Bytes, code_point
from lakesift.text.kernels.characters import CODE_POINTS
from lakesift.text.kernels.compiled import compiled, pointer_to

COLUMNS: dict[str, pa.DataType] = {"lines": pa.int64(), "mojibake": pa.int64()}
NEWLINE, LESS = ord("\n"), ord("<")
# The check that a character needs: none; the test for mojibake beside some others; the same alone; that and straight
# quotes; all checks. `&` needs all checks until a `<` shows that the text is HTML.
NOTHING, LETTER, TESTED, ALONE, QUOTE, REPAIRED, ENTITY = range(7)
TEXT, START, STOP, NEED, IS_HTML, IS_SUSPICIOUS = range(6)
PLAIN_LETTERS = (range(0x391, 0x3AA), range(0x3B1, 0x3CA), range(0x410, 0x450))
TESTED_ALONE = "ŒœÃÂ"
C1_CONTROLS = range(0x80, 0xA0)
SINGLE_QUOTES, DOUBLE_QUOTES = "\u02bc\u2018\u2019\u201a\u201b", "\u201c\u201d\u201e\u201f"
STRAIGHT = dict.fromkeys(SINGLE_QUOTES, "'") | dict.fromkeys(DOUBLE_QUOTES, '"')
HANGUL_JAMO = range(0x1160, 0x1200)
LAST_DECOMPOSED = 0x2FA20  # normal forms change no character from here on
LAST_LISTED = 0x10000  # all characters of mojibake are in the first plane
FIRST_OTHER, BLOCK = 0x80, 128
MAX_WHOLE = 1_000_000  # bytes; the package cuts lines of more code points, and each part has edges of its own


class Ftfy(NamedTuple):
    """The package ftfy, and the checks that each code point needs.

    Attributes:
        package: the module ftfy.
        config: default settings.
        needs: uint8 per code point.
    """

    package: Any
    config: Any
    needs: NDArray[np.uint8]


def repair(buffers: TextBuffers) -> tuple[TextBuffers, pa.StructArray]:
    """Return the texts repaired, and count the changed lines and those with mojibake.

    Raises:
        SetupError: the package is not installed, or in another version.
    """
    ftfy = loaded()
    counts = np.zeros((len(buffers), len(COLUMNS)), np.int64)
    spans, pieces = [], []
    rows = lines_to_mend(buffers.data, buffers.offsets, ftfy.needs)
    for text, start, stop, need, is_html, is_suspicious in rows.tolist():
        line = buffers.data[start:stop].tobytes().decode(errors="replace")
        is_bad = bool(is_suspicious) and ftfy.package.badness.is_bad(line)
        mended = mended_line(ftfy, line, need, is_bad, bool(is_html))
        if mended != line:
            spans.append((start, stop))
            pieces.append(mended)
            counts[text] += 1, is_bad
    array = np.array(spans, np.int64).reshape(-1, 2)
    return exchanged(buffers, array, buffers_of(pa.array(pieces, pa.string()))), counts_of(counts, COLUMNS)


def mended_line(ftfy: Ftfy, line: str, need: int, is_bad: bool, is_html: bool) -> str:
    """Return one line, with its newline, repaired.

    `is_html` says that this line or an earlier one of the text contains a `<`.
    """
    # A longer line is mended in parts, whose edges count.
    if need <= QUOTE and not is_bad and len(line) <= ftfy.config.max_decode_length:
        for curly, straight in STRAIGHT.items():
            line = line.replace(curly, straight)
        return line
    config = ftfy.config._replace(unescape_html=False) if is_html else ftfy.config
    return str(ftfy.package.fix_text(line, config))


@cache
def loaded() -> Ftfy:
    """Load the package and the table of its checks; once per process (1 s).

    Raises:
        SetupError: it is not installed, or in another version.
    """
    advice = "pip install 'ftfy>=6.3,<6.4'"
    try:
        package: Any = import_module("ftfy")
    except ImportError as error:
        raise SetupError("edit ftfy@ftfy needs ftfy", next_step=advice) from error
    if not package.__version__.startswith("6.3."):
        raise SetupError(f"edit ftfy@ftfy knows the tables of ftfy 6.3, not {package.__version__}", next_step=advice)
    needs = np.full(CODE_POINTS, NOTHING, np.uint8)
    listed = re.compile(f"[{''.join(package.badness.MOJIBAKE_CATEGORIES.values())}]")
    named = {point for point in map(ord, package.badness.BADNESS_RE.pattern) if point >= FIRST_OTHER}
    needs[[point for point in range(FIRST_OTHER, LAST_LISTED) if listed.match(chr(point))]] = TESTED
    needs[list(named)] = TESTED
    needs[list(chain(*PLAIN_LETTERS))] = LETTER
    needs[[ord(letter) for letter in TESTED_ALONE]] = ALONE
    needs[[point for first in range(FIRST_OTHER, CODE_POINTS, BLOCK) for point in changed_in(package, first)]] = (
        REPAIRED
    )
    needs[list(HANGUL_JAMO)] = REPAIRED
    needs[[ord(pair[1]) for pair in canonical_pairs()]] = REPAIRED
    needs[[point for point in range(CODE_POINTS) if unicodedata.combining(chr(point))]] = REPAIRED
    needs[[ord(quote) for quote in SINGLE_QUOTES + DOUBLE_QUOTES]] = QUOTE
    needs[[*range(9), 0x0B, 0x0D, *range(0x0E, 0x20), 0x7F]] = REPAIRED
    needs[list(C1_CONTROLS)] = ALONE
    needs[ord("&")] = ENTITY
    return Ftfy(package, package.TextFixerConfig(explain=False), needs)


def changed_in(package: Any, first: int) -> list[int]:
    """Return the code points of a block of 128 that ftfy changes on their own."""
    block = [chr(point) for point in range(first, first + BLOCK) if not 0xD800 <= point < 0xE000]
    if package.fix_text("".join(block)) == "".join(block):
        return []
    return [ord(character) for character in block if package.fix_text(character) != character]


def canonical_pairs() -> list[str]:
    """Return the pairs of characters that are canonical decompositions of one."""
    parts = (unicodedata.decomposition(chr(point)).split() for point in range(LAST_DECOMPOSED))
    return ["".join(chr(int(part, 16)) for part in each) for each in parts if len(each) == 2 and each[0][0] != "<"]


@compiled
def lines_to_mend(data: Bytes, offsets: NDArray[np.int64], needs: NDArray[np.uint8]) -> NDArray[np.int64]:
    """Find the lines that need a check, with their newlines.

    Each row is: text, start, stop, checks, whether HTML was seen, and whether the test for mojibake may fire.
    """
    rows, count = np.empty((256, 6), np.int64), 0
    text, needs_at = pointer_to(data), pointer_to(needs)
    for document in range(len(offsets) - 1):
        at, stop, is_html = offsets[document], offsets[document + 1], False
        while at < stop:
            start, need, before = at, NOTHING, NOTHING
            has_entity, is_suspicious = False, False
            while at < stop and text[at] != NEWLINE:
                point, size = code_point(text, at, stop)
                asked = needs_at[point]
                at += size
                if point < FIRST_OTHER:
                    is_html |= point == LESS
                    has_entity |= asked == ENTITY
                    need = max(need, asked) if asked != ENTITY else need
                    before = NOTHING
                    continue
                is_suspicious |= asked == ALONE or (
                    before > NOTHING and asked > NOTHING and before + asked > 2 * LETTER
                )
                need = max(need, asked)
                before = asked
            at = min(at + 1, stop)
            need = REPAIRED if has_entity and not is_html else need
            if need < QUOTE and not is_suspicious and at - start <= MAX_WHOLE:
                continue
            if count == len(rows):
                larger = np.empty((2 * count, 6), np.int64)
                larger[:count] = rows
                rows = larger
            rows[count, TEXT], rows[count, START], rows[count, STOP] = document, start, at
            rows[count, NEED], rows[count, IS_HTML], rows[count, IS_SUSPICIOUS] = need, is_html, is_suspicious
            count += 1
    return rows[:count]


FTFY = Edit("ftfy@ftfy", COLUMNS, repair)
