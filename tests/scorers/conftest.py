"""Labelled documents for tests that do without real data."""

from __future__ import annotations

import random

import pytest
from pyspark.sql import DataFrame, SparkSession

COMMON = ["the", "of", "and", "to", "in", "is", "that", "for", "it", "on", "with", "as", "this", "are", "be", "at"]
GOOD = ["because", "therefore", "theorem", "evidence", "measure", "explains", "result", "example", "section", "study"]
POOR = ["click", "buy", "cheap", "login", "cookie", "subscribe", "deal", "sale", "menu", "share"]


def invented_rows(documents: int) -> list[tuple[str, str, int]]:
    """Texts of two kinds that share half of their words; lengths do not tell them apart."""
    draw = random.Random(5)
    rows = []
    for number in range(documents):
        label = number % 2
        words = [
            draw.choice(COMMON if draw.random() < 0.5 else (GOOD if label else POOR))
            for _ in range(draw.randint(20, 60))
        ]
        rows.append((f"doc-{number:04d}", " ".join(words), label))
    return rows


@pytest.fixture(scope="session")
def labelled(spark: SparkSession) -> DataFrame:
    """240 invented labelled documents: doc_id, text, label."""
    return spark.createDataFrame(invented_rows(240), "doc_id string, text string, label int")
