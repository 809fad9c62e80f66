from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Callable
from typing import Any

import hypothesis.strategies as st
import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from pyspark.sql import DataFrame, SparkSession

from lakesift.dedup.commonness import CommonnessSettings, commonness
from lakesift.dedup.shared.ngram_counts import COLUMNS, count_ngrams

Stage = Callable[[DataFrame, str], DataFrame]
MARKS = ("", "", "")


def ngrams_of(texts: list[str], longest: int = 1_000_000) -> list[dict[str, int]]:
    columns = [pa.array(range(len(texts)), pa.int64()), pa.array(texts, pa.string())]
    batch = pa.RecordBatch.from_arrays(columns, ["node", "text"])
    return [row for rows in count_ngrams([batch], longest) for row in rows.to_pylist()]


def four_grams(text: str) -> list[tuple[str, ...]]:
    words = (*MARKS, *text.split())
    return [words[end - 4 : end] for end in range(4, len(words) + 1)]


@settings(max_examples=60)
@given(st.lists(st.text("ab  \n\0é", max_size=30), min_size=1, max_size=5))
def test_hashes_tell_ngrams_and_their_parts_apart_as_the_words_do(texts: list[str]) -> None:
    found = ngrams_of(texts)
    expected = [(node, *each) for node, text in enumerate(texts) for each in Counter(four_grams(text)).items()]
    assert sorted((row["node"], row["occurrences"]) for row in found) == sorted((node, n) for node, _, n in expected)
    names: dict[Any, set[Any]] = defaultdict(set)
    for row in found:
        # Which words a row stands for: those of the text whose n-gram it can only be, by rows of that text alone.
        names[row["gram_4"]].add(tuple(row[column] for column in COLUMNS[1:-1]))
    assert all(len(parts) == 1 for parts in names.values())
    assert len(names) == len({grams for _, grams, _ in expected})
    for size in (1, 2, 3):
        assert len({row[f"gram_{size}"] for row in found}) == len({grams[-size:] for _, grams, _ in expected})
        contexts = {grams[-size - 1 : -1] for _, grams, _ in expected}
        assert len({row[f"context_{size + 1}"] for row in found}) == len(contexts)


def test_a_context_is_the_shorter_ngram_before_the_last_word() -> None:
    rows = ngrams_of(["a b c d e"])
    for size in (2, 3, 4):
        # All but the context of the first word, which is nothing but marks, and the n-gram at the end.
        contexts, grams = ({row[f"{kind}_{n}"] for row in rows} for kind, n in (("context", size), ("gram", size - 1)))
        assert len(contexts - grams) == len(grams - contexts) == 1


def test_only_so_many_words_of_a_text_are_read() -> None:
    assert sum(row["occurrences"] for row in ngrams_of(["a " * 50_000 + "b " * 50_000], 60_000)) == 60_000
    assert ngrams_of(["", " \n", "\u3000"]) == []


def probabilities(texts: list[str]) -> dict[tuple[str, ...], float]:
    """Interpolated Kneser-Ney in plain Python, by the definition: the probability of each 4-gram's last word."""
    counts = {4: Counter(gram for text in texts for gram in four_grams(text))}
    for size in (3, 2, 1):
        counts[size] = Counter(gram[1:] for gram in counts[size + 1])
    known = {gram: count / sum(counts[1].values()) for gram, count in counts[1].items()}
    for size in (2, 3, 4):
        times = Counter(counts[size].values())
        discount = times[1] / (times[1] + 2 * times[2]) if times[1] else 0.0
        total, followers = Counter(), Counter()
        for gram, count in counts[size].items():
            total[gram[:-1]] += count
            followers[gram[:-1]] += 1
        known = {
            gram: (count - discount + discount * followers[gram[:-1]] * known[gram[1:]]) / total[gram[:-1]]
            for gram, count in counts[size].items()
        }
    return known


@pytest.mark.spark
def test_weights_are_those_of_a_kneser_ney_model_of_the_corpus(spark: SparkSession, stage: Stage) -> None:
    draw = np.random.default_rng(11)
    words = [f"w{number}" for number in range(30)]
    texts = [" ".join(draw.choice(words[: draw.integers(3, 30)], size=draw.integers(1, 60))) for _ in range(23)]
    texts += ["one template on many pages, copied as it is"] * 5
    rows = [(f"{place:02d}", text) for place, text in enumerate([*texts, " ", ""])]
    documents = spark.createDataFrame(rows, "doc_id STRING, text STRING")
    found = {row.doc_id: row for row in commonness(documents, CommonnessSettings(segments=4), stage).collect()}
    known = probabilities(texts)
    means = []
    for place, text in enumerate(texts):
        logs = [math.log(known[gram]) for gram in four_grams(text)]
        means.append(sum(logs) / len(logs))
        assert found[f"{place:02d}"].commonness == pytest.approx(math.exp(means[-1]), rel=1e-6)
        assert found[f"{place:02d}"].tokens == len(logs)
    ids = sorted((f"{place:02d}" for place in range(len(texts))), key=lambda doc_id: found[doc_id].commonness)
    assert [found[doc_id].segment for doc_id in ids] == [4 * rank // 28 for rank in range(28)]
    segments = [[doc_id for doc_id in ids if found[doc_id].segment == number] for number in range(4)]
    inverses = [1 / math.exp(np.mean([means[int(doc_id)] for doc_id in members])) for members in segments]
    for members, inverse in zip(segments, inverses, strict=True):
        weight, *others = {found[doc_id].weight for doc_id in members}
        assert not others
        assert weight == pytest.approx(inverse * 4 / sum(inverses), rel=1e-6)
    # The template's pages are the most common and weigh least.
    assert {found[f"{place}"].segment for place in range(23, 28)} == {3}
    for place in (28, 29):
        assert (found[str(place)].weight, found[str(place)].commonness, found[str(place)].tokens) == (1.0, None, 0)
