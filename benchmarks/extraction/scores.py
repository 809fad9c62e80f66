"""Figures of many pages with their intervals, differences of two extractors, and recall of translations.

Articles and snippets are counted by `lakesift.extraction.judging`. Translations, whose words cannot be told apart in
every script: runs of four characters, white space aside.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lakesift.extraction.judging import Counts, Scores

RUN = 4
RESAMPLES = 10_000
SEED = 1


class Estimate(NamedTuple):
    """A figure and the middle 95 % of the same figure over resamples of the pages."""

    value: float
    low: float
    high: float

    def __format__(self, sign: str) -> str:
        """With three decimals; with signs for "+"."""
        value, low, high = (f"{figure:{sign}.3f}" for figure in self)
        return f"{value} ({low} to {high})"


def character_recall(gold: str, text: str) -> float:
    """Share of the runs of four characters inside the gold's lines that the text has, each as often as it is there.

    In NFC and without white space, so that it does not matter where the text breaks lines or marks items of lists.
    """
    lines = [_letters(line) for line in gold.splitlines()]
    should = Counter(run for line in lines for run in _character_runs(line))
    return (should & Counter(_character_runs(_letters(text)))).total() / should.total()


def page_f1(counts: tuple[float, float, float]) -> float:
    """F1 of one page; 0 when nothing is right."""
    right, extra, missed = counts
    return 2 * right / ((2 * right + extra + missed) or 1)


def estimates(counts: Counts, scores: Scores) -> tuple[Estimate, Estimate, Estimate]:
    """Precision, recall and F1, each with its interval."""
    resampled = scores(counts[_draws(len(counts))])
    found = [_estimate(float(value), draws) for value, draws in zip(scores(counts), resampled, strict=True)]
    return found[0], found[1], found[2]


def difference(ours: Counts, theirs: Counts, scores: Scores) -> Estimate:
    """F1 of one extractor less that of another on the same pages; a resample has the same pages for both."""
    draws = _draws(len(ours))
    return _estimate(float(scores(ours)[2] - scores(theirs)[2]), scores(ours[draws])[2] - scores(theirs[draws])[2])


def _draws(pages: int) -> NDArray[np.int64]:
    return np.random.default_rng(SEED).integers(0, pages, (RESAMPLES, pages))


def _estimate(value: float, draws: Counts) -> Estimate:
    low, high = np.nanpercentile(draws, [2.5, 97.5])
    return Estimate(value, float(low), float(high))


def _letters(text: str) -> str:
    return "".join(unicodedata.normalize("NFC", text).split())


def _character_runs(letters: str) -> Iterator[str]:
    return (letters[at : at + RUN] for at in range(len(letters) - RUN + 1))
