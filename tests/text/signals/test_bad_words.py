"""Bad words: found exactly where C4's regular expression as datatrove writes it finds one, in all languages of the list."""

from __future__ import annotations

import re
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lakesift.errors import SetupError
from lakesift.text.kernels.buffers import buffers_of
from lakesift.text.signals import measure
from lakesift.text.signals.resources import Resources
from text.strange import HOSTILE

NAME = "bad_words@ldnoobw"
ENTRIES = ["darn", "darn it", "it is", "holy moly", "q'yah'", "Upper", "é", "🙈", "a.b"]
PIECES = [*ENTRIES, "DARN", "UPPER", "darned", " ", ".", "_", "1", "\n", "x", "É", "-"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    lists = tmp_path_factory.mktemp("bad_words")
    for language in ("en", "zh", "no", "fil"):
        (lists / language).write_text("\n".join([*ENTRIES, "", "sm", "性"]) + "\n", encoding="utf-8")
    return lists


def signals(folder: Path, language: str, *each: str) -> list[dict[str, int]]:
    texts, languages = pa.array(each, pa.string()), pa.array([language] * len(each))
    measured = measure(buffers_of(texts), [NAME], None, languages, Resources(bad_words=folder))
    rows: list[dict[str, int]] = measured[NAME].to_pylist()
    return rows


def pattern(entries: list[str], language: str) -> re.Pattern[str]:
    words = "|".join(map(re.escape, entries))
    return re.compile(words if language in ("ja", "th", "zh") else rf"(?:\W|^)({words})(?:\W|$)")


@pytest.mark.parametrize(
    ("language", "text", "matches", "different"),
    [
        ("en", "Darn it, DARN; darned!", 2, 2),
        ("en", "darn darn darn", 3, 1),
        ("en", "darn it is", 1, 1),
        ("en", "undarn darn_ 1darn", 0, 0),
        ("en", "UPPER Upper", 0, 0),
        ("zh", "undarn性darn_", 2, 1),
        ("nb", "darn", 1, 1),
        ("tl", "darn", 1, 1),
    ],
)
def test_matches_by_hand(folder: Path, language: str, text: str, matches: int, different: int) -> None:
    expected = {"matches": matches, "different": different, "has_list": True}
    assert signals(folder, language, text) == [expected]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_found_where_the_regular_expression_finds_one(folder: Path, language: str) -> None:
    expression = pattern(ENTRIES, language)

    @settings(max_examples=300)
    @given(st.lists(st.sampled_from(PIECES), max_size=12).map("".join))
    def check(text: str) -> None:
        row = signals(folder, language, text)[0]
        assert (row["matches"] > 0) == (expression.search(text.lower()) is not None)
        assert 0 <= row["different"] <= row["matches"]

    check()


def test_real_lists_in_real_sentences(shared_data: Path) -> None:
    """Each language's list on its sentences; and each entry between two of them is found, unless it has a capital."""
    found = 0
    for file in sorted((shared_data / "lists" / "bad_words").iterdir()):
        entries = set(map(str.strip, file.read_text(encoding="utf-8").splitlines())) - {
            "sm",
            "グロ",
            "女の子",
            "性",
            "",
        }
        text = shared_data / "languages" / f"{file.name}.txt"
        lines = text.read_text(encoding="utf-8").splitlines()[:40] if text.is_file() else ["A plain line."]
        lines += [f"{lines[0]} {entry} {lines[-1]}" for entry in sorted(entries)]
        expression = pattern(sorted(entries), file.name)
        expected = [expression.search(line.lower()) is not None for line in lines]
        assert [row["matches"] > 0 for row in signals(file.parent, file.name, *lines)] == expected, file.name
        found += sum(expected)
    assert found > 1000


def test_a_language_without_a_list_is_said(folder: Path) -> None:
    assert signals(folder, "xx", "darn") == [{"matches": 0, "different": 0, "has_list": False}]


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(SetupError, match="bad words"):
        signals(tmp_path / "none", "en", "text")


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_texts_have_values(folder: Path, name: str) -> None:
    assert None not in signals(folder, "en", HOSTILE[name])[0].values()
