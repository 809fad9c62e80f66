"""NeMo's boilerplate paragraphs: its rule restated, with the phrases as it has them."""

from __future__ import annotations

from itertools import pairwise

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lakesift.text.edits import EDITS
from lakesift.text.kernels.buffers import buffers_of
from text.edits.edited import edited
from text.strange import HOSTILE, texts

NAME = "boilerplate_paragraphs@nemo"
SHORT = [
    "terms of use",
    "privacy policy",
    "cookie policy",
    "uses cookies",
    "privacy overview",
    "use of cookies",
    "use cookies",
]
SHORT += ["privacy & cookies policy", "privacy and cookies policy"]
LONG = "Necessary cookies are absolutely essential for the website to function properly. This category only includes cookies that ensures basic functionalities and security features of the website. These cookies do not store any personal information."
PARAGRAPHS = [
    *SHORT,
    LONG,
    LONG[:-1],
    "See our PRIVACY policy.",
    "We use cooKies",
    "Plain.",
    "Plain.",
    "One\nTwo",
    "",
    "\n",
    "cookie",
    "Lorem Ipsum",
]
pages = st.lists(st.one_of(st.sampled_from(PARAGRAPHS[:-1]), st.sampled_from(PARAGRAPHS), texts), max_size=6).map(
    "\n\n".join
)


def plain(text: str) -> str:
    paragraphs = text.split("\n\n")
    marked = []
    for n, paragraph in enumerate(paragraphs):
        low = paragraph.strip().lower()
        if "lorem ipsum" in low:
            return ""
        if any(phrase in low for phrase in [*SHORT, LONG.lower()]):
            marked.append(n)
    if not marked or len(marked) == len(paragraphs):
        return text
    is_contiguous = all(a + 1 == b for a, b in pairwise(marked))
    if is_contiguous and (marked[0] == 0 or marked[-1] == len(paragraphs) - 1):
        return "\n\n".join(p for n, p in enumerate(paragraphs) if n not in marked)
    return text


@settings(max_examples=500)
@given(st.lists(pages, max_size=4))
def test_the_edit_is_that_of_the_rule(each: list[str]) -> None:
    after, counts = edited(NAME, *each)
    assert after == [plain(text) for text in each]
    for text, count in zip(each, counts, strict=True):
        assert count["lorem_ipsum"] == ("lorem ipsum" in text.lower())
        assert count["paragraphs"] in (0, count["with_phrase"])


@pytest.mark.parametrize("phrase", [*SHORT, LONG])
def test_every_phrase_is_found(phrase: str) -> None:
    after, (counts,) = (
        edited(NAME, f"Text.\n\nMore.\n\nRead the {phrase.upper()} now", f"A.\n\n{phrase}\n\nB.")[0],
        edited(NAME, f"A.\n\nx {phrase}")[1],
    )
    assert after == ["Text.\n\nMore.", f"A.\n\n{phrase}\n\nB."]
    assert counts == {"paragraphs": 1, "with_phrase": 1, "lorem_ipsum": False}


def test_both_ends_at_once_stay_as_in_the_code() -> None:
    page = "Privacy policy\n\nText.\n\nTerms of use"
    assert edited(NAME, page)[0] == [page]


@settings(max_examples=100)
@given(pages)
def test_a_second_time_changes_nothing(text: str) -> None:
    (once,), _ = edited(NAME, text)
    assert edited(NAME, once)[0] == [once]


@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_texts_are_edited(hostile: str) -> None:
    assert edited(NAME, HOSTILE[hostile])[0] == [plain(HOSTILE[hostile])]


def test_texts_that_stay_are_the_same_buffers() -> None:
    buffers = buffers_of(pa.array(["Lorem ipsum", "We use cookies.", ""]).slice(1))
    assert EDITS[NAME].apply(buffers)[0] is buffers
