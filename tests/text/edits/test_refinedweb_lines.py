"""RefinedWeb's line rules: DCLM's own test cases, and the rules one after another in plain Python."""

from __future__ import annotations

import re
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lakesift.text.edits import EDITS
from lakesift.text.kernels.buffers import array_of, buffers_of
from text.edits.edited import edited
from text.real_text import real_texts
from text.strange import HOSTILE, PIECES

NAME = "refinedweb_lines@dclm"
THINGS = [
    "likes",
    "shares",
    "comments",
    "retweets",
    "reposts",
    "quotes",
    "bookmarks",
    "upvotes",
    "downvotes",
    "downloads",
    "views",
    "followers",
]
COUNTER = re.compile(rf"\W*\d[,.\d]*[kmb]?\s+(?:{'|'.join(THINGS)})\W*")
SPACES = "".join(character for character in map(chr, range(0x110000)) if character.isspace())
# The letters are folded for ASCII only, while white space is Unicode's.
PHRASES = {
    "items_in_cart": re.compile(f"[{SPACES}]?items in cart", re.I | re.A),
    "read_more": re.compile(f"[{SPACES}]?read more...$", re.I | re.A),
    "sign_in": re.compile(f"^sign-in[{SPACES}]?", re.I | re.A),
}
LINES = [
    "3 likes",
    "3,000 Views!",
    "12K  shares",
    "5.1M followers x",
    "12345",
    "١٢",
    "HELLO World",
    "HELLO WORLD",
    "Hi",
    "",
    " ",
    "\t",
]
LINES += [
    "You have 7 items in cart right now",
    "items in cart",
    "  Items In Cart items in cart ",
    "Please read more...",
    "read more…ab",
    "Sign-in",
    "sign-in\u2003here now",
    "a b read more..",
    "one two three four five six seven eight nine ten sign-in items in cart",
]
some_line = st.one_of(
    st.sampled_from(LINES), st.lists(st.sampled_from([*PIECES, " ", " ", "A", "B"]), max_size=8).map("".join)
)
pages = st.lists(some_line, max_size=12).map("\n".join)


def lowered(text: str) -> str:
    return re.sub("[A-Z]", lambda c: c[0].lower(), text)


def words_of(text: str) -> int:
    return sum(word[0].isalnum() for word in re.split("[ \n\r\t\v\f\0]+", text) if word)


def plain(text: str) -> tuple[str, dict[str, float]]:
    counts: dict[str, float] = dict.fromkeys(EDITS[NAME].columns, 0)
    counts["lines"], before = len(text.split("\n")), words_of(text)
    whole = {
        "uppercase": lambda line: sum(map(str.isupper, line)) / len(line) > 0.5,
        "numeric": lambda line: sum(map(str.isdigit, line)) / len(line) > 0.999999,
        "counter": lambda line: COUNTER.fullmatch(lowered(line)),
        "too_few_words": lambda line: len(line.split()) < 2,
    }
    for reason, is_removed in whole.items():
        lines = text.split("\n")
        kept = [line for line in lines if not line or not is_removed(line)]
        counts[reason] += len(lines) - len(kept)
        text = "\n".join(kept) if reason == "too_few_words" else "\n".join(kept).strip()
    for reason, pattern in PHRASES.items():
        kept = []
        for line in text.split("\n"):
            if line and len(line.split()) <= 10:
                line, removed = pattern.subn("", line)
                counts[reason] += removed
                if not line.strip():
                    counts["emptied"] += 1
                    continue
            kept.append(line)
        text = "\n".join(kept).strip()
    counts["words_before"], counts["words_removed"] = before, before - words_of(text)
    counts["removed_ratio"] = counts["words_removed"] / max(before, 1)
    return text, counts


@settings(max_examples=300)
@given(st.lists(pages, max_size=3))
def test_kernel_equals_plain_editing(each: list[str]) -> None:
    texts, counts = edited(NAME, *each)
    assert list(zip(texts, counts, strict=True)) == [plain(text) for text in each]


@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_texts_are_edited(hostile: str) -> None:
    (text,), (counts,) = edited(NAME, HOSTILE[hostile])
    assert (text, counts) == plain(HOSTILE[hostile])


def test_real_pages_are_edited_as_plainly(shared_data: Path) -> None:
    pages = real_texts(shared_data)[:60]
    texts, counts = edited(NAME, *pages)
    assert list(zip(texts, counts, strict=True)) == [plain(page) for page in pages]
    assert sum(count["words_removed"] for count in counts) > 0


def test_words_are_those_that_fasttext_finds() -> None:
    fasttext = pytest.importorskip("fasttext")
    for text in ["a b\u00a0c\n#d 'e\x00f", "\u0660 _x é. </s> 日本", "", "\n\n a"]:
        words = [word for word in fasttext.tokenize(text) if word[0].isalnum()]
        assert edited(NAME, text)[1][0]["words_before"] == len(words)


# mlfoundations/dclm 361714b, tests/baselines/mappers/modifiers/test_modifiers.py; lines that only a later rule would remove
# have been given a second word.
@pytest.mark.parametrize(
    ("text", "expected", "reason", "count"),
    [
        *(
            (
                f"3 {thing}\n3,000 {thing}\n123K {thing}!\n 5.1M   {thing}  \nThis line does not contain a counter.",
                "This line does not contain a counter.",
                "counter",
                4,
            )
            for thing in THINGS
        ),
        (
            "123K quotes\n\nHello, World.\n\nHello, World with 3 views.\n3 views",
            "Hello, World.\n\nHello, World with 3 views.",
            "counter",
            2,
        ),
        ("12345 a\n12345", "12345 a", "numeric", 1),
        ("HELLO WORLD\n\nhello world\nHello, World", "hello world\nHello, World", "uppercase", 1),
        ("Short line\n\na b\nHi", "Short line\n\na b\n", "too_few_words", 1),
        (
            "You have 7 items in cart right now\n  items in cart  \nYou have 7 items in cart right now but you can add more by clicking back onto the homepage.",
            "You have 7 right now\nYou have 7 items in cart right now but you can add more by clicking back onto the homepage.",
            "items_in_cart",
            2,
        ),
        (
            "sign-in for full access\nThis is an article about how to sign-in.\n\nsign-in at this page by providing your username and password. If you forget your password you may contact a site administrator.",
            "for full access\nThis is an article about how to sign-in.\n\nsign-in at this page by providing your username and password. If you forget your password you may contact a site administrator.",
            "sign_in",
            1,
        ),
        (
            "Please read more...\n  read more...\nRead more...and find out!",
            "Please\nRead more...and find out!",
            "read_more",
            2,
        ),
    ],
)
def test_pages_of_dclm_become_what_they_become_there(text: str, expected: str, reason: str, count: int) -> None:
    (after,), (counts,) = edited(NAME, text)
    assert after == expected.strip()
    assert counts[reason] == count


def test_a_second_time_can_remove_what_the_first_laid_bare() -> None:
    (once,), _ = edited(NAME, "Please read more...\nA line that stays where it is")
    assert once.startswith("Please\n")
    assert edited(NAME, once)[0] == ["A line that stays where it is"]


def test_texts_that_stay_are_the_same_buffers() -> None:
    buffers = buffers_of(pa.array(["cut OFF", "One line here.\n\nAnd one there.", ""]).slice(1))
    assert EDITS[NAME].apply(buffers)[0] is buffers
    broken = buffers_of(pa.array(["a b \n\n c d"]))
    assert array_of(EDITS[NAME].apply(broken)[0]).to_pylist() == ["a b \n\n c d"]
