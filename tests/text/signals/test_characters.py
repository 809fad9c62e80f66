"""Kinds of characters, scripts and lines: counted by a plain program, on languages whose script is known, hostile texts."""

from __future__ import annotations

import math
import unicodedata
from collections import Counter
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lakesift.text.kernels.buffers import buffers_of
from lakesift.text.kernels.scripts import OTHER, SCRIPTS, letter_scripts
from lakesift.text.signals import measure
from text.strange import HOSTILE, texts

CHARACTERS, SCRIPT = "characters@lakesift", "scripts@lakesift"
KINDS = {"digit": "Nd", "punctuation": "P", "symbol": "S", "control": "C"}
LIST_MARKS = "•‣▶◀◦■□▪▫–●*-"


def signals(name: str, *each: str) -> list[dict[str, float]]:
    rows: list[dict[str, float]] = measure(buffers_of(pa.array(each, pa.string())), [name])[name].to_pylist()
    return rows


def plain(text: str) -> dict[str, float]:
    size = max(1, len(text))
    kinds = [unicodedata.category(character) for character in text if not character.isspace()]
    letters = sum(kind[0] == "L" for kind in kinds)
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    words = text.split()
    often = Counter(text).values()
    return {
        "characters": len(text),
        "letter_ratio": letters / size,
        "uppercase_letter_ratio": sum(kind in ("Lu", "Lt") for kind in kinds) / max(1, letters),
        **{f"{name}_ratio": sum(kind.startswith(is_in) for kind in kinds) / size for name, is_in in KINDS.items()},
        "space_ratio": sum(map(str.isspace, text)) / size,
        "entropy": -sum(count / size * math.log2(count / size) for count in often),
        "lines": len(lines),
        "longest_line": max(map(len, lines), default=0),
        "mean_line_length": sum(map(len, lines)) / max(1, len(lines)),
        "bullet_line_ratio": sum(line[0] in LIST_MARKS for line in lines) / max(1, len(lines)),
        "ellipsis_line_ratio": sum(line.endswith(("...", "…")) for line in lines) / max(1, len(lines)),
        "words": len(words),
        "unique_word_ratio": len(set(words)) / max(1, len(words)),
    }


def test_a_line_by_hand() -> None:
    row = signals(CHARACTERS, "aaaa BBBB 1234 ....")[0]
    assert row["uppercase_letter_ratio"] == 0.5
    assert row["digit_ratio"] == row["punctuation_ratio"] == pytest.approx(4 / 19)
    assert row["entropy"] == pytest.approx(
        3 * 4 / 19 * math.log2(19 / 4) + 4 / 19 * math.log2(19) + 3 / 19 * math.log2(19 / 3)
    )
    assert (row["ellipsis_line_ratio"], row["longest_line"], row["unique_word_ratio"]) == (1, 19, 1)


def test_words_of_one_letter_each_are_different_words() -> None:
    assert signals(CHARACTERS, "a b c d")[0]["unique_word_ratio"] == 1


@settings(max_examples=300)
@given(st.one_of(texts, st.text(max_size=80)))
def test_kernel_equals_plain_counting(text: str) -> None:
    assert signals(CHARACTERS, text)[0] == pytest.approx(plain(text), rel=1e-9, abs=1e-9)


@settings(max_examples=100)
@given(st.text(max_size=80))
def test_script_shares_are_those_of_the_letters(text: str) -> None:
    letters = [character for character in text if unicodedata.category(character)[0] == "L"]
    row = signals(SCRIPT, text)[0]
    for place, script in enumerate((*SCRIPTS, "other"), 1):
        share = sum(letter_scripts()[ord(letter)] == place for letter in letters) / max(1, len(letters))
        assert row[f"{script}_ratio"] == pytest.approx(share)
    assert row["scripts"] == sum(value >= 0.05 for name, value in row.items() if name != "scripts")


def test_ranges_are_those_of_unicode() -> None:
    regex = pytest.importorskip("regex")
    names = {"kana": r"[\p{Script=Hiragana}\p{Script=Katakana}]"}
    every = "".join(map(chr, range(0x110000)))
    for place, script in enumerate(SCRIPTS, 1):
        expected = {ord(c) for c in regex.findall(names.get(script, rf"\p{{Script={script}}}"), every)}
        mine = (letter_scripts() == place).nonzero()[0].tolist()
        assert not set(mine) - expected, script
        missing = [p for p in expected - set(mine) if unicodedata.category(chr(p))[0] == "L"]
        assert not missing, (script, missing[:5])
    assert letter_scripts()[ord("ა")] == OTHER


@pytest.mark.parametrize(
    ("language", "script"),
    [
        *(
            ("en", "latin"),
            ("ru", "cyrillic"),
            ("el", "greek"),
            ("ar", "arabic"),
            ("he", "hebrew"),
            ("hi", "devanagari"),
        ),
        *(("bn", "bengali"), ("th", "thai"), ("zh", "han"), ("ja", "kana"), ("ko", "hangul"), ("ka", "other")),
    ],
)
def test_languages_are_written_in_their_script(shared_data: Path, language: str, script: str) -> None:
    path = shared_data / "languages" / f"{language}.txt"
    row = signals(SCRIPT, path.read_text(encoding="utf-8"))[0]
    assert row[f"{script}_ratio"] > (0.4 if language == "ja" else 0.9)
    assert row["scripts"] == (2 if language == "ja" else 1)


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_texts_have_values(name: str) -> None:
    for family in (CHARACTERS, SCRIPT):
        row = signals(family, HOSTILE[name])[0]
        assert all(math.isfinite(value) and value >= 0 for value in row.values())
        assert all(value <= 1 for column, value in row.items() if column.endswith("_ratio"))


def test_documents_are_measured_apart() -> None:
    text = "I am Frank.\n- I am Иван…\n日本"
    for family in (CHARACTERS, SCRIPT):
        assert signals(family, "", text, "a", text) == [signals(family, each)[0] for each in ("", text, "a", text)]
