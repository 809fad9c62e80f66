"""FineWeb's signals as datatrove counts them: figures by hand, a plain implementation, hostile texts."""

from __future__ import annotations

import math

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lakesift.text.kernels import characters as sets
from lakesift.text.kernels.buffers import buffers_of
from lakesift.text.signals import FAMILIES, count_words, measure
from text.plain_english import tokens_of
from text.strange import HOSTILE, echoes, texts

NAME = "fineweb_quality@datatrove"
TERMINALS = tuple(chr(p) for ranges in (sets.SENTENCE_ENDS, sets.OTHER_TERMINALS) for p in sets.code_points(ranges))


def signals(text: str) -> dict[str, float]:
    row: dict[str, float] = measure(buffers_of(pa.array([text])), [NAME])[NAME].to_pylist()[0]
    return row


def plain(text: str) -> dict[str, float]:
    lines = [line for line in text.split("\n") if line.strip()]
    values = dict.fromkeys(FAMILIES[NAME].columns, 0.0)
    if lines:
        repeated = sum(len(line) for at, line in enumerate(lines) if line in lines[:at])
        values |= {
            "lines": len(lines),
            "line_punct_ratio": sum(line.endswith(TERMINALS) for line in lines) / len(lines),
            "short_line_ratio": sum(len(line) <= 30 for line in lines) / len(lines),
            "char_dup_ratio": repeated / len(text.replace("\n", "")),
            "list_ratio": text.count("\n") / len(tokens_of(text)),
        }
    return values


def test_signals_of_a_small_text() -> None:
    text = "A line that ends well and is long enough.\n\nmenu\nmenu\nquestion？\nno end. "
    assert signals(text) == {
        "lines": 5,
        "line_punct_ratio": 0.4,
        "short_line_ratio": 0.8,
        "char_dup_ratio": pytest.approx(4 / 66),
        "list_ratio": pytest.approx(5 / 17),
    }


@settings(max_examples=300)
@given(st.one_of(texts, echoes))
def test_kernel_equals_plain_counting(text: str) -> None:
    assert signals(text) == pytest.approx(plain(text), rel=1e-12)


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_texts_have_values(name: str) -> None:
    row = signals(HOSTILE[name])
    assert all(math.isfinite(value) and value >= 0 for value in row.values())


@given(st.lists(texts, max_size=4))
@settings(max_examples=50)
def test_words_of_each_document_are_its_tokens(each: list[str]) -> None:
    assert count_words(buffers_of(pa.array(each, pa.string()))).to_pylist() == [len(tokens_of(text)) for text in each]


def test_every_family_has_the_columns_that_it_names_and_no_null() -> None:
    without_files = [name for name, family in FAMILIES.items() if not family.needs]
    for name, measured in measure(buffers_of(pa.array(["", "one", None])), without_files).items():
        assert {field.name: field.type for field in measured.type} == FAMILIES[name].columns
        assert all(column.null_count == 0 for column in measured.flatten())


def test_an_unknown_family_is_an_error() -> None:
    with pytest.raises(KeyError):
        measure(buffers_of(pa.array(["text"])), ["gopher@nobody"])
