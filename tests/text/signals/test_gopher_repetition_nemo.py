"""Gopher's repetition signals as NeMo Curator counts them: its tests' verdicts, a plain implementation, hostile texts."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given, settings

from lakesift.text.signals import FAMILIES
from text.signals.repetition import FATHER, FOX, WORLD, all_texts, check_hostile, ngrams, signals

NAME = "gopher_repetition@nemo"


def unique(segments: list[str]) -> tuple[float, float]:
    size = len("".join(segments))
    return len(set(segments)) / max(1, len(segments)), len("".join(set(segments))) / max(1, size)


def plain_duplicates(text: str, n: int) -> float:
    words = text.split()
    if len(words) < n:
        return 1
    counts: Counter[tuple[str, ...]] = Counter()
    size, overlap = 0, 0
    for gram in ngrams(words, n):
        counts[gram] += 1
        if counts[gram] > 1:
            size += len("".join(gram[overlap:])) + min(n - overlap, n - 1)
            overlap = n
        overlap = max(overlap - 1, 0)
    return size / len(text)


def plain(text: str) -> dict[str, float]:
    values = dict.fromkeys(FAMILIES[NAME].columns, 1.0)
    lines = unique([line for line in text.split("\n") if line.strip()])
    paragraphs = unique(text.split("\n\n"))
    values["repeated_lines"], values["repeated_lines_char"] = lines
    values["repeated_paragraphs"], values["repeated_paragraphs_char"] = paragraphs
    words = text.split()
    for n in range(2, min(4, len(words)) + 1):
        top = " ".join(Counter(ngrams(words, n)).most_common(1)[0][0])
        values[f"repeating_top_{n}grams"] = 1 - len(text.replace(top, "")) / len(text)
    for n in range(5, 11):
        values[f"repeating_dup_{n}gram"] = plain_duplicates(text, n)
    return values


@pytest.mark.parametrize(
    ("column", "limit", "kept", "dropped"),
    [
        ("repeated_lines", 0.7, ["totally unique"], ["half.\nhalf."]),
        ("repeated_paragraphs", 0.7, ["totally unique"], ["half.\n\nhalf."]),
        (
            "repeated_lines_char",
            0.8,
            ["totally unique", "a.\na.\nvery very very short duplicate."],
            ["half.\nhalf.", "super very incredibly huge long duplicate.\n" * 2 + "a.\nb.\nc."],
        ),
        (
            "repeated_paragraphs_char",
            0.8,
            ["totally unique", "a.\n\n  a.\n\n  very very very short duplicate."],
            ["half.\n\nhalf.", "super very incredibly huge long duplicate.\n\n" * 2 + "  a.\n\n  b.\n\n  c."],
        ),
    ],
)
def test_lines_and_paragraphs_that_its_tests_keep_and_drop(
    column: str, limit: float, kept: list[str], dropped: list[str]
) -> None:
    assert all(row[column] >= limit for row in signals(NAME, *kept))
    assert all(row[column] < limit for row in signals(NAME, *dropped))


def test_top_ngrams_that_its_tests_keep_and_drop() -> None:
    each = (
        "this is a totally fine sentence with no repeat ngrams so we are ok",
        "a b . a b",
        "a a a a a a",
        "totally fine small dupe a b a b",
    )
    assert [row["repeating_top_2grams"] <= 0.2 for row in signals(NAME, *each)] == [True, False, False, True]


def test_plain_duplicates_give_the_verdicts_of_its_tests() -> None:
    """The tests' n is 2, which no rule uses: they hold for the implementation that the kernel is compared with."""
    each = ("a a b b a a b b", "totally fine", "a a a a this should be fine as well")
    assert [plain_duplicates(text, 2) <= 0.2 for text in each] == [False, True, True]


def test_values_that_set_implementations_apart() -> None:
    father, world, fox = signals(NAME, FATHER, WORLD, FOX)
    assert father["repeated_lines"] == pytest.approx(0.25)
    top, again = "repeating_top_2grams", "repeating_dup_5gram"
    assert (world[top], world[again]) == pytest.approx((0.557, 0.367), abs=5e-4)
    assert (fox[top], fox[again]) == pytest.approx((0.145, 0.315), abs=5e-4)


@settings(max_examples=300)
@given(all_texts)
def test_kernel_equals_plain_counting(text: str) -> None:
    row = signals(NAME, text)[0]
    assert row == pytest.approx(plain(text), abs=1e-12)
    assert all(0 <= value <= 1 for value in row.values())


def test_hostile_and_long_texts_equal_plain_counting() -> None:
    check_hostile(NAME, plain)
