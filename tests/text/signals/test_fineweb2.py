"""FineWeb2's signals: datatrove's definitions on Unicode's segments, stop words by language, hostile texts."""

from __future__ import annotations

import math
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lakesift.errors import UsageError
from lakesift.text.kernels.buffers import buffers_of
from lakesift.text.signals import FAMILIES, measure
from lakesift.text.signals.resources import Resources
from text.signals import test_fineweb, test_gopher_quality, test_gopher_repetition
from text.strange import HOSTILE, echoes, texts
from text.words.plain_segments import segments_of

QUALITY, REPETITION, LINES = "gopher_quality@fineweb2", "gopher_repetition@fineweb2", "fineweb_quality@fineweb2"
LANGUAGES = Path(__file__).parents[3] / "conf" / "languages"
STOP_WORDS = LANGUAGES / "stop_words"
NEED_ICU = ("ja", "th", "zh")
PLAIN = ((QUALITY, test_gopher_quality), (REPETITION, test_gopher_repetition), (LINES, test_fineweb))


def signals(name: str, text: str, language: str = "en", folder: Path = LANGUAGES) -> dict[str, float]:
    about = pa.array([""]), pa.array([language]), Resources(languages=folder)
    row: dict[str, float] = measure(buffers_of(pa.array([text])), [name], *about)[name].to_pylist()[0]
    return row


def words_of(text: str) -> list[str]:
    return [segment for segment in segments_of(text) if not segment[0].isspace()]


def test_counts_of_a_german_text() -> None:
    text = "Die Brücke über den Fluß, die #1 … und der Rest.\n- Geh's an..."
    row = signals(QUALITY, text, "de")
    # Die Brücke über den Fluß , die # 1 … und der Rest . - Geh's an . . .
    assert (row["words"], row["non_symbol_words"]) == (20, 12)
    assert row["mean_word_length"] == pytest.approx(41 / 12)
    assert row["alphabetic_word_ratio"] == pytest.approx(11 / 20)
    assert (row["stop_words"], row["has_stop_words"]) == (6, True)  # über den die und der an


def test_stop_words_are_those_of_the_documents_language(tmp_path: Path) -> None:
    (tmp_path / "xx").write_text("eins\n\nzwei\n", encoding="utf-8")
    (tmp_path / "xx.yml").write_text("language: xx\nstop_words: xx\n", encoding="utf-8")
    (tmp_path / "zz.yml").write_text("language: zz\n", encoding="utf-8")
    texts_, codes = ["eins zwei Zwei eins", "eins", "zwei", "zwei"], ["xx", "yy", "xx", "zz"]
    about = pa.array([""] * 4), pa.array(codes), Resources(languages=tmp_path)
    rows = measure(buffers_of(pa.array(texts_)), [QUALITY], *about)[QUALITY].to_pylist()
    assert [(row["stop_words"], row["has_stop_words"]) for row in rows] == [
        (2, True),
        (0, False),
        (1, True),
        (0, False),
    ]


def test_a_folder_without_language_files_is_said(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no files of languages"):
        signals(QUALITY, "a", folder=tmp_path / "none")


@pytest.mark.parametrize(("name", "other"), PLAIN)
@settings(max_examples=200)
@given(text=st.one_of(texts, echoes))
def test_kernel_equals_plain_counting(name: str, other: object, text: str) -> None:
    """The plain implementation of datatrove's test, given the words of Unicode's segments and a list's stop words."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(other, "tokens_of", words_of)
        expected = other.plain(text)  # type: ignore[attr-defined]
    row = signals(name, text)
    if name == QUALITY:
        listed = set((STOP_WORDS / "en").read_text(encoding="utf-8").split())
        expected |= {"stop_words": len(listed & set(words_of(text))), "has_stop_words": True}
    assert row == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_texts_have_values(name: str) -> None:
    for family, _ in PLAIN:
        assert all(math.isfinite(value) and value >= 0 for value in signals(family, HOSTILE[name]).values())


@pytest.mark.parametrize("file", sorted(STOP_WORDS.iterdir()), ids=lambda file: file.name)
def test_shipped_lists_have_words_that_are_found(file: Path) -> None:
    if file.name in NEED_ICU:
        pytest.importorskip("icu4py", reason="needs the package icu4py")
    words = file.read_text(encoding="utf-8").splitlines()
    assert 15 <= len(words) == len(set(words)) <= 40
    assert signals(QUALITY, " ".join(words), file.name)["stop_words"] == len(words)


@pytest.mark.parametrize("file", sorted(STOP_WORDS.iterdir()), ids=lambda file: file.name)
def test_shipped_lists_meet_real_sentences(file: Path, shared_data: Path) -> None:
    """Nine in ten stretches of twenty sentences of the language have the two stop words that the rule asks for."""
    if file.name in NEED_ICU:
        pytest.importorskip("icu4py", reason="needs the package icu4py")
    lines = (shared_data / "languages" / f"{file.name}.txt").read_text(encoding="utf-8").splitlines()
    parts = [" ".join(lines[at : at + 20]) for at in range(0, len(lines), 20)]
    about = pa.array([""] * len(parts)), pa.array([file.name] * len(parts)), Resources(languages=LANGUAGES)
    rows = measure(buffers_of(pa.array(parts)), [QUALITY], *about)[QUALITY].to_pylist()
    assert sum(row["stop_words"] >= 2 for row in rows) >= 0.9 * len(rows)


def test_the_families_have_datatroves_columns() -> None:
    for name, _ in PLAIN:
        published = FAMILIES[name.replace("@fineweb2", "@datatrove")]
        assert list(FAMILIES[name].columns)[: len(published.columns)] == list(published.columns)
