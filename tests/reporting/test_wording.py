"""Crawled strings are shown short and without anything that acts on a terminal or on its neighbours."""

from __future__ import annotations

import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lakesift.reporting.wording import byte_size, duration, number, share, shorten


@given(st.text(), st.integers(2, 50))
def test_any_text_becomes_one_short_line_without_controls(text: str, limit: int) -> None:
    line = shorten(text, limit)
    assert len(line) <= limit
    assert not any(unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp") for character in line)
    assert not set(line) & set("\u202a\u202b\u202d\u202e\u2066\u2067\u2068\u200e\u200f\u061c")


def test_short_text_is_left_as_it_is_and_long_text_is_seen_to_be_cut() -> None:
    assert shorten("Grüße, 世界 — नमस्ते", 30) == "Grüße, 世界 — नमस्ते"
    assert shorten("a  b\n\tc", 30) == "a b c"
    assert shorten("abcdef", 6) == "abcdef"
    assert shorten("abcdefg", 6) == "abcde…"
    assert shorten(None, 6) == ""
    assert shorten("\x1b[31mred\u202e", 20) == "\ufffd[31mred\ufffd"


def test_a_huge_text_costs_no_more_than_its_shown_part() -> None:
    huge, started = " x" * 50_000_000, time.process_time()
    assert shorten(huge, 10) == "x x x x x…"
    assert time.process_time() - started < 0.5


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (number(1234567), "1,234,567"),
        (number(0.123456), "0.1235"),
        (number(None), "–"),
        (share(1, 3), "33.3 %"),
        (share(0, 3), "0.0 %"),
        (share(1, 1_000_000), "< 0.1 %"),
        (share(1, 0), "–"),
        (byte_size(999), "999 B"),
        (byte_size(1_500_000), "1.5 MB"),
        (byte_size(7e18), "7000.0 PB"),
        (duration(0.44), "0.4 s"),
        (duration(200), "3 min 20 s"),
        (duration(7500), "2 h 05 min"),
        (duration(None), "–"),
    ],
)
def test_numbers_are_written_for_people(written: str, expected: str) -> None:
    assert written == expected
