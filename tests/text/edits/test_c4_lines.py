"""C4's line edits as datatrove does them: cases by hand, a plain implementation, hostile texts."""

from __future__ import annotations

import re

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lakesift.text.edits import EDITS
from lakesift.text.kernels.buffers import TextBuffers, array_of, buffers_of
from lakesift.text.kernels.tokens import tokens_of
from text.plain_english import sentences_of
from text.strange import HOSTILE, texts

CITATION = re.compile(r"\[\d*]|\[edit]|\[citation needed]")
POLICY = ("terms of use", "privacy policy", "cookie policy", "uses cookies", "use of cookies", "use cookies")
WITH_ENDS, WITHOUT = "c4_terminal_lines@datatrove", "c4_lines@datatrove"
lines = st.lists(
    st.one_of(
        texts,
        st.sampled_from(
            [
                "We use cookies here today.",
                "See our PRIVACY Policy now.",
                "Please enable JavaScript in it.",
                "lorem Ipsum dolor sit.",
                "a { b } c",
                "One two. Three four!  Five",
                'He said "yes."',
                "and so it goes...",
                "[1] [2] [3]",
                "  Fact [citation needed] is [edit] fact.[12] ",
                "terms of usea b c",
            ]
        ),
    ),
    max_size=8,
).map("\n".join)


def edit(name: str, *each: str) -> tuple[list[str], list[dict[str, int]]]:
    edited, counts = EDITS[name].apply(buffers_of(pa.array(each, pa.string())))
    return array_of(edited).to_pylist(), counts.to_pylist()


def lowered(line: str) -> str:
    return "".join(c.lower() if c.isascii() else c for c in line)


def plain(text: str, must_end: bool) -> tuple[str, dict[str, int]]:
    counts = dict.fromkeys(EDITS[WITHOUT].columns, 0)
    kept = []
    for line in text.splitlines():
        counts["lines"] += 1
        line = line.strip()
        words = line.split()
        if any(len(word) > 1000 for word in words):
            counts["too_long_word"] += 1
            continue
        line, marks = CITATION.subn("", line)
        counts["citations"] += marks
        reason = ""
        if must_end and (not line.endswith((".", "?", "!", '"', "'")) or line.endswith("...")):
            reason = "no_terminal_punctuation"
        elif len(words) < 3:
            reason = "too_few_words"
        else:
            counts["lorem_ipsum"] |= "lorem ipsum" in lowered(line)
            if "javascript" in lowered(line):
                reason = "javascript"
            else:
                counts["curly_bracket"] |= "{" in line
                reason = "policy" if any(phrase in lowered(line) for phrase in POLICY) else ""
        if reason:
            counts[reason] += 1
        else:
            counts["sentences"] += sentences_of(line)
            kept.append(line)
    return "\n".join(kept).strip(), counts


@settings(max_examples=400)
@given(lines)
def test_kernel_equals_plain_editing(text: str) -> None:
    for name, must_end in ((WITHOUT, False), (WITH_ENDS, True)):
        edited, counts = edit(name, text)
        assert (edited[0], counts[0]) == plain(text, must_end)


@settings(max_examples=200)
@given(st.lists(lines, max_size=3))
def test_tokens_that_come_along_are_those_of_the_edited_text(each: list[str]) -> None:
    edited, _ = EDITS[WITHOUT].apply(buffers_of(pa.array(each, pa.string())))
    kept, fresh = tokens_of(edited), tokens_of(TextBuffers(edited.data, edited.offsets))
    count = fresh.firsts[-1]
    assert kept.firsts.tolist() == fresh.firsts.tolist()
    for field in ("hash", "start", "stop", "size"):
        assert kept.found[field][:count].tolist() == fresh.found[field][:count].tolist()


def test_keeps_good_lines_and_counts_the_others_by_reason() -> None:
    page = "A whole sentence is here.[1]\nmenu\nWe use cookies.\nEnable javascript now.\nNo end here\nThe second one. Third!"
    (edited,), (counts,) = edit(WITHOUT, page)
    assert edited == "A whole sentence is here.\nNo end here\nThe second one. Third!"
    expected = {"lines": 6, "too_few_words": 1, "policy": 1, "javascript": 1, "citations": 1, "sentences": 4}
    assert {key: value for key, value in counts.items() if value} == expected
    (edited,), (counts,) = edit(WITH_ENDS, page)
    assert edited == "A whole sentence is here.\nThe second one. Third!"
    assert (counts["no_terminal_punctuation"], counts["too_few_words"], counts["sentences"]) == (2, 0, 3)


def test_flags_condemn_the_document_and_keep_the_line() -> None:
    (edited,), (counts,) = edit(WITHOUT, "Lorem IPSUM dolor sit.\nif (x) { return; }")
    assert edited == "Lorem IPSUM dolor sit.\nif (x) { return; }"
    assert counts["lorem_ipsum"] is True
    assert counts["curly_bracket"] is True


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_texts_are_edited_to_no_more_than_they_were(name: str) -> None:
    (edited,), (counts,) = edit(WITHOUT, HOSTILE[name])
    assert len(edited) <= len(HOSTILE[name])
    removed = ("too_long_word", "no_terminal_punctuation", "too_few_words", "javascript", "policy")
    assert sum(counts[reason] for reason in removed) <= counts["lines"] == len(HOSTILE[name].splitlines())
