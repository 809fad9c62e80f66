"""Precision and recall of extracted text, against whole texts and snippets.

Whole texts as in scrapinghub/article-extraction-benchmark (evaluate.py, 7d95432): runs of four words, counted; a page's
precision and recall from their counts, their means over the pages, F1 of the two means. Snippets as in
adbar/trafilatura (tests/eval_common.py, d5f6da0): a snippet is found when the text contains it, runs of white space
being one space; counts are summed over the pages. Both are compared in Unicode's normal form C: a letter with its
accent apart is the same letter.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

RUN: Final = 4
_WORD: Final = re.compile(r"\w+")
Counts = NDArray[np.float64]
"""One row per page: true positives, false positives and false negatives."""
Scores = Callable[[Counts], tuple[Counts, Counts, Counts]]
"""Precision, recall and F1 over the pages: `article_scores` or `snippet_scores`."""


def words_of(text: str) -> list[str]:
    """Return the runs of letters, digits and underscores."""
    return _WORD.findall(unicodedata.normalize("NFC", text))


def shingles(text: str) -> Counter[tuple[str, ...]]:
    """Count the runs of four words; a shorter text is one run."""
    words = words_of(text)
    runs = (tuple(words[at : at + RUN]) for at in range(max(1, len(words) - RUN + 1)))
    return Counter(run for run in runs if run)


def article_counts(gold: str, text: str) -> tuple[float, float, float]:
    """Return (tp, fp, fn) of one article's runs of words, as shares of their sum.

    All are 0 when neither text has a word.
    """
    should, found = shingles(gold), shingles(text)
    right, extra, missed = (should & found).total(), (found - should).total(), (should - found).total()
    all_runs = (right + extra + missed) or 1
    return right / all_runs, extra / all_runs, missed / all_runs


def snippet_counts(with_: Sequence[str], without: Sequence[str], text: str) -> tuple[int, int, int]:
    """Return (tp, fp, fn) of one page's snippets.

    The first are those of `with_` in the text, the second those of `without` in it, the third those of `with_` that are
    missing.
    """
    page = one_spaced(text)
    right = sum(one_spaced(snippet) in page for snippet in with_)
    return right, sum(one_spaced(snippet) in page for snippet in without), len(with_) - right


def article_scores(counts: Counts) -> tuple[Counts, Counts, Counts]:
    """Return precision, recall and F1 over the pages.

    Pages are the axis before the last; any axes before that are kept.

    A page without text has no precision and counts only in recall, as in the source of the definition.
    """
    right, extra, missed = np.moveaxis(counts, -1, 0)
    with np.errstate(invalid="ignore"):
        precision = np.nanmean(right / (right + extra), axis=-1)
        recall = np.nanmean(right / (right + missed), axis=-1)
        return precision, recall, 2 * precision * recall / (precision + recall)


def snippet_scores(counts: Counts) -> tuple[Counts, Counts, Counts]:
    """Return precision, recall and F1 of the sums over the pages.

    Pages are the axis before the last.
    """
    right, extra, missed = np.moveaxis(counts.sum(axis=-2), -1, 0)
    with np.errstate(invalid="ignore"):
        return right / (right + extra), right / (right + missed), 2 * right / (2 * right + extra + missed)


def one_spaced(text: str) -> str:
    """Return the text with white space collapsed, and none at its ends."""
    return " ".join(unicodedata.normalize("NFC", text).split())
