"""Mixed languages: known lines put together, the index by hand, hostile texts."""

from __future__ import annotations

import math
from itertools import pairwise
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lakesift.text.kernels.buffers import buffers_of
from lakesift.text.signals import measure
from lakesift.text.signals.language_mix import BYTES_READ, mixture_of
from text.strange import HOSTILE, texts

NAME = "language_mix@cld2"
LANGUAGES = st.sampled_from(["en", "de", "fr"])
LINES = st.lists(st.tuples(st.integers(1, 9), LANGUAGES), min_size=1, max_size=12)


def signals(*each: str) -> list[dict[str, float]]:
    rows: list[dict[str, float]] = measure(buffers_of(pa.array(each, pa.string())), [NAME])[NAME].to_pylist()
    return rows


def lines(shared_data: Path, language: str, first: int, count: int) -> list[str]:
    text = (shared_data / "languages" / f"{language}.txt").read_text(encoding="utf-8")
    return [line for line in text.splitlines() if len(line) > 60][first : first + count]


def test_a_text_in_one_language(shared_data: Path) -> None:
    row = signals("\n".join(lines(shared_data, "en", 0, 8)))[0]
    assert row["languages"] == 1
    assert row["main_language_ratio"] > 0.95
    assert row["code_mixing_index"] == row["other_language_line_ratio"] == row["language_changes"] == 0


def test_a_text_in_three_languages(shared_data: Path) -> None:
    parts = [lines(shared_data, *part) for part in (("en", 0, 4), ("ru", 0, 2), ("en", 4, 4), ("el", 0, 2))]
    sizes = [len("\n".join(part).encode()) for part in parts]
    row = signals("\n".join(line for part in parts for line in part))[0]
    assert (row["languages"], row["language_changes"]) == (3, 3)
    others = len(parts[1]) + len(parts[3])
    assert row["other_language_line_ratio"] == pytest.approx(others / sum(map(len, parts)))
    assert row["code_mixing_index"] == pytest.approx(1 - (sizes[0] + sizes[2]) / sum(sizes), abs=0.03)
    assert row["line_code_mixing_index"] < 0.03
    assert 1 >= row["main_language_ratio"] >= row["second_language_ratio"] >= row["third_language_ratio"] > 0


def test_mixing_inside_a_line_is_not_mixing_of_lines(shared_data: Path) -> None:
    (english,), (russian,) = lines(shared_data, "en", 0, 1), lines(shared_data, "ru", 0, 1)
    apart, together = signals(f"{english}\n{russian}", f"{english} {russian}")
    assert together["code_mixing_index"] == pytest.approx(apart["code_mixing_index"], abs=0.02)
    assert apart["line_code_mixing_index"] < 0.02
    assert together["line_code_mixing_index"] == pytest.approx(together["code_mixing_index"], abs=0.02)


def test_index_by_hand() -> None:
    # Six bytes of English, two of German in the first line; four of German in the second.
    runs = [(0, 6, "en"), (6, 8, "de"), (9, 13, "de")]
    whole, by_line, others, changes = mixture_of(b"eeeeeedd\ndddd\n\n", runs)
    assert (whole, by_line, others, changes) == (0.5, pytest.approx(8 / 12 * 0.25), 0.5, 1)


@settings(max_examples=100)
@given(LINES)
def test_lines_in_one_language_each_are_not_mixed(parts: list[tuple[int, str]]) -> None:
    runs, at = [], 0
    for size, language in parts:
        runs.append((at, at + size, language))
        at += size + 1
    text = b"\n".join(b"x" * size for size, _ in parts)
    whole, by_line, others, changes = mixture_of(text, runs)
    totals = {name: sum(size for size, language in parts if language == name) for name in ("en", "de", "fr")}
    assert whole == pytest.approx(1 - max(totals.values()) / sum(totals.values()))
    assert by_line == 0
    assert changes == sum(earlier[1] != later[1] for earlier, later in pairwise(parts))
    assert others in [sum(language != name for _, language in parts) / len(parts) for name in totals]


@settings(max_examples=100)
@given(texts)
def test_values_are_finite_and_shares(text: str) -> None:
    row = signals(text)[0]
    assert all(math.isfinite(value) and value >= 0 for value in row.values())
    assert all(value <= 1 for name, value in row.items() if name.endswith(("ratio", "index")))


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_texts_have_values(name: str) -> None:
    assert all(math.isfinite(value) for value in signals(HOSTILE[name])[0].values())


def test_documents_are_measured_apart(shared_data: Path) -> None:
    mixed = "\n".join(lines(shared_data, "de", 0, 3) + lines(shared_data, "ja", 0, 3) + ["x"] * BYTES_READ)
    assert signals("", mixed, "a", mixed) == [signals(each)[0] for each in ("", mixed, "a", mixed)]
