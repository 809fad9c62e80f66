"""data-prep-kit's enrichment: its own table value by value, a plain implementation, hostile texts."""

from __future__ import annotations

import math
import re
import unicodedata
from collections import Counter
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lakesift.text.kernels.buffers import buffers_of
from lakesift.text.signals import FAMILIES, measure
from text.plain_english import tokens_of
from text.strange import HOSTILE, echoes, texts

NAME = "enrichment@dpk"
BREAKS = re.compile("[\n\v\f\r\x85\u2028\u2029]+")
ELLIPSIS = re.compile(r"(\.\.\.|\. \. \.|…).{0,15}$")
# What does not depend on words, for the table whose words are French.
WORDLESS = [
    *("num_newlines", "num_paragraphs", "num_chars", "total_non_newline_chars", "avg_paragraph_length_chars"),
    *("alphanumeric_char_ratio", "control_char_ratio", "punctuation_char_ratio", "other_symbol_char_ratio"),
    *("tabs_word_ratio", "ellipsis_ratio", "bulletpoint_ratio", "dup_paragraphs_ratio", "dup_paragraphs_char_ratio"),
]


def signals(*each: str) -> list[dict[str, float]]:
    rows: list[dict[str, float]] = measure(buffers_of(pa.array(each, pa.string())), [NAME])[NAME].to_pylist()
    return rows


def normalized(word: str) -> str:
    lower = word.strip().replace("Σ", "σ").lower()
    return "".join(character for character in lower if unicodedata.category(character)[0] != "P")


def repeated(words: list[str], n: int) -> int:
    seen, characters, at = set(), 0, 0
    while at + n <= len(words):
        gram = "".join(words[at : at + n])
        characters += len(gram) if gram in seen else 0
        at += n if gram in seen else 1
        seen.add(gram)
    return characters


def plain(text: str) -> dict[str, float]:
    values = dict.fromkeys(FAMILIES[NAME].columns, 0.0)
    paragraphs = [part for part in BREAKS.split(text) if part]
    tokens = [tokens_of(part.strip()) for part in paragraphs]
    words = sum(map(len, tokens))
    if words == 0:
        return values | ({"avg_word_length": -1.0} if paragraphs else {})
    kinds = Counter(unicodedata.category(c)[0] for part in paragraphs for c in part if c != "\t")
    total, inside = kinds.total(), "".join(paragraphs)
    stripped = [part.strip() for part in paragraphs]
    values |= {
        "num_newlines": len(text) - total,
        "num_paragraphs": len(paragraphs),
        "num_words": words,
        "num_chars": len(text),
        "total_non_newline_chars": total,
        "avg_word_length": sum(len(word) for part in tokens for word in part) / words,
        "avg_paragraph_length_chars": total / len(paragraphs),
        "avg_paragraph_length_words": words / len(paragraphs),
        "alphanumeric_char_ratio": (kinds["L"] + kinds["N"]) / total,
        "control_char_ratio": kinds["C"] / total,
        "punctuation_char_ratio": kinds["P"] / total,
        "other_symbol_char_ratio": kinds["S"] / total,
        "tabs_word_ratio": inside.count("\t") / words,
        "hashes_word_ratio": inside.count("#") / words,
        "ellipsis_ratio": sum(ELLIPSIS.search(part) is not None for part in stripped) / len(paragraphs),
        "bulletpoint_ratio": sum(part[:1] in {*"●•*-"} for part in stripped) / len(paragraphs),
    }
    simple = [[kept for kept in map(normalized, part) if kept] for part in tokens]
    joined = [" ".join(part) for part in simple if part]
    flat = [word for part in simple for word in part]
    if flat:
        again = [part for place, part in enumerate(joined) if part in joined[:place]]
        values["dup_paragraphs_ratio"] = len(again) / len(joined)
        values["dup_paragraphs_char_ratio"] = len("".join(again)) / len("".join(joined))
        size = len("".join(flat))
        for n in (2, 3, 4):
            grams = Counter(" ".join(flat[at : at + n]) for at in range(len(flat) - n + 1))
            top, often = grams.most_common(1)[0] if grams else ("", 0)
            values[f"top_{n}_gram_char_ratio"] = len(top) * often / size
        for n in range(5, 11):
            values[f"dup_{n}_gram_char_ratio"] = repeated(flat, n) / size
    return values


@pytest.mark.parametrize(("table", "columns"), [("1", list(FAMILIES[NAME].columns)), ("2", WORDLESS)])
def test_published_table(shared_data: Path, table: str, columns: list[str]) -> None:
    """The transform's own test data; the second table's words are those of spaCy's French tokenizer."""
    expected = pq.read_table(shared_data / "parity" / "language_enrichment" / "expected" / f"{table}.parquet")
    rows = signals(*expected["text"].to_pylist())
    for column in columns:
        assert [row[column] for row in rows] == pytest.approx(expected[f"e_{column}"].to_pylist(), rel=1e-9), column


@settings(max_examples=300)
@given(st.one_of(texts, echoes, st.text(max_size=60)))
def test_kernel_equals_plain_counting(text: str) -> None:
    assert signals(text)[0] == pytest.approx(plain(text), rel=1e-12)


@pytest.mark.parametrize(
    "text", ["İstanbul'da ΣΟΦΟΣ", "\t\t", "a\x1c\x1db\x85c", "a. . . fifteen letters", "x…y\u2028* z"]
)
def test_odd_texts_equal_plain_counting(text: str) -> None:
    assert signals(text)[0] == pytest.approx(plain(text), rel=1e-12)


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_texts_have_values(name: str) -> None:
    assert all(math.isfinite(value) for value in signals(HOSTILE[name])[0].values())


def test_documents_are_measured_apart() -> None:
    text = "I am Frank.\nI am Frank.\n- I am Frank, I am Frank"
    assert signals("", text, "a", text) == [signals(each)[0] for each in ("", text, "a", text)]
