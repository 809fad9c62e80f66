"""Each method against the plain program that it is defined by: one document after the other, with sets."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dedup.paragraphs.locally import texts_left
from lakesift.dedup.paragraphs.settings import (
    BffSettings,
    DolmaSettings,
    NgramSettings,
    RepeatedParagraphSettings,
    SentenceSettings,
)

Left = list[str | None]
SEEDS = st.integers(0, 2**32)
PUNCTUATION = "，。、„”“«»１」「《》´∶：？！（）；–—．～’…━〈〉【】％►"
LINES = st.text(st.sampled_from("aA1 é\t\x00—“Ⅷ٣İ😀"), max_size=4) | st.sampled_from(["x", "X", "x.", "1 2", "", " "])
LINE_TEXTS = st.lists(st.lists(LINES, max_size=5).map("\n".join), min_size=1, max_size=6)
WORDS = st.lists(st.sampled_from(["a", "b", "c"]), max_size=7).map(" ".join)
WORD_TEXTS = st.lists(st.lists(WORDS, max_size=5).map("\n".join), min_size=1, max_size=6)
SENTENCES = st.lists(st.sampled_from(["ab.", "ab cd.", "ef", "!", "GH"]), max_size=9).map(" ".join)


def left_or_none(text: str, left: str) -> str | None:
    return left if left == text or any(ord(character) > 32 for character in left) else None


def normalised(line: str) -> str:
    line = re.sub(r"\d", "0", line.strip().lower())
    return re.sub(f"[{PUNCTUATION}\x00-\x1f\x7f-\x9f]", "", line)


def cc_net(texts: list[str], two_pass: bool) -> Left:
    documents = [[normalised(line) for line in text.split("\n")] if text else [] for text in texts]
    often = Counter(key for keys in documents for key in set(keys))
    seen: set[str] = set()
    left: Left = []
    for text, keys in zip(texts, documents, strict=True):
        gone = {key for key in keys if often[key] > 1} if two_pass else set(seen)
        kept = []
        for line, key in zip(text.split("\n"), keys, strict=False):
            if key not in gone:
                kept.append(line)
            gone.add(key)
        seen |= set(keys)
        left.append(left_or_none(text, "\n".join(kept)))
    return left


def dolma(texts: list[str], skip_empty: bool) -> Left:
    seen: set[str] = set()
    left: Left = []
    for text in texts:
        kept = []
        for line in re.findall(r"[^\n]*\n|[^\n]+$|(?<=\n)$", text):
            paragraph = line.removesuffix("\n")
            if not (skip_empty and not paragraph.strip()) and paragraph in seen:
                continue
            seen.add(paragraph)
            kept.append(line)
        left.append(left_or_none(text, "".join(kept)))
    return left


def dolma_ngrams(texts: list[str], chosen: NgramSettings) -> Left:
    seen: set[tuple[str, ...] | str] = set()
    left: Left = []
    for text in texts:
        kept = []
        lines = text.split("\n") if text else []
        for number, paragraph in enumerate(lines):
            words, last, grams, known = paragraph.split(), 0, 0, 0
            for place in range(len(words) - chosen.ngram_length + 1):
                if last == 0 or place - last >= chosen.stride:
                    last, grams = place, grams + 1
                    gram = tuple(words[place : place + chosen.ngram_length])
                    known += gram in seen
                    seen.add(gram)
            if grams < 2 and not chosen.skip_short_paragraphs:
                share = float(paragraph in seen)
                seen.add(paragraph)
            else:
                share = known / grams if grams else 0.0
            if share < chosen.overlap_threshold:
                kept.append(paragraph + ("\n" if number + 1 < len(lines) else ""))
        left.append(left_or_none(text, "".join(kept)))
    return left


def bff(texts: list[str], chosen: BffSettings) -> Left:
    seen: set[tuple[str, ...]] = set()
    left: Left = []
    for text in texts:
        kept, total, known = [], 0, 0
        for paragraph in re.split(r"(?=\n)", text):
            words, size = paragraph.split(), chosen.max_ngram_size
            grams = [tuple(words[place : place + size]) for place in range(len(words) - size + 1)]
            if not grams and len(words) >= max(1, chosen.min_ngram_size):
                grams = [tuple(words)]
            own = sum(gram in seen for gram in grams)
            total, known = total + len(grams), known + own
            # Unlike BFF's, which forgets the n-grams of paragraphs that go.
            seen |= set(grams)
            if not (grams and own / len(grams) > chosen.filtering_threshold):
                kept.append(paragraph)
        is_whole = chosen.remove_type == "old_both" and total > 0 and known / total > chosen.filtering_threshold
        left.append(None if is_whole else left_or_none(text, "".join(kept)))
    return left


def sentence_spans(texts: list[str], chosen: SentenceSettings) -> Left:
    seen: set[str] = set()
    left: Left = []
    for text in texts:
        # spaCy's sentencizer: the next token that is no mark begins a sentence.
        sentences = re.findall(r"\s*[^.!]*[.! ]*[.!](?=\s|$)|\s*[^.!]+$", text)
        assert "".join(sentences) == text
        gone: set[int] = set()
        for first in range(len(sentences) - chosen.n_sentences + 1):
            parts = sentences[first : first + chosen.n_sentences]
            span = " ".join(" ".join(re.findall(r"\w+", part.lower())) for part in parts)
            if span.strip():
                if span in seen:
                    gone |= set(range(first, first + chosen.n_sentences))
                seen.add(span)
        kept = [sentence for number, sentence in enumerate(sentences) if number not in gone]
        words = sum(len(re.findall(r"\w+|[.!]", sentence)) for sentence in kept)
        rest = "".join(kept).lstrip() if gone else text
        few = gone and (words < chosen.min_doc_words or len(kept) < chosen.min_num_sentences)
        left.append(None if few or (gone and not kept) else rest)
    return left


def with_method(method: str, **more: object) -> RepeatedParagraphSettings:
    return RepeatedParagraphSettings.model_validate({"method": method, "parts": 3, **more})


def check(program: Callable[[], Left], texts: list[str], chosen: RepeatedParagraphSettings, seed: int) -> None:
    assert texts_left(texts, chosen, seed) == program()


@pytest.mark.parametrize("two_pass", [False, True])
@settings(max_examples=100)
@given(texts=LINE_TEXTS, seed=SEEDS)
def test_lines_as_cc_net_has_them(two_pass: bool, texts: list[str], seed: int) -> None:
    method = "cc_net_two_pass" if two_pass else "cc_net"
    check(lambda: cc_net(texts, two_pass), texts, with_method(method), seed)


@settings(max_examples=100)
@given(texts=LINE_TEXTS, seed=SEEDS, skip_empty=st.booleans())
def test_paragraphs_as_dolma_has_them(texts: list[str], seed: int, skip_empty: bool) -> None:
    chosen = with_method("dolma", dolma=DolmaSettings(skip_empty=skip_empty))
    check(lambda: dolma(texts, skip_empty), texts, chosen, seed)


NGRAMS = st.builds(
    NgramSettings,
    ngram_length=st.integers(2, 4),
    stride=st.integers(1, 3),
    overlap_threshold=st.sampled_from([0.25, 0.5, 2 / 3, 1.0]),
    skip_short_paragraphs=st.booleans(),
)


@settings(max_examples=100)
@given(texts=WORD_TEXTS, seed=SEEDS, chosen=NGRAMS)
def test_ngrams_of_paragraphs_as_dolma_has_them(texts: list[str], seed: int, chosen: NgramSettings) -> None:
    check(lambda: dolma_ngrams(texts, chosen), texts, with_method("dolma_ngrams", ngrams=chosen), seed)


BFFS = st.builds(
    lambda sizes, threshold, remove_type: BffSettings(
        min_ngram_size=min(sizes), max_ngram_size=max(sizes), filtering_threshold=threshold, remove_type=remove_type
    ),
    st.tuples(st.integers(1, 4), st.integers(1, 4)),
    st.sampled_from([0.0, 0.25, 0.5, 2 / 3, 0.8]),
    st.sampled_from(["paragraph", "old_both"]),
)


@settings(max_examples=100)
@given(texts=WORD_TEXTS, seed=SEEDS, chosen=BFFS)
def test_ngrams_of_paragraphs_as_bff_has_them(texts: list[str], seed: int, chosen: BffSettings) -> None:
    check(lambda: bff(texts, chosen), texts, with_method("bff", bff=chosen), seed)


SPANS = st.builds(
    SentenceSettings,
    n_sentences=st.integers(1, 3),
    min_doc_words=st.integers(0, 6),
    min_num_sentences=st.integers(0, 3),
)


@settings(max_examples=100)
@given(texts=st.lists(SENTENCES, min_size=1, max_size=5), seed=SEEDS, chosen=SPANS)
def test_spans_of_sentences_as_datatrove_has_them(texts: list[str], seed: int, chosen: SentenceSettings) -> None:
    check(lambda: sentence_spans(texts, chosen), texts, with_method("sentence_spans", sentences=chosen), seed)
