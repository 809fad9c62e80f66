from __future__ import annotations

import re
import string
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedup.contamination.examples import benchmark, hits_in, settings_for
from lakesift.dedup.benchmarks.settings import DecontaminateSettings
from lakesift.dedup.decontaminate import NO_CLEAN_SLICE, PARAGRAPH_BREAK, TOO_DIRTY, decision
from lakesift.operators.cuts import without
from text.strange import HOSTILE, texts

PUBLISHED = DecontaminateSettings()


def janitor(text: str, tests: list[str], n: int, settings: DecontaminateSettings) -> list[str] | None:
    """Janitor by its definition: the slices that are left; None for a text without a hit."""
    plain = str.maketrans(string.ascii_uppercase, string.ascii_lowercase, string.punctuation)
    words = [test.translate(plain).split() for test in tests]
    dirt = {" ".join(each[k : k + n]) for each in words for k in range(len(each) - n + 1)}
    found = list(re.finditer(r"\S+", text))
    windows = [found[k : k + n] for k in range(len(found) - n + 1)]
    dirty = [w for w in windows if " ".join(m[0] for m in w).translate(plain) in dirt]
    if len(dirty) > settings.too_dirty_cutoff:
        return []
    slices, behind, least = [], 0, settings.minimum_slice_length
    for window in dirty:
        start, end = window[0].start() - settings.window_to_remove, window[-1].end() - 1 + settings.window_to_remove
        slices += [text[behind:start]] if start - behind > least else []
        behind = min(len(text), end)
    return slices + ([text[behind + 1 :]] if behind < len(text) - least else []) if dirty else None


def cleaned(
    text: str, tests: list[str], n: int = 13, settings: DecontaminateSettings = PUBLISHED
) -> tuple[str | None, str | None]:
    """What is left of a text and why it is dropped; the text itself where nothing is found in it."""
    hits = hits_in([text], benchmark(*tests), settings_for("gpt3", gpt3={"ngram_n": n}))
    if not hits:
        return text, None
    data = text.encode()
    found = decision(data, [(hit["start"], hit["end"]) for hit in hits], False, settings)
    return (None if found["reason"] else without(text, found["spans"])), found["reason"]


WORDS = " ".join(f"test{letter}" for letter in string.ascii_lowercase[:13])
CLEAN = " ".join(f"clean{number}" for number in range(60))  # 470 characters


def test_a_text_without_a_hit_stays_even_if_it_is_short() -> None:
    assert cleaned("Short.", [WORDS]) == ("Short.", None)


def test_two_hundred_characters_on_each_side_go() -> None:
    left, _ = cleaned(f"{CLEAN}\n{WORDS}\n{CLEAN}", [WORDS])
    assert left == f"{CLEAN}\n"[:-200] + PARAGRAPH_BREAK + f"\n{CLEAN}"[200:]


@pytest.mark.parametrize(("length", "stays"), [(400, False), (401, True)])
def test_a_slice_of_two_hundred_characters_goes_and_a_longer_one_stays(length: int, stays: bool) -> None:
    before = "x" * (length - 1) + " "
    left, reason = cleaned(before + WORDS, [WORDS])
    assert (left, reason) == ((before[:-200], None) if stays else (None, NO_CLEAN_SLICE))


def test_a_hit_at_the_very_start_or_end_leaves_no_paragraph_break() -> None:
    assert cleaned(f"{WORDS} {CLEAN}", [WORDS])[0] == f" {CLEAN}"[200:]
    assert cleaned(f"{CLEAN} {WORDS}", [WORDS])[0] == f"{CLEAN} "[:-200]


def test_case_and_punctuation_do_not_hide_a_hit_and_its_marks_go_with_it() -> None:
    loud = ", ".join(f'"{word.upper()}!"' for word in WORDS.split())
    assert cleaned(f"{CLEAN} {loud} {CLEAN}", [WORDS])[0] == f"{CLEAN} "[:-200] + PARAGRAPH_BREAK + f" {CLEAN}"[200:]


def test_twelve_words_of_an_example_are_no_hit() -> None:
    text = f"{CLEAN} {WORDS.rsplit(' ', 1)[0]} {CLEAN}"
    assert cleaned(text, [WORDS]) == (text, None)


def test_a_dash_of_its_own_parts_words_in_a_text_but_not_in_an_example() -> None:
    first, rest = WORDS.split(" ", 1)
    text = f"{CLEAN} {first} - {rest} {CLEAN}"
    assert cleaned(text, [WORDS]) == (text, None)
    assert cleaned(f"{CLEAN} {WORDS} {CLEAN}", [f"{first} - {rest}"])[0] != f"{CLEAN} {WORDS} {CLEAN}"


@pytest.mark.parametrize(("hits", "reason"), [(10, None), (11, TOO_DIRTY)])
def test_ten_hits_are_cut_and_eleven_drop_the_document(hits: int, reason: str | None) -> None:
    left, why = cleaned(f"{CLEAN} {CLEAN} {WORDS} " * hits + CLEAN, [WORDS])
    assert why == reason
    assert left is None or left.count(PARAGRAPH_BREAK) == 10


def test_each_overlapping_ngram_counts_as_a_hit() -> None:
    longer = " ".join(f"word{number}" for number in range(23))
    assert cleaned(f"{CLEAN} {longer} {CLEAN}", [longer])[1] == TOO_DIRTY
    assert cleaned(f"{CLEAN} {longer.rsplit(' ', 1)[0]} {CLEAN}", [longer])[1] is None


@given(st.data())
def test_what_is_left_is_what_janitor_leaves(data: st.DataObject) -> None:
    tests = data.draw(st.lists(texts, min_size=1, max_size=3))
    pieces = data.draw(st.lists(st.one_of(texts, st.sampled_from(tests)), max_size=6))
    text = data.draw(st.sampled_from([" ", "\n", " - ", ""])).join(pieces)
    n, window, cutoff, least = (data.draw(st.integers(low, high)) for low, high in ((1, 5), (0, 30), (0, 8), (0, 20)))
    settings = DecontaminateSettings(window_to_remove=window, too_dirty_cutoff=cutoff, minimum_slice_length=least)
    expected = janitor(text, tests, n, settings)
    left, _ = cleaned(text, tests, n, settings)
    if expected is None:
        assert left == text
    else:
        assert (left or "").replace(PARAGRAPH_BREAK, "") == "".join(expected).replace(PARAGRAPH_BREAK, "")
        assert (left is None) == ("".join(expected) == "")


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_texts_are_found_in_themselves(name: str) -> None:
    text = HOSTILE[name][:20_000]
    expected = janitor(text, [text], 3, PUBLISHED)
    assert cleaned(text, [text], 3)[0] == (text if expected is None else "".join(expected) or None)


def test_all_slices_lie_apart_and_inside_the_text() -> None:
    text = f"{CLEAN} {WORDS} " * 4
    hits = hits_in([text], benchmark(WORDS), settings_for("gpt3"))
    spans = decision(text.encode(), [(hit["start"], hit["end"]) for hit in hits], False, PUBLISHED)["spans"]
    assert isinstance(spans, list)
    assert all(left["end"] < right["start"] for left, right in pairwise(spans))
    assert spans[-1]["end"] == len(text)
