"""How much of what should come out does, and how much else: on articles, on snippets and on translations.

Articles as in scrapinghub/article-extraction-benchmark (evaluate.py, 7d95432): runs of four words, counted; a page's
precision and recall from its counts, their means over the pages, F1 of the two means. Snippets as in adbar/trafilatura
(tests/eval_common.py, d5f6da0): a snippet is found when the text contains it, runs of white space being one space;
counts are summed over the pages. Translations, whose words cannot be told apart in every script: runs of four
characters, white space aside.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

RUN = 4
RESAMPLES = 10_000
SEED = 1
WORD = re.compile(r"\w+")
SPACE = re.compile(r"\s+")
Counts = NDArray[np.float64]
"""One row per page: what should be there and is, what is and should not, what should and is not (tp, fp, fn)."""
Scores = Callable[[Counts], tuple[Counts, Counts, Counts]]
"""Precision, recall and F1 over the pages: `article_scores` or `snippet_scores`."""


class Estimate(NamedTuple):
    """A figure and the middle 95 % of the same figure over resamples of the pages."""

    value: float
    low: float
    high: float

    def __format__(self, sign: str) -> str:
        """With three decimals; with signs for "+"."""
        value, low, high = (f"{figure:{sign}.3f}" for figure in self)
        return f"{value} ({low} to {high})"


def shingles(text: str) -> Counter[tuple[str, ...]]:
    """Runs of four words and how often each is there; a shorter text is one run."""
    words = WORD.findall(text)
    runs = (tuple(words[at : at + RUN]) for at in range(max(1, len(words) - RUN + 1)))
    return Counter(run for run in runs if run)


def article_counts(gold: str, text: str) -> tuple[float, float, float]:
    """(tp, fp, fn) of one article's runs of words, as shares of their sum; all 0 when neither text has a word."""
    should, found = shingles(gold), shingles(text)
    right, extra, missed = (should & found).total(), (found - should).total(), (should - found).total()
    all_runs = (right + extra + missed) or 1
    return right / all_runs, extra / all_runs, missed / all_runs


def snippet_counts(with_: Sequence[str], without: Sequence[str], text: str) -> tuple[int, int, int]:
    """(tp, fp, fn) of one page: `with_` that are in the text, `without` that are, `with_` that are not."""
    page = _one_spaced(text)
    right = sum(_one_spaced(snippet) in page for snippet in with_)
    return right, sum(_one_spaced(snippet) in page for snippet in without), len(with_) - right


def character_recall(gold: str, text: str) -> float:
    """Share of the runs of four characters inside the gold's lines that the text has, each as often as it is there.

    In NFC and without white space, so that it does not matter where the text breaks lines or marks items of lists.
    """
    lines = [_letters(line) for line in gold.splitlines()]
    should = Counter(run for line in lines for run in _character_runs(line))
    return (should & Counter(_character_runs(_letters(text)))).total() / should.total()


def article_scores(counts: Counts) -> tuple[Counts, Counts, Counts]:
    """Precision, recall and F1 over the pages (the axis before the last); any axes before that are kept.

    A page without text has no precision and counts only in recall, as in the source of the definition.
    """
    right, extra, missed = np.moveaxis(counts, -1, 0)
    with np.errstate(invalid="ignore"):
        precision = np.nanmean(right / (right + extra), axis=-1)
        recall = np.nanmean(right / (right + missed), axis=-1)
        return precision, recall, 2 * precision * recall / (precision + recall)


def snippet_scores(counts: Counts) -> tuple[Counts, Counts, Counts]:
    """Precision, recall and F1 of the sums over the pages (the axis before the last)."""
    right, extra, missed = np.moveaxis(counts.sum(axis=-2), -1, 0)
    with np.errstate(invalid="ignore"):
        return right / (right + extra), right / (right + missed), 2 * right / (2 * right + extra + missed)


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


def _one_spaced(text: str) -> str:
    return SPACE.sub(" ", text).strip()


def _letters(text: str) -> str:
    return SPACE.sub("", unicodedata.normalize("NFC", text))


def _character_runs(letters: str) -> Iterator[str]:
    return (letters[at : at + RUN] for at in range(len(letters) - RUN + 1))
