"""Extraction is judged as the sources of the definitions do."""

from __future__ import annotations

import random
import re
import statistics
from collections import Counter

import numpy as np
import pytest

from lakesift.extraction.judging import article_counts, article_scores, snippet_counts, snippet_scores

GOLD = "one two three four five six"


def test_an_articles_counts_are_those_of_its_runs_of_four_words() -> None:
    # Gold has the runs 1-4, 2-5, 3-6; the text has 1-4, 2-5, 3-5x.
    assert article_counts(GOLD, "one, two, three -- four five: x") == pytest.approx((2 / 4, 1 / 4, 1 / 4))
    assert article_counts(GOLD, GOLD) == (1, 0, 0)
    assert article_counts(GOLD, "") == (0, 0, 1)
    assert article_counts("", "") == (0, 0, 0)
    assert article_counts("a b", "a b") == (1, 0, 0)
    # A run that is there twice and should be there once is once right and once too many.
    assert article_counts("a a a a", "a a a a a") == pytest.approx((1 / 2, 1 / 2, 0))


def test_scores_of_articles_are_f1_of_the_means_of_precision_and_recall_and_an_empty_text_has_no_precision() -> None:
    counts = np.array([[0.5, 0.5, 0.0], [0.25, 0.0, 0.75], [0.0, 0.0, 1.0]])
    precision, recall, f1 = article_scores(counts)
    assert precision == pytest.approx((0.5 + 1) / 2)
    assert recall == pytest.approx((1 + 0.25 + 0) / 3)
    assert f1 == pytest.approx(2 * 0.75 * (1.25 / 3) / (0.75 + 1.25 / 3))


def test_articles_score_as_by_the_published_definition_on_invented_texts() -> None:
    draw = random.Random(3)
    pairs = [
        ("".join(draw.choices("ab c.", k=60)), "".join(draw.choices("ab c.", k=draw.choice([0, 40]))))
        for _ in range(40)
    ]
    precisions, recalls = [], []
    for gold, text in pairs:
        should, found = (Counter(runs_of(re.findall(r"\w+", words))) for words in (gold, text))
        right = sum(min(should[run], found[run]) for run in should)
        if found:
            precisions.append(right / sum(found.values()))
        recalls.append(right / sum(should.values()))
    precision, recall, _ = article_scores(np.array([article_counts(*pair) for pair in pairs]))
    assert precision == pytest.approx(statistics.mean(precisions))
    assert recall == pytest.approx(statistics.mean(recalls))


def runs_of(words: list[str]) -> list[tuple[str, ...]]:
    return [tuple(words[at : at + 4]) for at in range(len(words) - 3)] or ([tuple(words)] if words else [])


def test_a_snippet_is_found_whatever_white_space_is_in_it() -> None:
    counts = snippet_counts(["a  b", "c d", "e"], ["f\ng", "h"], "x a\nb y f g\t e")
    assert counts == (2, 1, 1)


def test_a_letter_with_its_accent_apart_is_the_same_letter() -> None:
    apart = "Für die U\N{COMBINING DIAERESIS}bung u\N{COMBINING DIAERESIS}ber Mittag"
    assert snippet_counts(["die Übung"], ["über"], apart) == (1, 1, 0)
    assert article_counts("Für die Übung über Mittag", apart) == (1, 0, 0)


def test_snippets_are_summed_over_the_pages() -> None:
    precision, recall, f1 = snippet_scores(np.array([[2.0, 1, 1], [1, 0, 0]]))
    assert (precision, recall, f1) == pytest.approx((3 / 4, 3 / 4, 3 / 4))
