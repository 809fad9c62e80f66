"""Gopher's repetition signals as Dolma counts them: its tests' values, a plain implementation, hostile texts."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given, settings

from lakesift.text.signals import FAMILIES
from text.signals.repetition import FATHER, FOX, WORLD, all_texts, check_hostile, ngrams, signals

NAME = "gopher_repetition@dolma"


def plain(text: str) -> dict[str, float]:
    values = dict.fromkeys(FAMILIES[NAME].columns, 0.0)
    if not text:
        return values
    words = text.split()
    characters = max(1, len("".join(words)))
    lines = text.split("\n")
    counts = Counter(lines)
    values["fraction_of_duplicate_lines"] = sum(n for n in counts.values() if n > 1) / len(lines)
    values["fraction_of_characters_in_duplicate_lines"] = (
        sum(len(line) * n for line, n in counts.items() if n > 1) / characters
    )
    for n in range(2, 11):
        sizes = Counter(ngrams(words, n))
        every = sum(len("".join(gram)) * count for gram, count in sizes.items())
        if sizes and n < 5:
            gram, count = sizes.most_common(1)[0]
            values[f"fraction_of_characters_in_most_common_{n}grams"] = len("".join(gram)) * count / characters
        elif sizes:
            again = sum(len("".join(gram)) * count for gram, count in sizes.items() if count > 1)
            values[f"fraction_of_characters_in_duplicate_{n}grams"] = again / every
    return values


@pytest.mark.parametrize(
    ("text", "scores"),
    [
        ("This is a test.", (0.5, 0.5833333333333334, 1.0)),
        (
            "This is a sentence. \n  \n This is another sentence.\n\n  This is a third sentence.",
            (0.3050847457627119, 0.23728813559322035, 0.2711864406779661),
        ),
    ],
)
def test_values_of_dolmas_own_tests(text: str, scores: tuple[float, ...]) -> None:
    row = signals(NAME, text)[0]
    found = [row.pop(f"fraction_of_characters_in_most_common_{n}grams") for n in (2, 3, 4)]
    assert found == pytest.approx(scores, rel=1e-12)
    assert set(row.values()) == {0.0}


def test_values_that_set_implementations_apart() -> None:
    father, world, fox = signals(NAME, FATHER, WORLD, FOX)
    assert father["fraction_of_duplicate_lines"] == pytest.approx(0.80)
    assert father["fraction_of_characters_in_duplicate_lines"] == pytest.approx(1.214, abs=5e-4)
    top, again = "fraction_of_characters_in_most_common_2grams", "fraction_of_characters_in_duplicate_5grams"
    assert (world[top], world[again]) == pytest.approx((0.758, 0.217), abs=5e-4)
    assert (fox[top], fox[again]) == pytest.approx((0.158, 0.389), abs=5e-4)


@settings(max_examples=300)
@given(all_texts)
def test_kernel_equals_plain_counting(text: str) -> None:
    row = signals(NAME, text)[0]
    assert row == pytest.approx(plain(text), rel=1e-12)
    assert all(0 <= row[f"fraction_of_characters_in_duplicate_{n}grams"] <= 1 for n in range(5, 11))
    assert 0 <= row["fraction_of_duplicate_lines"] <= 1


def test_hostile_and_long_texts_equal_plain_counting() -> None:
    check_hostile(NAME, plain)
