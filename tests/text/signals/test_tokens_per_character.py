"""Tokens per character with a tokenizer whose tokens are known: one per word, one per mark."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given, settings

from lakesift.errors import SetupError
from lakesift.text.kernels.buffers import buffers_of
from lakesift.text.signals import measure
from lakesift.text.signals.resources import Resources
from lakesift.text.signals.tokens_per_character import MAX_CHARACTERS, TEXTS_AT_ONCE
from text.strange import HOSTILE, texts

pytest.importorskip("tokenizers", reason="needs the package tokenizers")

NAME = "tokens_per_character@tokenizers"
TINY = {
    "version": "1.0",
    # A file may ask for what would spoil the count.
    "truncation": {"direction": "Right", "max_length": 4, "strategy": "LongestFirst", "stride": 0},
    "padding": {
        "strategy": {"Fixed": 9},
        "direction": "Right",
        "pad_to_multiple_of": None,
        "pad_id": 0,
        "pad_type_id": 0,
        "pad_token": "?",
    },
    "added_tokens": [],
    "normalizer": None,
    "pre_tokenizer": {"type": "Whitespace"},
    "post_processor": None,
    "decoder": None,
    "model": {"type": "WordLevel", "vocab": {"?": 0, "cat": 1, ".": 2}, "unk_token": "?"},
}


@pytest.fixture(scope="module")
def tokenizer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("tokenizer") / "tokenizer.json"
    path.write_text(json.dumps(TINY), encoding="utf-8")
    return path


def signals(tokenizer: Path, *each: str) -> list[dict[str, float]]:
    texts = buffers_of(pa.array(each, pa.string()))
    rows: list[dict[str, float]] = measure(texts, [NAME], resources=Resources(tokenizer=tokenizer))[NAME].to_pylist()
    return rows


def test_tokens_by_hand(tokenizer: Path) -> None:
    cat, empty = signals(tokenizer, "A cat sat. A cat ate, twice!", "")
    assert cat == {"tokens": 10, "characters": 28, "tokens_per_character": 10 / 28}
    assert empty == {"tokens": 0, "characters": 0, "tokens_per_character": 0}


@settings(max_examples=100)
@given(text=texts)
def test_equals_words_and_runs_of_marks(tokenizer: Path, text: str) -> None:
    plain = re.sub(r"[^\x20-\x7e\n]", "", text)
    row = signals(tokenizer, plain)[0]
    assert row["tokens"] == len(re.findall(r"\w+|[^\w\s]+", plain))
    assert row["tokens_per_character"] == row["tokens"] / max(1, len(plain))


def test_many_texts_and_a_long_one(tokenizer: Path) -> None:
    rows = signals(tokenizer, *["cat " * number for number in range(2 * TEXTS_AT_ONCE + 1)], "cat " * MAX_CHARACTERS)
    assert [row["tokens"] for row in rows[:-1]] == list(range(2 * TEXTS_AT_ONCE + 1))
    assert rows[-1] == {"tokens": MAX_CHARACTERS / 4, "characters": MAX_CHARACTERS, "tokens_per_character": 0.25}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_texts_have_values(tokenizer: Path, name: str) -> None:
    assert None not in signals(tokenizer, HOSTILE[name])[0].values()


def test_a_file_that_is_no_tokenizer_is_said(tmp_path: Path) -> None:
    with pytest.raises(SetupError, match="cannot read the tokenizer"):
        signals(tmp_path / "none.json", "text")
    (tmp_path / "odd.json").write_text("{}", encoding="utf-8")
    with pytest.raises(SetupError, match=r"not a tokenizer\.json"):
        signals(tmp_path / "odd.json", "text")
