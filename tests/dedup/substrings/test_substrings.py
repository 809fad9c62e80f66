"""Repeated substrings: every pass against a set of windows in plain Python, and the published worked examples."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from dedup.substrings.windows_locally import found_spans, plain_ranges, plain_starts
from lakesift.dedup.substrings import batches, grouping
from lakesift.dedup.substrings.settings import RepeatedSubstringSettings
from lakesift.errors import SetupError

REMOVALS = st.sampled_from(["all_copies", "all_but_first"])
# Pieces that are copied whole, cut off, joined and repeated: what random letters alone hardly ever give.
PIECES = st.sampled_from(
    ["a", "ab", "abc", "aaaaaaa", "abababab", "the quick brown fox", "over the lazy dog", "\x00", " "]
)
ASCII = st.lists(st.lists(PIECES | st.text("ab", max_size=9), max_size=9).map("".join), max_size=8)


def without(text: str, spans: list[tuple[int, int]]) -> str:
    data, left, place = text.encode(), b"", 0
    for start, end in spans:
        left, place = left + data[place:start], end
    return (left + data[place:]).decode()


@settings(max_examples=200)
@given(ASCII, st.integers(2, 12), REMOVALS, st.integers(1, 5), st.lists(st.integers(0, 3), min_size=8, max_size=8))
def test_spans_are_those_of_a_set_of_windows_whatever_the_partitions(
    texts: list[str], length: int, remove: str, parts: int, partition: list[int]
) -> None:
    chosen = RepeatedSubstringSettings(length=length, remove=remove, parts=parts)
    with pytest.MonkeyPatch.context() as patch:
        # Small enough for texts of this size to be divided as large ones are.
        patch.setattr(grouping, "LARGE_GROUP", 1 + partition[0])
        patch.setattr(batches, "BYTES_AT_ONCE", 30 * (1 + partition[1]))
        patch.setattr(batches, "ROWS_AT_ONCE", 1 + partition[2])
        spans, reasons = found_spans(texts, chosen, partition[: len(texts)])
    encoded = [text.encode() for text in texts]
    assert spans == [plain_ranges(starts, length) for starts in plain_starts(encoded, length, remove)]
    for text, cut, reason in zip(texts, spans, reasons, strict=True):
        is_nothing_left = bool(cut) and not re.search("[^\x00-\x20]", without(text, cut))
        assert reason == ("nothing_left" if is_nothing_left else None)


@settings(max_examples=100)
@given(
    st.lists(st.text("aé日😊", max_size=30), max_size=6),
    st.integers(2, 9),
    REMOVALS,
    st.lists(st.integers(0, 2), min_size=6),
)
def test_a_span_is_shortened_to_the_characters_that_lie_in_it_as_a_whole(
    texts: list[str], length: int, remove: str, partition: list[int]
) -> None:
    spans, _ = found_spans(texts, RepeatedSubstringSettings(length=length, remove=remove), partition[: len(texts)])
    encoded = [text.encode() for text in texts]
    for text, cut, starts in zip(texts, spans, plain_starts(encoded, length, remove), strict=True):
        borders = [len(text[:at].encode()) for at in range(len(text) + 1)]
        expected = [
            ([at for at in borders if at >= start], [at for at in borders if at <= end])
            for start, end in plain_ranges(starts, length)
        ]
        assert cut == [(after[0], before[-1]) for after, before in expected if after[0] < before[-1]]
        without(text, cut)


@settings(max_examples=100)
@given(
    st.lists(st.lists(st.sampled_from(["to", "be", "or", "not", "día", "\n"]), max_size=30), max_size=6),
    st.integers(2, 6),
    REMOVALS,
    st.lists(st.integers(0, 2), min_size=6),
)
def test_windows_of_words_are_compared_word_by_word_whatever_stands_between(
    texts: list[list[str]], length: int, remove: str, partition: list[int]
) -> None:
    joined = ["  ".join(words) for words in texts]
    chosen = RepeatedSubstringSettings(unit="words", length=length, remove=remove)
    spans, _ = found_spans(joined, chosen, partition[: len(texts)])
    for text, cut, starts in zip(
        joined, spans, plain_starts([tuple(text.split()) for text in joined], length, remove), strict=True
    ):
        words = [
            (len(text[: word.start()].encode()), len(text[: word.end()].encode())) for word in re.finditer(r"\S+", text)
        ]
        assert cut == [(words[first][0], words[last - 1][1]) for first, last in plain_ranges(starts, length)]


@pytest.mark.parametrize(
    ("text", "starts", "ranges", "left", "left_first"),
    [
        ("eabcdfgh.efabcdgh", 2, [(1, 5), (11, 15)], "efgh.efgh", "eabcdfgh.efgh"),
        ("abcdefgXabcdefgYcdefgh", 10, [(0, 7), (8, 15), (16, 21)], "XYh", "abcdefgXYh"),
    ],
)
def test_worked_examples_of_deduplicate_text_datasets(
    text: str, starts: int, ranges: list[tuple[int, int]], left: str, left_first: str
) -> None:
    assert len(plain_starts([text], 4)[0]) == starts
    spans, _ = found_spans([text], RepeatedSubstringSettings(length=4))
    assert (spans, without(text, spans[0])) == ([ranges], left)
    spans, _ = found_spans([text], RepeatedSubstringSettings(length=4, remove="all_but_first"))
    assert without(text, spans[0]) == left_first


def test_a_second_run_finds_what_the_cuts_of_the_first_have_joined() -> None:
    spans, _ = found_spans(["efgh.efgh"], RepeatedSubstringSettings(length=4))
    assert spans == [[(0, 4), (5, 9)]]


@pytest.mark.parametrize(("remove", "left"), [("all_copies", 0), ("all_but_first", 100)])
def test_one_byte_repeated_leaves_nothing_or_its_first_window(remove: str, left: int) -> None:
    spans, _ = found_spans(["a" * 3_000_000], RepeatedSubstringSettings(remove=remove))
    assert spans == [[(left, 3_000_000)]]


@pytest.mark.parametrize("texts", [[], [""], ["", "a", "\x00"], ["a" * 99]])
def test_texts_shorter_than_a_window_have_no_spans(texts: list[str]) -> None:
    assert found_spans(texts, RepeatedSubstringSettings())[0] == [[] for _ in texts]


@pytest.mark.parametrize(("remove", "first"), [("all_copies", [(0, 214)]), ("all_but_first", [])])
def test_copies_of_a_document_by_the_thousand_go_whole(remove: str, first: list[tuple[int, int]]) -> None:
    text = "".join(f"{number} bottles of beer, " for number in range(11)) + "wall"
    texts = [text] * 3000
    spans, reasons = found_spans(
        texts, RepeatedSubstringSettings(remove=remove), [number % 7 for number in range(3000)]
    )
    assert spans == [first] + [[(0, 214)]] * 2999
    assert reasons[1:] == ["nothing_left"] * 2999


def test_tokens_that_are_bytes_give_the_spans_of_bytes(tmp_path: Path) -> None:
    tokenizers = pytest.importorskip("tokenizers")
    letters = sorted(tokenizers.pre_tokenizers.ByteLevel.alphabet())
    model = tokenizers.models.BPE(vocab={letter: place for place, letter in enumerate(letters)}, merges=[])
    tokenizer = tokenizers.Tokenizer(model)
    tokenizer.pre_tokenizer = tokenizers.pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    tokenizer.save(str(tmp_path / "tokenizer.json"))
    texts = ["日本語 aé aé 😊😊😊", "", "xé aé ñ 日本語 a", "語 aé", "\U0001f60a\U0001f60b\U0001f60a\U0001f60b"]
    for length in range(2, 9):
        tokens = RepeatedSubstringSettings(unit="tokens", tokenizer=str(tmp_path / "tokenizer.json"), length=length)
        assert found_spans(texts, tokens) == found_spans(texts, RepeatedSubstringSettings(length=length))
    assert all(found_spans(texts, tokens)[0][place] for place in (0, 2))


def test_a_tokenizer_that_is_not_there_is_told() -> None:
    with pytest.raises(SetupError, match="tokenizer"):
        found_spans(["a"], RepeatedSubstringSettings(unit="tokens", tokenizer="/nowhere/tokenizer.json"))


def test_published_lengths() -> None:
    assert RepeatedSubstringSettings().window == 100
    assert RepeatedSubstringSettings(unit="words").window == 50


@pytest.mark.parametrize("wrong", [{"unit": "tokens"}, {"tokenizer": "t.json"}, {"length": 1}, {"remove": "some"}])
def test_settings_that_mean_nothing_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        RepeatedSubstringSettings(**wrong)
