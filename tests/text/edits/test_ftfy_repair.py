"""ftfy's repair: what the package itself makes of the whole text, whatever the prefilter keeps from it."""

from __future__ import annotations

import sys
from pathlib import Path
from types import SimpleNamespace

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lakesift.errors import SetupError
from lakesift.text.edits import EDITS, ftfy_repair
from lakesift.text.kernels.buffers import buffers_of
from text.edits.edited import edited
from text.real_text import real_texts
from text.strange import HOSTILE, texts

ftfy = pytest.importorskip("ftfy")
NAME = "ftfy@ftfy"
PIECES = [
    "âœ” No",
    "Ã©",
    "â€™",
    "schÃ¶n",
    "Â ",
    "œ",
    "\n",
    "\r\n",
    "\r",
    "&amp;",
    "&eacute;",
    "<",
    "<b>",
    "’",
    "“x”",
    "\u02bc",
    "e\u0301",
    "ﬁ",
    "ＬＯ",
]
PIECES += [
    "\x85",
    "\x1b[31m",
    "\u2028",
    "中文。",
    "한",
    "ᄀ",
    "ᅡ",
    "\u09c7",
    "\u09be",
    "Ã",
    "à",
    "é",
    "€",
    "…",
    "a",
    " ",
    "\ufeff",
    "\x00",
    "°",
    "√±",
    "вЂ",
    "š",
    "\u0958",
]
pages = st.one_of(st.lists(st.sampled_from(PIECES), max_size=14).map("".join), texts, st.text(max_size=20))


@settings(max_examples=1500)
@given(st.lists(pages, max_size=3))
def test_the_edit_is_that_of_the_package(each: list[str]) -> None:
    assert edited(NAME, *each)[0] == [ftfy.fix_text(text) for text in each]


def test_real_pages_and_75_languages_become_what_the_package_makes_of_them(shared_data: Path) -> None:
    each = real_texts(shared_data)[:150]
    each += [path.read_text(encoding="utf-8")[:3000] for path in sorted((shared_data / "languages").glob("*.txt"))]
    assert edited(NAME, *each)[0] == [ftfy.fix_text(text) for text in each]


def test_every_character_alone_and_before_a_mark() -> None:
    some = [
        chr(point)
        for point in [*range(0x3100), *range(0xA000, 0xA100), *range(0xAC00, 0xAD00), *range(0xF900, 0x10000)]
    ]
    each = [f"a{character}b{character}\u0301’ {character}\u1161" for character in some]
    assert edited(NAME, *each)[0] == [ftfy.fix_text(text) for text in each]


# The README of ftfy 6.3
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("“Всё’ — це” ΑΒΓ’ œ’ ’œuvre", "\"Всё' — це\" ΑΒΓ' œ' 'œuvre"),
        ("âœ” No problems", "✔ No problems"),
        ("Broken text&hellip; it&#x2019;s ﬂubberiﬁc!", "Broken text… it's flubberific!"),
        ("ＬＯＵＤ　ＮＯＩＳＥＳ", "LOUD NOISES"),
        ("P&EACUTE;REZ", "PÉREZ"),
        ("<p>P&EACUTE;REZ</p>\nP&EACUTE;REZ", "<p>P&EACUTE;REZ</p>\nP&EACUTE;REZ"),
    ],
)
def test_texts_of_the_package_become_what_they_become_there(text: str, expected: str) -> None:
    assert edited(NAME, text)[0] == [expected]


def test_counts_the_lines_changed_and_those_with_mojibake() -> None:
    (_,), (counts,) = edited(NAME, "It’s\nschÃ¶n\nplain\nécole")
    assert counts == {"lines": 2, "mojibake": 1}


def test_lines_of_plain_ascii_and_of_other_scripts_are_never_asked_about() -> None:
    buffers = buffers_of(pa.array(["out ’", "Plain, 'quoted' (x) < y & z.\n\t中文和한국말, हैं", ""]).slice(1))
    rows = ftfy_repair.lines_to_mend(buffers.data, buffers.offsets, ftfy_repair.loaded().needs)
    assert len(rows) == 0
    assert EDITS[NAME].apply(buffers)[0] is buffers


@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_texts_are_edited(hostile: str) -> None:
    assert edited(NAME, HOSTILE[hostile])[0] == [ftfy.fix_text(HOSTILE[hostile])]


def test_bytes_that_are_not_utf8_stay_where_nothing_else_is_mended() -> None:
    broken = "ok\n\udcff x\n\udcff ’\n".encode(errors="surrogateescape")
    array = pa.StringArray.from_buffers(1, pa.array([0, len(broken)], pa.int32()).buffers()[1], pa.py_buffer(broken))
    after = EDITS[NAME].apply(buffers_of(array))[0].data.tobytes()
    assert after == b"ok\n\xff x\n" + "\ufffd '\n".encode()


LISTED = [
    chr(point)
    for point in range(0x80, 0x10000)
    if ftfy_repair.loaded().needs[point] in (ftfy_repair.TESTED, ftfy_repair.QUOTE)
]
GREEK_AND_CYRILLIC = [chr(point) for letters in ftfy_repair.PLAIN_LETTERS for point in letters]


@settings(max_examples=1500)
@given(
    st.lists(st.tuples(st.sampled_from(LISTED), st.text(st.characters(max_codepoint=0x7F), min_size=1, max_size=3))),
    st.text(st.sampled_from(GREEK_AND_CYRILLIC)),
)
def test_no_mojibake_is_seen_without_two_neighbours_beyond_ascii(pairs: list[tuple[str, str]], letters: str) -> None:
    assert not ftfy.badness.is_bad("".join(a + b for a, b in pairs) + letters)


def test_without_the_package_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ftfy", None)
    with pytest.raises(SetupError, match="pip install 'ftfy"):
        ftfy_repair.loaded.__wrapped__()
    monkeypatch.setitem(sys.modules, "ftfy", SimpleNamespace(__version__="6.4.0"))
    with pytest.raises(SetupError, match=r"not 6\.4\.0"):
        ftfy_repair.loaded.__wrapped__()
