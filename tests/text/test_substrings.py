"""Fixed strings are found where Python finds them, at any place and in any order of calls."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from lakesift.text.kernels.substrings import next_string, strings_of

STRINGS = ["abc", "abcd", "bca", " a b", "cab ", "№a", "aaa"]
texts = st.lists(st.sampled_from(["a", "b", "c", "d", "A", "B", " ", "№", "\x00"]), max_size=30).map("".join)


def found(text: str, strings: list[str], ignore_case: bool) -> list[str]:
    data = np.frombuffer(b"xx" + text.encode() + b"aaa", np.uint8)
    start, stop = 2, len(data) - 3
    prepared = strings_of(strings, ignore_case)
    at, names = start, []
    while True:
        at, string = next_string(data, at, start, stop, prepared)
        if string < 0:
            return names
        names.append(strings[string])


@settings(max_examples=300)
@given(texts, st.sampled_from(STRINGS), st.booleans())
def test_each_copy_of_one_string_is_found(text: str, string: str, ignore_case: bool) -> None:
    searched = text.lower() if ignore_case else text
    copies = sum(searched.startswith(string, place) for place in range(len(searched)))
    assert len(found(text, [string], ignore_case)) == copies


@settings(max_examples=300)
@given(texts)
def test_a_string_is_found_exactly_where_any_of_many_is_there(text: str) -> None:
    names = found(text, STRINGS, False)
    assert set(names) <= {string for string in STRINGS if string in text}
    assert bool(names) == any(string in text for string in STRINGS)
