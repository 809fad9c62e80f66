from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from dedup.contamination.examples import benchmark, hits_in, settings_for

LETTERS = st.lists(st.sampled_from("abc"), max_size=30).map(" ".join)


def covered_by(hits: list[dict[str, object]], example: int) -> set[int]:
    mine = [(int(str(hit["first"])), int(str(hit["words"]))) for hit in hits if hit["example"] == example]
    return {word for first, words in mine for word in range(first, first + words)}


def matched(document: list[str], place: int, example: list[str], word: int, n: int, budget: int) -> int:
    """Words of the match that begins at two places: n equal ones, then at most `budget` that differ, an equal one at the end."""
    if document[place : place + n] != example[word : word + n] or len(example) < word + n or len(document) < place + n:
        return 0
    best, missed = n, 0
    for k in range(n, min(len(document) - place, len(example) - word)):
        missed += document[place + k] != example[word + k]
        if missed > budget:
            break
        best = k + 1 if document[place + k] == example[word + k] else best
    return best


def test_llama2_a_match_goes_on_over_four_words_that_differ_and_ends_with_an_equal_one() -> None:
    example = " ".join(f"w{n}" for n in "abcdefghijklmnopqrstuvwxy")  # 25 words
    words = example.split()
    for place in (10, 12, 14, 16):
        words[place] = "other"
    (hit, *others) = hits_in([" ".join(words)], benchmark(example), settings_for("llama2"))
    assert (hit["first"], hit["words"], hit["example_words"], others) == (0, 25, 25, [])
    words[18] = "other"
    (hit,) = hits_in([" ".join(words)], benchmark(example), settings_for("llama2"))
    assert hit["words"] == 18
    words[9] = "other"
    assert hits_in([" ".join(words)], benchmark(example), settings_for("llama2")) == []


@given(st.lists(LETTERS, min_size=1, max_size=3), st.lists(LETTERS, min_size=1, max_size=3), st.integers(0, 3))
def test_llama2_covers_the_words_of_every_match(documents: list[str], examples: list[str], budget: int) -> None:
    chosen = settings_for("llama2", llama2={"ngram_n": 4, "skip_budget": budget})
    hits = hits_in(documents, benchmark(*examples), chosen)
    for number, example in enumerate(examples):
        words, expected = example.split(), set()
        for document in map(str.split, documents):
            for place in range(len(document)):
                for word in range(len(words)):
                    size = matched(document, place, words, word, 4, budget)
                    expected |= set(range(word, word + size))
        assert covered_by(hits, number) == expected


@given(st.lists(LETTERS, min_size=1, max_size=3), st.lists(LETTERS, min_size=1, max_size=3))
def test_palm_names_each_ngram_of_each_example_that_a_document_has_once(
    documents: list[str], examples: list[str]
) -> None:
    hits = hits_in(documents, benchmark(*examples), settings_for("palm", palm={"ngram_n": 3}))
    found = [(int(hit["doc_id"]), hit["example"], hit["first"]) for hit in hits]
    expected = {
        (number, other, place)
        for number, document in enumerate(documents)
        for other, example in enumerate(examples)
        for place in range(len(example.split()) - 2)
        if f" {' '.join(example.split()[place : place + 3])} " in f" {document} "
    }
    assert set(found) == expected
    assert len(found) == len(expected)


def test_a_word_repeated_endlessly_gives_as_many_hits_as_allowed() -> None:
    text = "again " * 100_000
    for method in ("gpt3", "datatrove", "palm", "llama2"):
        hits = hits_in([text], benchmark(text), settings_for(method, max_hits=50, most_examples=3))
        assert 0 < len(hits) <= 150
