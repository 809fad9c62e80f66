"""Files of languages: what is wrong in one is said, and thresholds do not change what is measured."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from lakesift.errors import UsageError
from lakesift.text.language.files import digests_of_measuring, language_files, languages_with_icu

SHIPPED = Path(__file__).parents[2] / "conf" / "languages"
GERMAN = "language: de\nstop_words: words/de\n"
THRESHOLDS = "source: invented\nthresholds: {size@test: {short: {least: 3}}}\n"


def folder_of(folder: Path, **files: str) -> Path:
    (folder / "words").mkdir(exist_ok=True)
    (folder / "words" / "de").write_text("und\n", encoding="utf-8")
    for name, text in files.items():
        (folder / f"{name}.yml").write_text(text, encoding="utf-8")
    return folder


def test_shipped_files_are_named_by_their_language_and_their_stop_words_are_there() -> None:
    files = language_files(SHIPPED)
    assert sorted(files) == sorted(file.stem for file in SHIPPED.glob("*.yml"))
    listed = {file.stop_words for file in files.values() if file.stop_words is not None}
    assert listed == set((SHIPPED / "stop_words").iterdir())
    assert languages_with_icu(SHIPPED) == {"zh", "ja", "th", "lo", "km", "my"}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("language: German\n", "language: "),
        ("language: de\nwords: jieba\n", "words: "),
        ("language: de\nstop_word: x\n", "stop_word: "),
        ("language: de\nthresholds: {size@test: {short: {least: 3}}}\n", "thresholds need a source"),
        ("a: [", "not YAML"),
    ],
)
def test_what_is_wrong_in_a_file_is_said(text: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=message) as caught:
        language_files(folder_of(tmp_path, de=text))
    assert str(tmp_path / "de.yml") in str(caught.value)


def test_a_folder_without_files_and_a_language_with_two_are_said(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no files of languages"):
        language_files(tmp_path / "none")
    with pytest.raises(UsageError, match="language de has two files"):
        language_files(folder_of(tmp_path, de=GERMAN, german=GERMAN))


def test_a_changed_file_is_read_anew(tmp_path: Path) -> None:
    assert languages_with_icu(folder_of(tmp_path, de=GERMAN)) == frozenset()
    folder_of(tmp_path, de=GERMAN + "words: icu\n")
    assert languages_with_icu(tmp_path) == {"de"}


def test_thresholds_change_no_digest_and_words_and_stop_words_do(tmp_path: Path) -> None:
    before = digests_of_measuring(folder_of(tmp_path, de=GERMAN))
    assert digests_of_measuring(folder_of(tmp_path, de=GERMAN + THRESHOLDS)) == before
    assert digests_of_measuring(folder_of(tmp_path, de=GERMAN + "words: icu\n")) != before
    folder_of(tmp_path, de=GERMAN)
    (tmp_path / "words" / "de").write_text("oder\n", encoding="utf-8")
    assert digests_of_measuring(tmp_path) != before
    (tmp_path / "words" / "de").unlink()
    with pytest.raises(UsageError, match="cannot read the stop words of de"):
        digests_of_measuring(tmp_path)


def test_a_list_of_stop_words_that_changed_is_counted_anew(tmp_path: Path) -> None:
    from lakesift.text.signals.word_lists import table_of

    file = tmp_path / "xx"
    file.write_text("eins\n", encoding="utf-8")
    first = table_of(file)
    file.write_text("zwei\n", encoding="utf-8")
    os.utime(file, ns=(1, 1))
    second = table_of(file)
    assert first is not None
    assert second is not None
    assert (first[0] != second[0]).any()
