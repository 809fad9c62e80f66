from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from dedup.contamination.examples import hits_in, settings_for
from lakesift.dedup.benchmarks.benchmark import Example
from lakesift.dedup.benchmarks.settings import DecontaminateSettings
from lakesift.dedup.decontaminate import CONTAMINATED, decision
from text.strange import texts
from text.test_minhash import plainly_simplified

QUERY, LABEL = "alpha beta gamma delta epsilon", "zeta eta theta iota kappa"


def compute_ngrams(label: str, query: str, n: int, in_query: bool, overlap: bool) -> set[str]:
    """`compute_hashes` of datatrove 0.10.1, pipeline/decont/n_grams.py, without the hashes."""
    label_words, query_words = plainly_simplified(label), plainly_simplified(query)
    found = [label_words[k : k + n] for k in range(len(label_words) - n + 1)]
    if in_query:
        found += [query_words[k : k + n] for k in range(len(query_words) - n + 1)]
    if overlap:
        places = [i for i in range(n - 1) if len(query_words) >= n - 1 - i and len(label_words) >= i + 1]
        found += [query_words[-n + 1 + i :] + label_words[: i + 1] for i in places]
    return {" ".join(ngram) for ngram in found}


def found_in(text: str, label: str, query: str, n: int, in_query: bool = False, overlap: bool = True) -> set[str]:
    chosen = {"n_grams": n, "find_query_ngrams": in_query, "find_overlap_ngrams": overlap}
    hits = hits_in([text], [Example("exam", 0, query, (label,))], settings_for("datatrove", datatrove=chosen))
    for hit in hits:
        # The span is that of the words: what stands there says the same.
        inside = text.encode()[hit["start"] : hit["end"]].decode()
        assert " ".join(plainly_simplified(inside)) == hit["ngram"]
    return {hit["ngram"] for hit in hits}


def test_ngrams_of_the_label_and_across_query_and_label_are_found_and_those_of_the_query_when_asked() -> None:
    text = f"{QUERY} {LABEL}"
    across = {"gamma delta epsilon zeta", "delta epsilon zeta eta", "epsilon zeta eta theta"}
    label, query = (
        {"zeta eta theta iota", "eta theta iota kappa"},
        {
            "alpha beta gamma delta",
            "beta gamma delta epsilon",
        },
    )
    assert found_in(text, LABEL, QUERY, 4) == label | across
    assert found_in(text, LABEL, QUERY, 4, overlap=False) == label
    assert found_in(text, LABEL, QUERY, 4, in_query=True) == label | across | query
    assert found_in(text, LABEL, QUERY, 4, in_query=True, overlap=False) == label | query


def test_each_of_several_right_answers_follows_the_query() -> None:
    examples = [Example("exam", 7, QUERY, ("one", "two"))]
    chosen = settings_for("datatrove", datatrove={"n_grams": 3})
    hits = hits_in(["so delta epsilon two", "so delta epsilon one", "so one two"], examples, chosen)
    assert [(hit["doc_id"], hit["example"], hit["ngram"]) for hit in hits] == [
        ("0", 7, "delta epsilon two"),
        ("1", 7, "delta epsilon one"),
    ]


def test_one_hit_drops_the_document() -> None:
    assert decision(b"text", [], True, DecontaminateSettings())["reason"] == CONTAMINATED


@given(texts, texts, st.lists(texts, max_size=3), st.integers(1, 5), st.booleans(), st.booleans())
def test_what_is_found_is_what_datatrove_looks_for(
    label: str, query: str, more: list[str], n: int, in_query: bool, overlap: bool
) -> None:
    text = " ".join([*more, query, label])
    words = plainly_simplified(text)
    there = {" ".join(words[k : k + n]) for k in range(len(words) - n + 1)}
    wanted = compute_ngrams(label, query, n, in_query, overlap)
    assert found_in(text, label, query, n, in_query, overlap) == there & wanted
