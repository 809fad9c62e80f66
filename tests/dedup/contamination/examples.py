"""Benchmarks, documents and what is found in them, without Spark."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

import pyarrow as pa

from lakesift.dedup.benchmarks.benchmark import Example
from lakesift.dedup.benchmarks.search import hit_batches, packed
from lakesift.dedup.benchmarks.settings import ContaminationSettings, DecontaminateSettings


def settings_for(method: str, **values: Any) -> ContaminationSettings:
    return ContaminationSettings.model_validate({"files": ["tests.jsonl"], "methods": [method], **values})


def benchmark(*texts: str) -> list[Example]:
    return [Example("exam", number, None, (text,)) for number, text in enumerate(texts)]


def hits_in(
    documents: Sequence[str], examples: Sequence[Example], settings: ContaminationSettings
) -> list[dict[str, Any]]:
    """Rows of `contamination`; documents are called 0, 1 and so on."""
    hashes = [hashlib.sha256(text.encode()).hexdigest() for text in documents]
    columns = {"doc_id": [str(number) for number in range(len(documents))], "content_hash": hashes, "text": documents}
    batch = pa.RecordBatch.from_pydict({name: pa.array(values, pa.string()) for name, values in columns.items()})
    return [row for found in hit_batches([batch], packed(examples), settings) for row in found.to_pylist()]


def janitor_settings(**values: int) -> DecontaminateSettings:
    return DecontaminateSettings(**values)
