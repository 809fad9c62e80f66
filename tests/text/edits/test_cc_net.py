"""cc_net's normalisation: its own test cases, and the definition in plain Python on any text."""

from __future__ import annotations

import re
import unicodedata

import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from lakesift.text.edits import EDITS
from lakesift.text.kernels.buffers import TextBuffers, array_of, buffers_of
from text.edits.edited import edited
from text.strange import HOSTILE, texts

NAME = "cc_net_normalise@cc_net"
# facebookresearch/cc_net bda555b, tests/test_normalizer.py (test_unicode_punct), and the one that it leaves out
FOREIGN = "，。、„”“«»１」「《》´∶：？！（）；–—．～’…━〈〉【】％►"
PLAIN = [*',.,""""""""""', "'", *"::?!();", "-", " - ", ". ", "~", "'", "...", *"-<>[]%", "-"]
PUNCTUATION = dict(zip(FOREIGN, PLAIN, strict=True))
any_text = st.one_of(
    texts,
    st.text(max_size=30),
    st.lists(st.sampled_from([*"ΣσAÉﬁǅİ각\u0301\u1b44\u302e𝅗𝅥٣²１", *FOREIGN]), max_size=12).map("".join),
)


def plain(text: str) -> str:
    line = text.strip().lower()
    line = "".join(c for c in unicodedata.normalize("NFD", line) if unicodedata.category(c) != "Mn")
    line = re.sub(r"\d", "0", line)
    line = "".join(PUNCTUATION.get(c, c) for c in line)
    return re.sub("[\x00-\x1f\x7f-\x9f]", "", line)


@settings(max_examples=500)
@given(st.lists(any_text, max_size=4))
@example(["ΑΣ", "ΑΣΑ", "a\u302e\u1b44b", "\x1c É \x85", "x" * 20])
def test_kernel_equals_the_definition(each: list[str]) -> None:
    assert edited(NAME, *each)[0] == [plain(text) for text in each]


def test_every_character_becomes_what_the_definition_says() -> None:
    every = [f"a{chr(point)}b" for point in range(0x110000) if not 0xD800 <= point < 0xE000]
    assert edited(NAME, *every)[0] == [plain(text) for text in every]


# tests/test_normalizer.py of the same; the fullwidth digit, which is among the marks there, is a digit first
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("０２３４５６７８９ | 0123456789", "000000000 | 0000000000"),
        (FOREIGN.replace("►", ""), "".join(PLAIN[:8]) + "0" + "".join(PLAIN[9:-1])),
        ("Hèllo\nWorld\x10", "helloworld"),
    ],
)
def test_texts_of_cc_net_become_what_they_become_there(text: str, expected: str) -> None:
    assert edited(NAME, text)[0] == [expected]


def test_what_was_changed_is_counted_by_its_kind() -> None:
    _, (counts,) = edited(NAME, "ABC é ÈÑ 120 «x»\n\t")
    assert counts == {"lower_case": 3, "accents": 3, "digits": 2, "punctuation": 2, "non_printing": 0}
    assert edited(NAME, "a\x00\nb")[1][0]["non_printing"] == 2


@settings(max_examples=200)
@given(any_text)
def test_a_second_time_changes_nothing_but_what_marks_put_at_the_ends(text: str) -> None:
    (once,), _ = edited(NAME, text)
    assert edited(NAME, once)[0] == [once.strip()]


def test_a_dash_is_not_the_same_twice() -> None:
    assert edited(NAME, "—")[0] == [" - "]
    assert edited(NAME, " - ")[0] == ["-"]


@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_texts_are_edited(hostile: str) -> None:
    assert edited(NAME, HOSTILE[hostile])[0] == [plain(HOSTILE[hostile])]


def test_texts_that_stay_are_the_same_buffers_and_broken_bytes_survive() -> None:
    buffers = buffers_of(pa.array(["Cut", "plain text (0)", ""]).slice(1))
    assert EDITS[NAME].apply(buffers)[0] is buffers
    broken = b"\xff \xc3A"
    array = pa.StringArray.from_buffers(1, pa.array([0, len(broken)], pa.int32()).buffers()[1], pa.py_buffer(broken))
    after: TextBuffers = EDITS[NAME].apply(buffers_of(array))[0]
    assert after.data.tobytes() == b"\xff \xc3a"
    assert len(array_of(after)) == 1
    broken = b"\xff\xce\xa3\xc3"
    array = pa.StringArray.from_buffers(1, pa.array([0, len(broken)], pa.int32()).buffers()[1], pa.py_buffer(broken))
    assert EDITS[NAME].apply(buffers_of(array))[0].data.tobytes() == b"\xff\xcf\x83\xc3"
