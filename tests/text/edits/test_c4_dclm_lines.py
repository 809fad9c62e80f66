"""C4's line rules as DCLM has them: its own test cases, a plain implementation, hostile texts."""

from __future__ import annotations

import re
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lakesift.text.edits import EDITS
from lakesift.text.kernels.buffers import TextBuffers, buffers_of
from lakesift.text.kernels.tokens import tokens_of
from text.edits.edited import edited
from text.plain_english import sentences_of
from text.real_text import real_texts
from text.strange import HOSTILE, texts

NAME = "c4_lines@dclm"
CITATION = re.compile(r"\[\d*]|\[edit]|\[citation needed]")
POLICY = ("terms of use", "privacy policy", "cookie policy", "uses cookies", "use of cookies", "use cookies")
LINES = [
    *("We use cookies here today ok.", "See our PRIVACY Policy on it now.", "Please enable JavaScript in it now."),
    *(
        "lorem Ipsum dolor sit amet now.",
        "a { b } c d e f.",
        "One two. Three four!  Five six\u2026",
        "and so it all goes...",
    ),
    *(
        "[1]",
        "  Fact [citation needed] is [edit] a fact.[12] ",
        "use[3] cookies by the dozen now.",
        "",
        " ",
        'He said it "once."',
    ),
]
pages = st.lists(st.one_of(texts, st.sampled_from(LINES)), max_size=8).map("\n".join)


def lowered(text: str) -> str:
    return re.sub("[A-Z]", lambda c: c[0].lower(), text)


def plain(text: str) -> tuple[str, dict[str, int]]:
    counts = dict.fromkeys(EDITS[NAME].columns, 0)
    counts["characters"] = len(text)
    counts["lines"] = len(text.split("\n"))

    def drop(reason: str, is_bad: object) -> bool:
        counts[reason] += bool(is_bad)
        return bool(is_bad)

    lines = [line for line in text.split("\n") if not drop("too_long_word", any(len(w) > 1000 for w in line.split()))]
    counts["citations"] = sum(len(CITATION.findall(line)) for line in lines)
    lines = CITATION.sub("", "\n".join(lines)).split("\n") if lines else []
    lines = [x for x in lines if not drop("no_terminal_punctuation", x and not re.search(r'[.!?"…]\s*$', x))]
    lines = [x for x in lines if not drop("ellipsis", re.search(r"(?:\.\.\.|…)\s*$", x))]
    lines = [x for x in lines if not drop("too_few_words", x and len(x.split()) < 5)]
    counts["lorem_ipsum"] = any("lorem ipsum" in lowered(x) for x in lines)
    lines = [x for x in lines if not drop("javascript", "javascript" in lowered(x))]
    counts["curly_bracket"] = any("{" in x for x in lines)
    lines = [x for x in lines if not drop("policy", any(phrase in lowered(x) for phrase in POLICY))]
    text = "\n".join(lines).strip()
    counts["sentences"] = sentences_of(text) if text else 0
    return text, counts


@settings(max_examples=250)
@given(st.lists(pages, max_size=3))
def test_kernel_equals_plain_editing(each: list[str]) -> None:
    edited_texts, counts = edited(NAME, *each)
    assert list(zip(edited_texts, counts, strict=True)) == [plain(text) for text in each]


@settings(max_examples=150)
@given(st.lists(pages, max_size=3))
def test_tokens_that_come_along_are_those_of_the_edited_text(each: list[str]) -> None:
    after, _ = EDITS[NAME].apply(buffers_of(pa.array(each, pa.string())))
    kept, fresh = tokens_of(after), tokens_of(TextBuffers(after.data, after.offsets))
    count = fresh.firsts[-1]
    assert kept.firsts.tolist() == fresh.firsts.tolist()
    for field in ("hash", "start", "stop", "size"):
        assert kept.found[field][:count].tolist() == fresh.found[field][:count].tolist()


@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_texts_are_edited(hostile: str) -> None:
    (text,), (counts,) = edited(NAME, HOSTILE[hostile])
    assert len(text) <= len(HOSTILE[hostile]) == counts["characters"]


def test_real_pages_are_edited_as_plainly(shared_data: Path) -> None:
    each = real_texts(shared_data)[:40]
    edited_texts, counts = edited(NAME, *each)
    assert list(zip(edited_texts, counts, strict=True)) == [plain(text) for text in each]


# mlfoundations/dclm 361714b, tests/baselines/mappers/modifiers/test_modifiers.py, each line with the words that it needs.
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            'A full stop it is.\nIs it a question now?\nWhat a loud line here!\n\n"This is a quotation here"\nEllipsis it is here, too... '
            "\nNothing is at the end\nWhite space is at last.  \nEllipsis it is as well\u2026",
            'A full stop it is.\nIs it a question now?\nWhat a loud line here!\n\n"This is a quotation here"\nWhite space is at last.',
        ),
        ("Two words.\n\na b c d.\n  There are just five words.", "There are just five words."),
        ("word " * 5 + "x" * 999 + ".\nword word word word " + "x" * 1000 + ".", "word " * 5 + "x" * 999 + "."),
        ("[edit]This is what a wiki citation looks like[134].", "This is what a wiki citation looks like."),
        ("JavaScript must be enabled right now.\n\nThis is no script at all.", "This is no script at all."),
    ],
)
def test_pages_of_dclm_become_what_they_become_there(text: str, expected: str) -> None:
    assert edited(NAME, text)[0] == [expected]


@settings(max_examples=100)
@given(pages)
def test_a_second_time_changes_nothing_but_citations_that_the_first_laid_bare(text: str) -> None:
    (once,), _ = edited(NAME, text)
    if not CITATION.search(once):
        assert edited(NAME, once)[0] == [once]
