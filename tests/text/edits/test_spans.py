"""Edits that take spans out of texts: against one line of plain Python each, on any texts, alone and after one another."""

from __future__ import annotations

import re

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lakesift.text.edits import EDITS
from lakesift.text.edits.spans import exchanged
from lakesift.text.kernels.buffers import array_of, buffers_of
from text.edits.edited import edited
from text.strange import HOSTILE, texts

POLICY = ("terms of use", "privacy policy", "cookie policy", "uses cookies", "use of cookies", "use cookies")
NAMES = ("collapse_newlines@dclm", "citations@c4", "policy_lines@c4", "repeated_lines@lakesift")
LINES = [
    "One line.",
    "One line.",
    "  One line.\t",
    "Two",
    "",
    "",
    " ",
    "We USE Cookies.",
    "Terms of Use",
    "a[1]b[edit]",
    "[[2]3]",
]
many_lines = st.lists(st.one_of(texts, st.sampled_from(LINES)), max_size=10).map("\n".join)


def without_surplus_newlines(text: str) -> str:
    return re.sub(r"\n{3,}", "\n\n", text)


def without_citations(text: str) -> str:
    return re.sub(r"\[\d*]|\[edit]|\[citation needed]", "", text)


def without_policy_lines(text: str) -> str:
    lines = text.splitlines(keepends=True)
    lowered = [re.sub("[A-Z]", lambda c: c[0].lower(), line) if len(line) > 9 else "" for line in lines]
    has_policy = [any(phrase in line for phrase in POLICY) for line in lowered]
    kept = [line for line, has in zip(lines, has_policy, strict=True) if not has]
    ends_in_line = lines and lines[-1].splitlines()[0] == lines[-1]
    if kept and ends_in_line and has_policy[-1]:
        kept[-1] = kept[-1].splitlines()[0]
    return "".join(kept)


def without_repeated_lines(text: str) -> str:
    seen: set[str] = set()
    kept = []
    for line in text.split("\n"):
        if not line.strip() or line.strip() not in seen:
            kept.append(line)
        seen.add(line.strip())
    return "\n".join(kept)


PLAIN = dict(
    zip(NAMES, (without_surplus_newlines, without_citations, without_policy_lines, without_repeated_lines), strict=True)
)


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=150)
@given(each=st.lists(many_lines, max_size=4))
def test_kernel_equals_plain_editing(name: str, each: list[str]) -> None:
    assert edited(name, *each)[0] == [PLAIN[name](text) for text in each]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_texts_are_edited(name: str, hostile: str) -> None:
    assert edited(name, HOSTILE[hostile])[0] == [PLAIN[name](HOSTILE[hostile])]


@settings(max_examples=100)
@given(st.lists(many_lines, max_size=3), st.permutations(NAMES))
def test_edits_follow_one_another_in_any_order(each: list[str], order: list[str]) -> None:
    buffers, plain = buffers_of(pa.array(each, pa.string())), each
    for name in order:
        buffers, plain = EDITS[name].apply(buffers)[0], [PLAIN[name](text) for text in plain]
    assert array_of(buffers).to_pylist() == plain


@pytest.mark.parametrize("name", ["collapse_newlines@dclm", "policy_lines@c4", "repeated_lines@lakesift"])
@settings(max_examples=100)
@given(text=many_lines)
def test_a_second_time_changes_nothing(name: str, text: str) -> None:
    (once,), _ = edited(name, text)
    (twice,), (counts,) = edited(name, once)
    assert twice == once
    assert not any(counts.values())


def test_removed_citations_can_leave_new_ones() -> None:
    assert edited("citations@c4", "a [[1]2].")[0] == ["a [2]."]


# mlfoundations/dclm 361714b, tests/baselines/mappers/modifiers/test_modifiers.py
@pytest.mark.parametrize(
    ("name", "text", "expected", "count"),
    [
        ("collapse_newlines@dclm", "Hello\n\nWorld", "Hello\n\nWorld", 0),
        ("blank_lines@cc_net", "\n\nHello\n\nWorld\n \n", "\nHello\nWorld\n \n", 2),
        ("collapse_newlines@dclm", "Hello\n\n\n\n\nWorld", "Hello\n\nWorld", 3),
        (
            "collapse_newlines@dclm",
            "Hello\n\n\nWorld\n\n\nAnother\n\n\nLine",
            "Hello\n\nWorld\n\nAnother\n\nLine",
            3,
        ),
        (
            "citations@c4",
            "[edit]This is what a wiki citation looks like[134].\nStudies show it helps to remove it for LLM "
            "training[citation needed].",
            "This is what a wiki citation looks like.\nStudies show it helps to remove it for LLM training.",
            3,
        ),
        (
            "repeated_lines@lakesift",
            "This line is duplicated.\n\nThis line is duplicated.\n This line is duplicated.  \n\n This line is kept.",
            "This line is duplicated.\n\n\n This line is kept.",
            2,
        ),
    ],
)
def test_texts_of_dclm_become_what_they_become_there(name: str, text: str, expected: str, count: int) -> None:
    after, (counts,) = edited(name, text)
    assert after == [expected]
    assert sum(counts.values()) == count


@pytest.mark.parametrize("name", NAMES)
def test_texts_that_stay_are_the_same_buffers_with_all_that_is_known_of_them(name: str) -> None:
    buffers = buffers_of(pa.array(["cut off", "one line\n\nand another (edit)", ""]).slice(1))
    buffers.derived["known"] = 1
    assert EDITS[name].apply(buffers)[0] is buffers


def test_spans_are_exchanged_for_texts_at_the_edges_too() -> None:
    buffers = buffers_of(pa.array(["out", "abc", "", "de"]).slice(1))
    spans = np.array([[3, 4], [5, 6], [6, 8]])
    pieces = buffers_of(pa.array(["<1>", "", "<22>"]))
    assert array_of(exchanged(buffers, spans, pieces)).to_pylist() == ["<1>b", "", "<22>"]
