"""MADLAD-400's questionable sentences: figures by hand, a plain implementation, hostile texts."""

from __future__ import annotations

import math
import re

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lakesift.text.kernels.buffers import buffers_of
from lakesift.text.signals import FAMILIES, measure
from lakesift.text.signals.madlad400 import CURSED
from lakesift.text.words import unicode_words
from text.strange import HOSTILE, PIECES, texts

NAME = "madlad400@datamap_rs"
# Unicode's White_Space as a class of regular expressions, which Rust's `\s` is.
WHITE = "\t-\r \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
WHITE_CHARACTERS = "".join(character for character in map(chr, range(0x3001)) if re.fullmatch(f"[{WHITE}]", character))
END = re.compile(rf"[.!?]+[{WHITE}]+")
PATTERNS = [
    re.compile(" ..." * 9),
    re.compile(" ...." * 9),
    re.compile(" [^ ]" * 9),
    re.compile(", ..,,? ..,,? ..,,? ..,,?"),
]
MORE = [
    *CURSED,
    " a" * 8,
    " a",
    " b c",
    " abc" * 8,
    " abcd" * 8,
    " abc",
    " abcd",
    ", ",
    "xy,",
    "xy,, ",
    "ab, ",
    "zz,",
    " 12",
]
sentences = st.lists(st.sampled_from(MORE + PIECES), max_size=40).map("".join)
spaced = st.text(" a\n,é", max_size=80)


def signals(text: str) -> dict[str, float]:
    row: dict[str, float] = measure(buffers_of(pa.array([text])), [NAME])[NAME].to_pylist()[0]
    return row


def first_letters(sentence: str) -> list[str]:
    words = unicode_words(buffers_of(pa.array([sentence])))
    starts = words.found["start"][: words.firsts[-1]]
    return [sentence.encode()[start:].decode()[0] for start in starts]


def failed_rules(sentence: str) -> set[int]:
    letters, size = first_letters(sentence), len(sentence.encode())
    technical = sum(character in "0123456789{}+/()>" for character in sentence)
    failed = {
        2: len(letters) >= 12 and sum(map(str.isupper, letters)) > len(letters) / 2,
        3: not 20 <= size <= 500,
        4: 5 * technical > size,
        5: any(curse in sentence for curse in CURSED) or any(pattern.search(sentence) for pattern in PATTERNS),
    }
    return {rule for rule, has_failed in failed.items() if has_failed}


def plain(text: str) -> dict[str, int]:
    found = [failed_rules(sentence) for sentence in END.split(text) if sentence.strip(WHITE_CHARACTERS)]
    counts = {f"rule_{rule}": sum(rule in failed for failed in found) for rule in (2, 3, 4, 5)}
    either = sum(bool(failed & {2, 5}) for failed in found)
    return {"sentences": len(found), **counts, "rule_2_or_5": either, "rule_2_to_5": sum(map(bool, found))}


def test_sentences_of_a_small_text() -> None:
    text = (
        "The First Twelve Words Of This Sentence Begin With Capitals, Nearly All Of Them. Too short! "
        "This one has nothing that is wrong with it... 0123456789 (0123) is technical? "
        "Please visit our Facebook page for more of this.Not a new sentence. S p a c e d o u t text is seen as well."
    )
    assert signals(text) == {
        "sentences": 6,
        "rule_2": 1,
        "rule_3": 1,
        "rule_4": 1,
        "rule_5": 2,
        "rule_2_or_5": 3,
        "rule_2_to_5": 5,
    }


@settings(max_examples=300)
@given(st.one_of(sentences, texts, spaced))
def test_kernel_equals_plain_counting(text: str) -> None:
    assert signals(text) == plain(text)


@pytest.mark.parametrize(
    "text", [" ...a" * 9, " a b" * 9, "x, ab, cd,, ef, gh,", "x, ab, cd,,, ef, gh,", " ab\n" * 9 + " ab"]
)
def test_regular_text_is_cursed_as_the_expressions_say(text: str) -> None:
    assert signals(text) == plain(text)


def test_a_pipe_at_the_end_is_not_cursed_where_the_list_is_read_as_written() -> None:
    assert signals("A sentence that ends in a pipe |")["rule_5"] == 0


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_texts_have_values(name: str) -> None:
    row = signals(HOSTILE[name])
    assert set(row) == set(FAMILIES[NAME].columns)
    assert all(math.isfinite(value) and 0 <= value <= row["sentences"] for value in row.values())
