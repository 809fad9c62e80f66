"""The tables that data-prep-kit ships with its transforms: input texts and the values that it expects."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from conformance import ours
from conformance.comparing import Agreement, compare

ENRICHMENT = "enrichment@dpk"
READABILITY = "readability@textstat"
GNEISSWEB = "readability@gneissweb"
GRADE = "_grade"
"""textstat ends some names with it, data-prep-kit's columns do not."""


def agreements(folder: Path) -> Iterator[Agreement]:
    """Compare every value of the tables that a family of lakesift covers.

    Args:
        folder: with the tables, as data-prep-kit lays them out.
    """
    for file in sorted((folder / "language_enrichment" / "expected").glob("*.parquet")):
        yield from _compared(pq.read_table(file), "text", ENRICHMENT, f"language_enrichment/{file.name}", prefix="e_")
    for place in ("language_readability/expected", "language_readability/expected2"):
        yield from _compared(
            pq.read_table(folder / place / "readability-test.parquet"),
            "contents",
            READABILITY,
            place,
            suffix="_textstat",
        )
    for place in ("language_gneissweb_classification/expected/test_01", "universal_rep_removal/input/test1"):
        yield from _compared(pq.read_table(folder / f"{place}.parquet"), "text", GNEISSWEB, place, suffix="_textstat")


def _compared(
    table: pa.Table, text: str, family: str, place: str, prefix: str = "", suffix: str = ""
) -> Iterator[Agreement]:
    texts = table[text].to_pylist()
    documents = [f"row {at}" for at in range(len(texts))]
    for name, measured in ours.values(texts, family).items():
        forms = (f"{prefix}{name}{suffix}", f"{name.removesuffix(GRADE)}{suffix}", name)
        column = next((one for one in forms if one in table.column_names), None)
        if column is not None:
            yield compare(f"{family}.{name}, {place}", documents, measured, table[column].to_pylist())
