"""Words as a language file has them: ICU's where it says so, Unicode's segments elsewhere."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lakesift.text.kernels.buffers import array_of, buffers_of
from lakesift.text.kernels.bytes import hash_of
from lakesift.text.kernels.minhash import signatures
from lakesift.text.kernels.minhash_settings import MinHashSettings
from lakesift.text.words import language_words, spaced_words
from text.strange import HOSTILE, texts
from text.words.plain_segments import segments_of

breakers = pytest.importorskip("icu4py.breakers", reason="needs the package icu4py")

FOLDER = Path(__file__).parents[3] / "conf" / "languages"
SPACELESS = ("zh", "ja", "th", "lo", "km", "my")
# Sentences of which every reader of the language knows the words: ICU's dictionaries have them all.
KNOWN = [
    ("zh", "我们在北京大学学习中文。", "我们 在 北京 大学 学习 中文 。"),
    ("ja", "私は学生です。", "私 は 学生 です 。"),
    ("th", "ฉันรักประเทศไทย", "ฉัน รัก ประเทศไทย"),
    ("lo", "ພາສາລາວ", "ພາສາ ລາວ"),
    ("km", "ខ្ញុំស្រឡាញ់កម្ពុជា", "ខ្ញុំ ស្រឡាញ់ កម្ពុជា"),
    ("my", "မြန်မာစာ", "မြန်မာ စာ"),
    ("zh", "GPT 第3版 costs $5.00!", "GPT 第 3 版 costs $ 5.00 !"),
]
mixed = st.lists(
    st.sampled_from(["我们", "学习", "ภาษา", "ไทย", "カタカナ", "です", "😀", "\u3000", "e\u0301"]), max_size=30
)


def words_of(each: list[str], codes: list[str]) -> list[list[str]]:
    words = language_words(buffers_of(pa.array(each, pa.string())), pa.array(codes), FOLDER)
    found = words.found[: words.firsts[-1]]
    pieces = [words.text[word["start"] : word["stop"]].tobytes().decode() for word in found]
    assert found["hash"].tolist() == list(map(hash_of, pieces))
    assert found["size"].tolist() == list(map(len, pieces))
    return [pieces[first:last] for first, last in pairwise(words.firsts)]


def plain(text: str, language: str) -> list[str]:
    if language not in SPACELESS:
        segments = segments_of(text)
    else:
        units = text.encode("utf-16-le")
        places = breakers.WordBreaker(text, language).segments()
        segments = [units[2 * start : 2 * stop].decode("utf-16-le") for start, stop in places]
    return [segment for segment in segments if not segment[0].isspace()]


@pytest.mark.parametrize(("language", "text", "words"), KNOWN)
def test_known_words_are_found(language: str, text: str, words: str) -> None:
    assert words_of([text], [language]) == [words.split()]


@settings(max_examples=200)
@given(
    each=st.lists(
        st.tuples(st.one_of(texts, mixed.map("".join)), st.sampled_from([*SPACELESS, "de", "un"])), max_size=5
    )
)
def test_each_text_has_the_words_of_its_own_language(each: list[tuple[str, str]]) -> None:
    found = words_of([text for text, _ in each], [code for _, code in each])
    assert found == [plain(text, code) for text, code in each]


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_texts_have_words(name: str) -> None:
    assert words_of([HOSTILE[name]], ["th"]) == [plain(HOSTILE[name], "th")]


def test_a_text_that_is_not_utf8_has_unicodes_segments() -> None:
    broken = "汉".encode() + b"\xff" + "字".encode()
    places = pa.array([0, len(broken)], pa.int32()).buffers()[1]
    buffers = buffers_of(pa.StringArray.from_buffers(1, places, pa.py_buffer(broken)))
    assert np.diff(language_words(buffers, pa.array(["zh"]), FOLDER).firsts).tolist() == [3]


def test_the_same_texts_in_other_languages_are_found_anew() -> None:
    buffers = buffers_of(pa.array(["学习中文"]))
    counts = [int(language_words(buffers, pa.array([code]), FOLDER).firsts[-1]) for code in ("zh", "en", "zh")]
    assert counts == [2, 4, 2]


def test_words_of_icu_are_told_apart_by_spaces_and_other_texts_stay() -> None:
    each, codes = ["学习中文。\n 我们", "a b", "", "学习"], ["zh", "en", "zh", "en"]
    spaced = spaced_words(buffers_of(pa.array(each)), pa.array(codes), FOLDER)
    assert array_of(spaced).to_pylist() == ["学习 中文 。\n  我们", "a b", "", "学习"]
    buffers = buffers_of(pa.array(each))
    assert spaced_words(buffers, pa.array(["en"] * 4), FOLDER) is buffers


@pytest.mark.parametrize("language", ["zh", "ja", "th"])
def test_near_duplicates_without_spaces_are_alike(language: str, shared_data: Path) -> None:
    """Forty real sentences with one in ten replaced: a few shingles go, where clauses between marks would lose half."""
    lines = (shared_data / "languages" / f"{language}.txt").read_text(encoding="utf-8").splitlines()
    changed = [lines[100 + at] if at % 10 == 0 else line for at, line in enumerate(lines[:40])]
    both = buffers_of(pa.array(["\n".join(lines[:40]), "\n".join(changed)]))
    found = signatures(spaced_words(both, pa.array([language] * 2), FOLDER), MinHashSettings(bands=50, rows=10))
    first, second = (np.frombuffer(each, np.uint32) for each in found.to_pylist())
    words = [plain(text, language) for text in array_of(both).to_pylist()]
    shingles = [{tuple(each[at : at + 5]) for at in range(len(each) - 4)} for each in words]
    expected = len(shingles[0] & shingles[1]) / len(shingles[0] | shingles[1])
    assert np.mean(first == second) == pytest.approx(expected, abs=0.08)
