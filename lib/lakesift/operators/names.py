"""Names of a lake's tables that do not depend on a recipe."""

from __future__ import annotations

DATASET_PREFIX, PAIRS_PREFIX, INDEX_PREFIX, OUTCOMES_PREFIX = "dataset_", "dataset_pairs_", "index_", "outcomes_"
INGESTED = ("pages", "links")
LEDGER_TABLES = ("sources", "quarantine", "datasets", "runs", "funnel")
RESERVED = frozenset({*LEDGER_TABLES, *INGESTED})
"""Names that `as:` cannot give to a stage."""
RESERVED_PREFIXES = (DATASET_PREFIX, INDEX_PREFIX, OUTCOMES_PREFIX, "_")
