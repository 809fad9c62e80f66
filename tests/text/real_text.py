"""Real pages as text, for tests that compare a kernel with plain Python on them."""

from __future__ import annotations

import gzip
import json
from pathlib import Path


def real_texts(shared_data: Path) -> list[str]:
    """Article texts and labelled Common Crawl documents."""
    texts = []
    for path, key in (("web/gold_articles.jsonl.gz", "text"), ("quality/labelled_documents.jsonl.gz", "text")):
        with gzip.open(shared_data / path, "rt", encoding="utf-8") as lines:
            texts += [row[key] for row in map(json.loads, lines) if row.get(key)]
    return texts
