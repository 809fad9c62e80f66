"""Nemotron-CC's heuristics as NeMo Curator counts them: its own tests, a plain implementation, hostile texts."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Callable

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lakesift.text.kernels.buffers import buffers_of
from lakesift.text.signals import FAMILIES, measure
from text.strange import HOSTILE, PIECES

NAME = "nemotron_cc@nemo"
ADDRESS = re.compile(r"http[s]?://(?:[a-zA-Z]|[0-9]|[$-_@.&+]|[!*\(\),])+")
ELLIPSES = ("...", "[...]", "…", "(...)", "[…]", "-»", "read more..", "read more")
BOILERPLATE = (
    *("terms of use", "privacy policy", "cookie policy", "uses cookies", "privacy overview", "use of cookies"),
    *("use cookies", "privacy & cookies policy", "privacy and cookies policy"),
    *("necessary cookies are absolutely essential", "any cookies that may not be particularly necessary"),
    "if you continue to browse this site without changing your cookie",
)
COMMON = {"the", "be", "to", "of", "and", "that", "have", "with"}
MORE = [
    "read more",
    "Read More..",
    "-»",
    "[…]",
    "(...)",
    "[...]",
    "#",
    "##",
    "•",
    "⦾",
    "⟨",
    "\b",
    "٣",
    "https://a.b/c_d",
]
MORE += ["http://x", "https:/", "httpss://", "lorem ipsum", "Cookie Policy", "\n\n\n", "#a#b#", "Ⅷ"]
texts = st.lists(st.sampled_from(PIECES + MORE), max_size=40).map("".join)


def signals(text: str) -> dict[str, float]:
    row: dict[str, float] = measure(buffers_of(pa.array([text])), [NAME])[NAME].to_pylist()[0]
    return row


def is_symbol(word: str) -> bool:
    return word in ELLIPSES or len(re.findall("#+", word)) / len(word) > 0.5


def is_alphabetic(word: str) -> bool:
    return any(character.isalpha() for character in word)


def boilerplate(text: str) -> float:
    paragraphs = [paragraph.lower() for paragraph in text.split("\n\n")]
    if "lorem ipsum" in text.lower():
        return 1.0
    return sum(any(phrase in paragraph for phrase in BOILERPLATE) for paragraph in paragraphs) / len(paragraphs)


def plain(text: str) -> dict[str, float]:
    words, lines = text.split(), [line.strip() for line in text.split("\n") if line.strip()]
    shares: dict[str, Callable[[], int]] = {
        "alpha_numeric": lambda: len(text) - len(re.findall(r"[a-zA-Z0-9\n?!,.]", text)),
        "numbers_ratio": lambda: sum(unicodedata.category(character) == "Nd" for character in text),
        "urls_ratio": lambda: sum(map(len, ADDRESS.findall(text))),
        "white_space": lambda: sum(character in "\t\n\r\b " for character in text),
        "parentheses_ratio": lambda: len(re.findall(r"[{}⟨⟩\[\]()]", text)),
    }
    values = dict.fromkeys(FAMILIES[NAME].columns, 0.0)
    values |= {name: count() / len(text) if text else 1 for name, count in shares.items()}
    values |= {"boilerplate_string_ratio": boilerplate(text), "word_count": len(words)}
    if words:
        values["symbol_to_word"] = sum(map(is_symbol, words)) / len(words)
        values["mean_word_length"] = sum(map(len, words)) / len(words)
        values["max_word_length"] = max(map(len, words))
        values["common_english_words"] = sum(word in COMMON for word in words)
        values["words_without_alphabets"] = sum(map(is_alphabetic, words)) / len(words)
    if lines:
        values["punctuation"] = sum(not line.endswith((".", "?", "!", '"', "'")) for line in lines) / len(lines)
        values["ellipsis"] = sum(line.lower().endswith(ELLIPSES) for line in lines) / len(lines)
        values["bullet_ratio"] = sum(line.startswith(tuple("•‣⁃⁌⁍∙○●◘◦⦾⦿")) for line in lines) / len(lines)
    return values


@pytest.mark.parametrize(
    ("column", "least", "most", "kept", "dropped"),
    [
        ("alpha_numeric", 0, 0.25, ["This is a test case.", "$aaa"], ["", "%$^%$^%$&^$()))))"]),
        (
            "symbol_to_word",
            0,
            0.1,
            ["full of words", "barely ok 3 4 5 6 7 8 9 #"],
            ["mixed bag ... #", "... # ... # #"],
        ),
        ("numbers_ratio", 0, 0.1, ["purely letters", "$!@$@!$!@", "abcdefghi1"], ["34134543"]),
        ("urls_ratio", 0, 0.2, ["no urls here!", "$!@$@!$!@"], ["https://www.nvidia.com/en-us/"]),
        (
            "urls_ratio",
            0,
            0.2,
            ["far " * 60 + "https://www.nvidia.com/en-us/"],
            ["words https://www.nvidia.com/en-us/"],
        ),
        ("bullet_ratio", 0, 0.9, ["good", "50 \n ⦾ 50", "⁌ this \n" * 9 + " done!"], ["• not good"]),
        ("white_space", 0, 0.25, ["good", "123\b"], ["\t\n\r", "50%\n\n\n"]),
        ("parentheses_ratio", 0, 0.1, ["this is completely absolutely fine", "123456789("], ["()", "(not good)"]),
        ("max_word_length", 0, 4, ["tiny"], ["large"]),
        ("word_count", 2, 4, ["two words", "$#@$ %$@$#@ !#@!"], ["", "one", "one two three four five"]),
        ("boilerplate_string_ratio", 0, 0.4, ["nothing\t here"], ["too much \n\n privacy & cookies policy"]),
        (
            "boilerplate_string_ratio",
            *(0, 0.4),
            ["1\n\n2\n\n3\n\n4\n\n5\n\n6\n\nterms of use\n\n privacy policy\n\n cookie policy\n\nuses cookies"],
            ["a\n\nlorem ipsum\n\nb"],
        ),
        (
            "mean_word_length",
            3,
            10,
            ["superlongword short", "evenly balanced"],
            ["a", "aa", "waytoolongforasingleword"],
        ),
        ("punctuation", 0, 0.8, ["good.", "just\n barely\n fine\n ok\n yep."], ["not good"]),
        ("ellipsis", 0, 0.8, ["good.", "just...\n barely...\n fine...\n ok...\n yep."], ["not good..."]),
        ("common_english_words", 2, math.inf, ["the and", "the and and of to"], ["uncommon"]),
        ("words_without_alphabets", 0.8, 1, ["totally fine", "good good good good !"], ["@"]),
    ],
)
def test_published_cases(column: str, least: float, most: float, kept: list[str], dropped: list[str]) -> None:
    """NeMo-Curator `tests/test_filters.py`: which texts pass with which thresholds."""
    assert all(least <= signals(text)[column] <= most for text in kept)
    assert not any(least <= signals(text)[column] <= most for text in dropped)


@settings(max_examples=300)
@given(texts)
def test_kernel_equals_plain_counting(text: str) -> None:
    row, expected = signals(text), plain(text)
    if "Ⅷ" in text:  # a letter number is alphabetic, though no letter
        del row["words_without_alphabets"], expected["words_without_alphabets"]
    assert row == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_texts_have_values(name: str) -> None:
    row = signals(HOSTILE[name])
    counts = {"word_count", "mean_word_length", "max_word_length", "common_english_words"}
    assert all(math.isfinite(value) and value >= 0 for value in row.values())
    assert all(value <= 1 for column, value in row.items() if column not in counts)
