"""Fingerprints: equal ones mean that a stage would write the same table again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any


def fingerprint(facts: Mapping[str, Any]) -> str:
    """SHA-256 hex of facts as canonical JSON (sorted keys, no spaces)."""
    text = json.dumps(facts, sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.sha256(text.encode()).hexdigest()


@cache
def code_version() -> str:
    """Digest of lakesift's own source files: a changed operator makes its stages run again."""
    folder = Path(__file__).parents[1]
    digest = hashlib.sha256()
    for file in sorted(folder.rglob("*.py")):
        if file.relative_to(folder).parts[0] not in NOT_OPERATORS:
            digest.update(file.relative_to(folder).as_posix().encode())
            digest.update(file.read_bytes())
    return digest.hexdigest()[:16]


NOT_OPERATORS = frozenset(
    {
        "reporting",
        "sample",
        "cli.py",
        "demo.py",
        "doctor.py",
        "export.py",
        "shards.py",
        "tracking.py",
        "mlflow_runs.py",
        "mlflow_thread.py",
        "scorer_registry.py",
    }
)
