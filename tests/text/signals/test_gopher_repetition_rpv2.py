"""Gopher's repetition signals as RedPajama-v2 counts them: published values, a plain implementation, hostile texts."""

from __future__ import annotations

import string
import unicodedata
from collections import Counter

import pytest
from hypothesis import given, settings

from lakesift.text.signals import FAMILIES
from text.signals.repetition import FOX, WORLD, all_texts, check_hostile, ngrams, signals

NAME = "gopher_repetition@rpv2"
WITHOUT_PUNCTUATION = str.maketrans("", "", string.punctuation)


def plain(text: str) -> dict[str, float]:
    values = dict.fromkeys(FAMILIES[NAME].columns, 0.0)
    words = unicodedata.normalize("NFD", text.translate(WITHOUT_PUNCTUATION).lower()).split()
    for n in range(2, 11):
        grams = ngrams(words, n)
        counts = Counter(grams)
        top, often = counts.most_common(1)[0] if grams else ((), 0)
        if often < 2:
            continue
        covered = {at + k for at, gram in enumerate(grams) if counts[gram] > 1 for k in range(n)}
        if n < 5:
            values[f"frac_chars_top_{n}gram"] = round(len("".join(top)) * often / len("".join(words)), 8)
        else:
            share = sum(len(words[at]) for at in covered) / len("".join(words))
            values[f"frac_chars_dupe_{n}grams"] = round(share, 8)
    return values


def test_values_that_set_implementations_apart() -> None:
    world, fox = signals(NAME, WORLD, FOX)
    top, again = "frac_chars_top_2gram", "frac_chars_dupe_5grams"
    assert (world[top], world[again]) == pytest.approx((0.769, 0.923), abs=5e-4)
    assert (fox[top], fox[again]) == pytest.approx((0.163, 0.653), abs=5e-4)


@settings(max_examples=300)
@given(all_texts)
def test_kernel_equals_plain_counting(text: str) -> None:
    row = signals(NAME, text)[0]
    assert row == pytest.approx(plain(text), abs=1.1e-8)
    assert all(0 <= row[f"frac_chars_dupe_{n}grams"] <= 1 for n in range(5, 11))


def test_hostile_and_long_texts_equal_plain_counting() -> None:
    check_hostile(NAME, plain)
