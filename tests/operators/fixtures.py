"""What operators need beside made-up rows to be run: settings, rules, models and files."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from pyspark.sql import SparkSession

from crawl.made_archives import COMPRESS, http, warc
from lakesift.crawl.ingest import IngestSettings, units
from lakesift.crawl.sources.listing import list_sources
from lakesift.crawl.sources.sources import UNIT_SCHEMA
from lakesift.dedup.contamination import contamination
from lakesift.documents.rules.rules import RuleSet
from lakesift.operators.registry import find
from lakesift.operators.samples import NOTICE, Row, sample_inputs, text_of
from lakesift.scorers.models.settings import FastTextSettings
from lakesift.scorers.scoring.scoring import Scorer
from lakesift.scorers.training.settings import ScorerTraining
from lakesift.scorers.training.training import train_model
from scorers.conftest import invented_rows


class Need(NamedTuple):
    """Inputs by parameter, settings as a recipe writes them (None: the example's), and what the engine gives."""

    inputs: Mapping[str, Any] = {}
    settings: Mapping[str, Any] | None = None
    scorers: tuple[Any, ...] = ()
    rule_sets: tuple[Any, ...] = ()


def _archives(spark: SparkSession, folder: Path) -> Need:
    html = '<html><body><h1>Page {0}</h1><p>{1}</p><img src="/{0}.png" alt="Picture"></body></html>'
    records = [warc(http(html.format(n, text_of(Row(n, n))).encode()), number=n) for n in range(9)]
    records += [warc(http(b"", "404 Not Found")), warc(b"junk", Content_Type="application/http")]
    (folder / "a.warc.gz").write_bytes(b"".join(map(COMPRESS["gzip"], records)))
    (folder / "b.warc").write_bytes(warc(b"", "warcinfo"))
    (folder / "c.warc.wet.gz").write_bytes(
        COMPRESS["gzip"](warc(b"Words", "conversion", Content_Type="text/plain", number=99))
    )
    shutil.copy(folder / "b.warc", folder / "gone.warc")
    settings = IngestSettings()
    found = units(list_sources([str(folder)], settings), settings)
    (folder / "gone.warc").unlink()
    return Need({"units": spark.createDataFrame(found, UNIT_SCHEMA)})


def _benchmark(spark: SparkSession, folder: Path) -> Need:
    """Two examples: what many texts have, and a part of one text."""
    examples = [NOTICE, " ".join(text_of(Row(4, 4)).split()[5:60])]
    (folder / "benchmark.jsonl").write_text("".join(json.dumps({"text": text}) + "\n" for text in examples))
    files = [{"path": str(folder / "benchmark.jsonl"), "task": "made_up"}]
    return Need(settings={"files": files, "methods": ["gpt3", "datatrove", "palm", "llama2"]})


def _found(spark: SparkSession, folder: Path) -> Need:
    """What `contamination` finds of the benchmark."""
    operator = find("contamination")
    settings = operator.settings.model_validate(_benchmark(spark, folder).settings)
    documents = sample_inputs(spark, operator, settings)["documents"]
    return Need({"contamination": contamination(documents, settings).localCheckpoint()})


def _rules(spark: SparkSession, folder: Path) -> Need:
    rules = {
        "short": {"drop_when": "coalesce(words, 0) < :least", "thresholds": {"least": 5}, "source": "made up"},
        "german": {"drop_when": "coalesce(language, '') = 'de'", "source": "made up"},
    }
    return Need(rule_sets=(RuleSet.model_validate({"name": "rules@made_up", "source": "made up", "rules": rules}),))


def _score_rules(spark: SparkSession, folder: Path) -> Need:
    rules = {"low": {"drop_when": "coalesce(scores['scores_1'], 1) < 0.4", "source": "made up"}}
    return Need(rule_sets=(RuleSet.model_validate({"name": "rules@made_up", "source": "made up", "rules": rules}),))


def _scorer(spark: SparkSession, folder: Path) -> Need:
    labelled = spark.createDataFrame(invented_rows(60), "doc_id string, text string, label int")
    training = ScorerTraining(name="quality", model=FastTextSettings(epochs=3, dimensions=4, learning_rate=0.5))
    train_model(labelled, training, folder / "model")
    return Need(scorers=(Scorer("quality", "1", folder / "model"),))


def _embeddings(spark: SparkSession, folder: Path) -> Need:
    """Given ones: encoders are in tests/dedup/semantic/test_embed.py, for they need Spark NLP and half a minute."""
    rows = [("doc-0000", [1.0, 0.5]), ("doc-0001", [0.0, 0.0]), ("doc-0002", None), ("other", [1.0, 1.0])]
    given = spark.createDataFrame(rows, "doc_id STRING, embedding ARRAY<DOUBLE>")
    return Need({"given": given}, {"given": {"path": "embeddings.parquet"}})


def _settings(**settings: Any) -> Callable[[SparkSession, Path], Need]:
    return lambda spark, folder: Need(settings=settings)


NEEDS: Mapping[str, Callable[[SparkSession, Path], Need]] = {
    "contamination": _benchmark,
    "decontaminate": _found,
    "embed": _embeddings,
    "entries": _settings(unigrams={"min_count": 2}, bigrams={"min_pmi": 0.3, "min_count": 2}),
    "ingest": _archives,
    "judge_examples": _found,
    "score": _scorer,
    "score_verdicts": _score_rules,
    "semantic_clusters": _settings(clusters=3),
    "verdicts": _rules,
}
"""By operator; the others are run on nothing but made-up rows, with the settings of their example."""

VARIANTS: tuple[tuple[str, Mapping[str, Any]], ...] = (
    ("count_entries", {"t": 2, "t_is_for": "language 1"}),
    ("documents", {"steps": [{"edit": "pii@datatrove"}, {"aside": [{"minhash": {}}]}]}),
    ("exact_duplicates", {"by": ["content", "url", "payload"], "keep": ["score", "oldest"], "within": "crawl"}),
    ("near_duplicates", {"against": ["web@1"]}),
    ("near_duplicates", {"min_similarity": 0.5, "verify": "jaccard", "keep": ["score", "newest"], "within": "crawl"}),
    ("prune_clusters", {"excluded": [1], "prototypes": {"kept_share": 0.5, "recluster": {"clusters": 2}}}),
    ("publish", {"dataset": "web", "min_score": 0.3, "without_sites": ["site-1.example"]}),
    ("repeated_paragraphs", {"method": "dolma_ngrams", "within": "crawl"}),
    ("repeated_substrings", {"unit": "words", "length": 10, "remove": "all_but_first"}),
)
"""Operators with settings that take another way, or other tables, than those of their example."""
