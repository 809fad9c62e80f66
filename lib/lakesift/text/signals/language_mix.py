"""The languages of a text, and their mixture.

CLD2 finds the shares of up to three languages, and the language of each run of the text. Source of the index: Das and
Gambäck 2014, "Identifying Languages at the Word Level in Code-Mixed Indian Social Media Text", section 3: one minus the
share of the largest language among the parts with a language; here in bytes, where the paper counts words.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise
from operator import itemgetter

import numpy as np
import pyarrow as pa
import pycld2
from numpy.typing import NDArray

from lakesift.text.language.codes import UNKNOWN, language_code
from lakesift.text.language.identify import BYTES_READ, cld2_answers, readable_texts
from lakesift.text.signals.family import Batch, Family

MAX_LANGUAGES = 3
NEWLINE = b"\n"
END = itemgetter(1)

Run = tuple[int, int, str]
"""Where a run begins and ends, in bytes, and its language."""


def measure(batch: Batch) -> NDArray[np.float64]:
    """Return one row per text, the columns of `LANGUAGE_MIX`.

    A text without a language has zeros.
    """
    data, offsets = batch.texts.data, batch.texts.offsets
    values = np.zeros((len(batch.texts), len(LANGUAGE_MIX.columns)))
    heads = readable_texts(batch.texts, BYTES_READ)
    for place, shares in enumerate(cld2_answers(batch.texts, BYTES_READ, True)):
        known = [percent / 100 for _, label, percent, _ in shares if language_code(label) != UNKNOWN]
        row = values[place]
        row[0], row[1 : 1 + len(known)] = len(known), known
        if len(known) > 1:
            # Most texts have only one language: only the others need the place of each language.
            readable = heads[place]
            runs = pycld2.detect(readable, isPlainText=True, bestEffort=True, returnVectors=True)[3]
            languages = [(at, at + size, language_code(label)) for at, size, _, label in runs]
            named = [run for run in languages if run[2] != UNKNOWN]
            if len({language for _, _, language in named}) > 1:
                # The readable form has its text's length, but no line ends.
                text = data[offsets[place] : offsets[place] + len(readable)].tobytes()
                row[1 + MAX_LANGUAGES :] = mixture_of(text, named)
    return values


def mixture_of(text: bytes, runs: Sequence[Run]) -> tuple[float, float, float, int]:
    """Measure the language mixture of a text and of its lines.

    Returns the index of the whole text, the mean index of its lines weighted by bytes, the lines in another language,
    and the changes of language.

    Args:
        text: its bytes.
        runs: those with a language, in order, at least one.
    """
    whole = bytes_by_language(runs, 0, len(text))
    main, _ = whole.most_common(1)[0]
    lines = [counted for start, stop in lines_of(text) if (counted := bytes_by_language(runs, start, stop))]
    others = sum(counted.most_common(1)[0][0] != main for counted in lines)
    known = sum(counted.total() for counted in lines)
    mixed = sum(counted.total() * mixing_index(counted) for counted in lines)
    changes = sum(earlier[2] != later[2] for earlier, later in pairwise(runs))
    return mixing_index(whole), mixed / max(1, known), others / max(1, len(lines)), changes


def bytes_by_language(runs: Sequence[Run], start: int, stop: int) -> Counter[str]:
    """Count the bytes from `start` to `stop` by language."""
    counted: Counter[str] = Counter()
    place = bisect_right(runs, start, key=END)
    while place < len(runs) and runs[place][0] < stop:
        first, last, language = runs[place]
        counted[language] += min(last, stop) - max(first, start)
        place += 1
    return counted


def mixing_index(counted: Counter[str]) -> float:
    """Return one minus the share of the most frequent language."""
    return 1 - max(counted.values()) / counted.total()


def lines_of(text: bytes) -> Iterator[tuple[int, int]]:
    """Yield start and end of each line that is not blank."""
    at = 0
    for line in text.split(NEWLINE):
        if line.strip():
            yield at, at + len(line)
        at += len(line) + 1


LANGUAGE_MIX = Family(
    "language_mix@cld2",
    {
        "languages": pa.int64(),
        "main_language_ratio": pa.float64(),
        "second_language_ratio": pa.float64(),
        "third_language_ratio": pa.float64(),
        "code_mixing_index": pa.float64(),
        "line_code_mixing_index": pa.float64(),
        "other_language_line_ratio": pa.float64(),
        "language_changes": pa.int64(),
    },
    measure,
)
