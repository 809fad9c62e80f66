"""The reading difficulty of an English text, by textstat's formulas.

Sources: textstat 0.7.5, `textstat/textstat.py`, which counts syllables with CMUdict and hyphens
(`readability@textstat`), and 0.7.4, with hyphens only, which made GneissWeb's columns (`readability@gneissweb`;
data-prep-kit c9f7b56, `transforms/language/readability`). Values are rounded as there; a text without words has the
values that textstat returns.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from lakesift.text.kernels.buffers import TextBuffers
from lakesift.text.kernels.categories import lower_case
from lakesift.text.kernels.characters import character_classes
from lakesift.text.signals.family import Batch, Family
from lakesift.text.signals.reading_counts import (
    BY_SYLLABLES,
    CHARACTERS,
    COUNTS,
    HARD,
    HARD_2,
    HARD_3,
    HYPHENATED,
    LETTERS,
    LINSEAR,
    LINSEAR_SENTENCES,
    LONG,
    PRONOUNCED,
    SENTENCES,
    SHORT,
    SYLLABLES,
    TIME,
    WAYS,
    WORDS,
    count_all,
    scratch_for,
)
from lakesift.text.signals.syllables import lexicon

Numbers = NDArray[np.float64]
# Flesch's reading ease from which on a grade counts, and the grade; from 60 to 70 it is both 8 and 9.
EASE_GRADES = ((90, 5), (80, 6), (70, 7), (60, 8), (50, 10), (40, 11), (30, 12))
HARDEST, NINTH = 13, 9
TEXTSTAT_COLUMNS = (
    *("mcalpine_eflaw", "flesch_kincaid_grade", "gunning_fog", "automated_readability_index", "avg_grade_level"),
    *("flesch_reading_ease", "smog_index", "coleman_liau_index", "dale_chall_readability_score"),
    *("linsear_write_formula", "spache_readability", "reading_time", "text_standard"),
)
READING_COUNTS = "reading counts"
GNEISSWEB_COLUMNS = TEXTSTAT_COLUMNS[:5]


def measure_textstat(batch: Batch) -> Numbers:
    """Return one row per text, the columns of `TEXTSTAT_COLUMNS`."""
    measured = grades(counts_of(batch.texts)[:, PRONOUNCED])
    return np.column_stack([measured[column] for column in TEXTSTAT_COLUMNS])


def measure_gneissweb(batch: Batch) -> Numbers:
    """Return one row per text, the columns of `GNEISSWEB_COLUMNS`."""
    measured = grades(counts_of(batch.texts)[:, HYPHENATED])
    return np.column_stack([measured[column] for column in GNEISSWEB_COLUMNS])


def counts_of(buffers: TextBuffers) -> Numbers:
    """Return `COUNTS` of each text, float64[n, WAYS, len(COUNTS)].

    They are counted at the first call and cached with the buffers.

    Raises:
        SetupError: pyphen, textstat or cmudict is missing.
    """
    kept: Numbers | None = buffers.derived.get(READING_COUNTS)
    if kept is not None:
        return kept
    values = np.zeros((len(buffers), WAYS, len(COUNTS)))
    scratch = scratch_for(int(np.diff(buffers.offsets).max(initial=0)))
    tables = character_classes(), lower_case(), lexicon(), scratch
    count_all(buffers.data, buffers.offsets, *tables, values)
    alike = [column for column in range(len(COUNTS)) if column not in BY_SYLLABLES]
    values[:, PRONOUNCED, alike] = values[:, HYPHENATED, alike]
    buffers.derived[READING_COUNTS] = values
    return values


def rounded(values: Numbers, digits: int) -> Numbers:
    """Round values to a number of decimals.

    Halves are rounded away from zero, as far as binary numbers have halves.
    """
    scale = 10**digits
    return np.floor(values * scale + np.copysign(0.5, values)) / scale


def grades(counts: Numbers) -> dict[str, Numbers]:
    """Compute every measure of texts from their counts."""
    words, sentences, syllables = counts[:, WORDS], counts[:, SENTENCES], counts[:, SYLLABLES]
    some, has_words = np.maximum(1, words), words > 0
    length, spoken = rounded(words / sentences, 1), rounded(syllables / some, 1)
    hard = 100 - (words - counts[:, HARD]) / some * 100
    dale_chall = 0.1579 * hard + 0.0496 * length
    fog = 0.4 * (length + counts[:, HARD_3] / some * 100)
    spache = 0.141 * (words / sentences) + 0.086 * (counts[:, HARD_2] / some * 100) + 0.839
    letters = rounded(rounded(counts[:, LETTERS] / some, 2) * 100, 2)
    breaks = rounded(np.where(has_words, rounded(sentences / some, 2), 0) * 100, 2)
    size, run = rounded(counts[:, CHARACTERS] / some, 2), rounded(words / sentences, 2)
    points = counts[:, LINSEAR] / counts[:, LINSEAR_SENTENCES]
    polysyllables = 1.043 * (30 * (counts[:, LONG] / sentences)) ** 0.5 + 3.1291
    found = {
        "mcalpine_eflaw": rounded((words + counts[:, SHORT]) / sentences, 1),
        "flesch_kincaid_grade": rounded(0.39 * length + 11.8 * spoken - 15.59, 1),
        "gunning_fog": np.where(has_words, rounded(fog, 2), 0),
        "automated_readability_index": np.where(has_words, rounded(4.71 * size + 0.5 * run - 21.43, 1), 0),
        "flesch_reading_ease": rounded(206.835 - 1.015 * length - 84.6 * spoken, 2),
        "smog_index": np.where(sentences >= 3, rounded(polysyllables, 1), 0),
        "coleman_liau_index": rounded(0.058 * letters - 0.296 * breaks - 15.8, 2),
        "dale_chall_readability_score": np.where(
            has_words, rounded(np.where(hard > 5, dale_chall + 3.6365, dale_chall), 2), 0
        ),
        "linsear_write_formula": np.where(points <= 20, points - 2, points) / 2,
        "spache_readability": np.where(has_words, rounded(spache, 2), 0),
        "reading_time": rounded(counts[:, TIME] / 1000, 2),
    }
    levels = found["flesch_kincaid_grade"] + found["gunning_fog"] + found["automated_readability_index"]
    return found | {"avg_grade_level": levels / 3, "text_standard": consensus(found)}


def consensus(found: dict[str, Numbers]) -> Numbers:
    """Return the grade that most measures give, rounded and rounded up.

    Of equally frequent grades the first is taken.
    """
    ease = found["flesch_reading_ease"]
    conditions = [(ease >= least) & (ease < 100) for least, _ in EASE_GRADES]
    first = np.select(conditions, [float(grade) for _, grade in EASE_GRADES], float(HARDEST))
    second = np.where((ease >= 60) & (ease < 70), float(NINTH), np.nan)
    names = (
        *("flesch_kincaid_grade", "smog_index", "coleman_liau_index", "automated_readability_index"),
        *("dale_chall_readability_score", "linsear_write_formula", "gunning_fog"),
    )
    pairs = [pair for name in names for pair in (rounded(found[name], 0), np.ceil(found[name]))]
    votes = np.column_stack([*pairs[:2], first, second, *pairs[2:]])
    often = (votes[:, :, None] == votes[:, None, :]).sum(axis=2)
    return votes[np.arange(len(votes)), often.argmax(axis=1)]


READABILITY_TEXTSTAT = Family("readability@textstat", dict.fromkeys(TEXTSTAT_COLUMNS, pa.float64()), measure_textstat)
READABILITY_GNEISSWEB = Family(
    "readability@gneissweb", dict.fromkeys(GNEISSWEB_COLUMNS, pa.float64()), measure_gneissweb
)
