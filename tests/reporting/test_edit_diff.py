"""The diff of an edit: what changed, where, in few and short lines, for any text."""

from __future__ import annotations

import difflib
import time

import pytest
from hypothesis import given, settings

from lakesift.documents.measuring.steps import EditStep, SignalsStep
from lakesift.reporting.edit_diff import MOST_CHARACTERS, MOST_LINES, edit_diffs
from lakesift.text.edits import EDITS
from text.strange import HOSTILE, texts

REPEATED, NEWLINES, PII = (
    EditStep(edit=name) for name in ("repeated_lines@lakesift", "collapse_newlines@dclm", "pii@datatrove")
)


def test_shows_per_edit_in_order_what_it_changed_in_what_the_one_before_left() -> None:
    text = "one\ntwo\none\n\n\n\nwrite to a@b.org\nend"
    repeated, newlines, pii = edit_diffs(
        text, [REPEATED, SignalsStep(signals=("gopher_quality@datatrove",)), NEWLINES, PII]
    )
    assert (repeated.edit, repeated.lines, repeated.more) == (
        "repeated_lines@lakesift",
        ("@@ -3 +2,0 @@", "-one"),
        False,
    )
    assert newlines.lines == ("@@ -4,2 +3,0 @@", "-", "-")
    assert pii.lines == ("@@ -4 +4 @@", "-write to a@b.org", "+write to email@example.com")
    assert pii.counted == {"emails": 1, "ipv4": 0}


def test_an_edit_that_changes_nothing_has_no_lines() -> None:
    (diff,) = edit_diffs("nothing here", [PII])
    assert (diff.lines, diff.more) == ((), False)


@settings(max_examples=150)
@given(texts)
def test_lines_are_those_of_a_unified_diff_without_context(text: str) -> None:
    for diff in edit_diffs(text, [EditStep(edit=name) for name in ("citations@c4", "repeated_lines@lakesift")]):
        assert len(diff.lines) <= MOST_LINES
        assert all(len(line) <= MOST_CHARACTERS + 1 and line.isprintable() for line in diff.lines)
    (diff,) = edit_diffs(text, [REPEATED])
    after = "\n".join(_without_repeats(text))
    expected = list(difflib.unified_diff(text.split("\n"), after.split("\n"), n=0, lineterm=""))[2:]
    assert bool(diff.lines) == bool(expected)
    assert sum(line.startswith("-") for line in diff.lines) == sum(line.startswith("-") for line in expected)


def _without_repeats(text: str) -> list[str]:
    lines = text.split("\n")
    return [line for n, line in enumerate(lines) if not line.strip() or line.strip() not in map(str.strip, lines[:n])]


def test_what_a_terminal_would_obey_is_escaped() -> None:
    (diff,) = edit_diffs("\x1b[31mred\u202e a@b.org\tx\r", [PII])
    assert diff.lines[1] == r"-\x1b[31mred\u202e a@b.org\tx\r"


def test_a_long_line_is_cut_to_where_it_changed() -> None:
    (diff,) = edit_diffs("x " * 3000 + "a@b.org" + " y" * 3000, [PII])
    _, before, after = diff.lines
    assert "a@b.org" in before
    assert "email@example.com" in after
    assert len(before) <= MOST_CHARACTERS + 1
    assert before.startswith("-…")
    assert before.endswith("…")


def test_many_changed_lines_are_capped_and_it_is_said() -> None:
    (diff,) = edit_diffs("\n".join(f"mail a{n}@b.org" for n in range(5000)), [PII])
    assert len(diff.lines) == MOST_LINES
    assert diff.more


@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_texts_take_little_time(hostile: str) -> None:
    start = time.process_time()
    for diff in edit_diffs(HOSTILE[hostile], [REPEATED, NEWLINES]):
        assert len(diff.lines) <= MOST_LINES
    assert time.process_time() - start < 20


def test_every_edit_can_be_shown() -> None:
    names = [name for name in EDITS if not name.endswith("@ftfy")]
    diffs = edit_diffs(
        "One LINE here.\nOne LINE here.\n\n\n\nSee http://a.com now[1].", [EditStep(edit=name) for name in names]
    )
    assert [diff.edit for diff in diffs] == names
