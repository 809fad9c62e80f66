"""Each recipe conf/dedup_*.yml on one small corpus in which every kind of repetition is planted.

All measure what any of them needs, so that it is measured once. Crawl after crawl is in test_next_crawl.py.
"""

from __future__ import annotations

import json
import random
from dataclasses import dataclass
from pathlib import Path
from uuid import NAMESPACE_URL, uuid5

import pytest
from pyspark.sql import SparkSession

from lakesift.engine.runner import Run, run_recipe
from lakesift.lake.lake import Lake
from lakesift.recipe.recipe import Recipe
from lakesift.tracking.tracker import Tracker

pytestmark = [pytest.mark.spark, pytest.mark.slow]
CONF = Path(__file__).parents[2] / "conf"
WORDS = (
    *("harbour", "engine", "river", "market", "paper", "letter", "bridge", "winter", "garden", "window", "story"),
    *("teacher", "island", "morning", "forest", "kitchen", "mountain", "village", "doctor", "railway", "evening"),
    *("painter", "silver", "copper", "weather", "captain", "number", "journey", "sister", "question"),
)
PATTERNS = (
    "The {} of the {} was not what they had hoped for, and the {} said so.",
    "It has been said that a {} is of more use with the {} than without a {}.",
    "When they came to the {}, there was nothing of the {} to be seen but the {}.",
    "She went with the {} to that {} because the {} had to be there by then.",
)
MENU = "Read the letters of our readers and what the others have to say about it on this page."
QUOTE = (
    "In the words of the old captain, nobody who has seen the river in winter would build a house on its bank again."
)
COUNT = 12


def article(number: int) -> list[str]:
    draw = random.Random(number)
    return [draw.choice(PATTERNS).format(*draw.sample(WORDS, 3)) for _ in range(14)]


def texts() -> dict[str, str]:
    """By name: `copy` is text 0, `near` is text 1 with another word; 2 and 3 share a line, 4 and 5 a quotation in one."""
    found = {f"text{number}": article(number) for number in range(COUNT)}
    found["copy"], found["near"] = list(found["text0"]), list(found["text1"])
    found["near"][5] = found["near"][5].replace(" the ", " every ", 1)
    for number in (2, 3):
        found[f"text{number}"].insert(1, MENU)
    for number in (4, 5):
        found[f"text{number}"][3] += f" {QUOTE} And {number} of them agreed."
    return {name: "\n".join(lines) for name, lines in found.items()}


@dataclass
class Corpus:
    folder: Path
    lake: Lake

    def run(self, recipe: str, *overrides: str) -> Run:
        given = f"source={{documents: {self.folder / 'corpus.jsonl'}, url: url}}"
        steps = "documents.steps=[{signals: [gopher_quality@datatrove]}, {minhash: {preset: datatrove}}]"
        loaded = Recipe.load(CONF / f"dedup_{recipe}.yml", [given, steps, *overrides])
        return run_recipe(loaded, self.lake, tracker=Tracker.disabled())

    def published(self, run: Run) -> dict[str, str]:
        table = run.published[0].partition("@")[0]
        rows = self.lake.read(f"dataset_{table}", run.versions[f"dataset_{table}"]).select("provenance.url", "text")
        return {row["url"].rpartition("/")[2]: row["text"] for row in rows.collect()}


@pytest.fixture(scope="module")
def corpus(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    folder = tmp_path_factory.mktemp("dedup")
    rows = [
        {"id": str(uuid5(NAMESPACE_URL, name)), "url": f"https://a.example/{name}", "text": text}
        for name, text in texts().items()
    ]
    (folder / "corpus.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return Corpus(folder, Lake(str(folder / "lake"), spark))


def test_exact(corpus: Corpus) -> None:
    left = corpus.published(corpus.run("exact"))
    assert len(left) == len(texts()) - 1
    assert len({"text0", "copy"} & set(left)) == 1


def test_minhash(corpus: Corpus) -> None:
    left = corpus.published(corpus.run("minhash"))
    assert len(left) == len(texts()) - 2
    assert [len(pair & set(left)) for pair in ({"text0", "copy"}, {"text1", "near"})] == [1, 1]


def test_paragraphs(corpus: Corpus) -> None:
    run = corpus.run("paragraphs")
    left = corpus.published(run)
    assert run.sizes == {run.published[0]: len(left)}
    (stage,) = (stage for stage in run.stages if stage.stage == "repeated_paragraphs")
    assert stage.counts["documents_cut"] == sum(texts()[name] != text for name, text in left.items())
    assert stage.counts["bytes_cut"] == sum(len(texts()[name]) - len(text) for name, text in left.items())
    assert sorted(MENU in left[name] for name in ("text2", "text3")) == [False, True]
    assert left["text6"] == texts()["text6"]


def test_substrings(corpus: Corpus) -> None:
    left = corpus.published(corpus.run("substrings"))
    assert [QUOTE in left[name] for name in ("text4", "text5")] == [False, False]
    assert left["text6"] == texts()["text6"]


def test_soft(corpus: Corpus) -> None:
    run = corpus.run("soft", "commonness.segments=2")
    rows = corpus.lake.read("dataset_weighted", run.versions["dataset_weighted"]).select("provenance.url", "weight")
    weights = {row["url"].rpartition("/")[2]: row["weight"] for row in rows.collect()}
    assert set(weights) == set(texts())
    twice = {weights[name] for name in ("text0", "copy", "text1", "near")}
    assert twice == {min(weights.values())} != {max(weights.values())}


def test_decontaminate(corpus: Corpus) -> None:
    (corpus.folder / "benchmark.jsonl").write_text(json.dumps({"text": QUOTE}) + "\n", encoding="utf-8")
    run = corpus.run("decontaminate", f"contamination.files={corpus.folder / 'benchmark.jsonl'}")
    left = corpus.published(run)
    hit = corpus.lake.read("contamination", run.versions["contamination"]).select("doc_id").distinct().count()
    assert hit == 2
    assert not any(QUOTE in text for text in left.values())
    assert left["text6"] == texts()["text6"]


@pytest.mark.spark_nlp
def test_semantic(corpus: Corpus) -> None:
    pytest.importorskip("sparknlp", reason="needs the extra spark-nlp")
    run = corpus.run("semantic", "embed.doc2vec.dimensions=20", "semantic_clusters.clusters=2")
    left = corpus.published(run)
    assert [len(pair & set(left)) for pair in ({"text0", "copy"}, {"text1", "near"})] == [1, 1]
    twins = corpus.lake.read("semantic_duplicates", run.versions["semantic_duplicates"]).where("doc_id <> keeper_id")
    similarities = [row["similarity"] for row in twins.collect()]
    assert len(similarities) == len(texts()) - 1 - len(left)
    assert min(similarities) >= 1 - 0.001
    assert corpus.lake.read("embeddings", run.versions["embeddings"]).count() == len(texts()) - 1
