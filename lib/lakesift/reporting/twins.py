"""Show a dropped document beside the kept one, with what differs marked."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any, Final, Literal

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from lakesift.reporting.frames import Tables, small_rows

Mark = Literal["both", "dropped", "kept", "gap"]

COMPARED_CHARACTERS: Final = 4_000
"""Of each text; comparing takes time in proportion to the square of its words."""
_CONTEXT_WORDS: Final = 8
_WORDS: Final = re.compile(r"\S+\s*|\s+")


@dataclass(frozen=True)
class Piece:
    """A piece of two texts side by side: in both, in one, or left out between."""

    mark: Mark
    text: str


@dataclass(frozen=True)
class Twins:
    """A dropped document and its keeper."""

    doc_id: str
    keeper_id: str
    url: str
    keeper_url: str
    similarity: float | None
    pieces: tuple[Piece, ...]


def examples(tables: Tables, twins: DataFrame, listed: int) -> list[Twins]:
    """Return the least similar document of each large cluster beside its keeper.

    Args:
        tables: uses `documents`.
        twins: rows of a table of duplicates.
        listed: how many clusters.
    """
    if "documents" not in tables:
        return []
    dropped = twins.where("doc_id <> keeper_id")
    least = F.struct(F.coalesce("similarity", F.lit(1.0)).alias("order"), "doc_id", "keeper_id", "similarity")
    clusters = dropped.groupBy("cluster_id").agg(F.count("*").alias("size"), F.min(least).alias("pair"))
    chosen = clusters.orderBy(F.desc("size"), "cluster_id").limit(listed).select("size", "cluster_id", "pair.*")
    rows = small_rows(_with_texts(chosen, tables["documents"]))
    rows.sort(key=lambda row: (-row["size"], row["cluster_id"]))
    return [_twins(row) for row in rows]


def _with_texts(chosen: DataFrame, documents: DataFrame) -> DataFrame:
    shown = documents.select("doc_id", "url", F.substring("text", 1, COMPARED_CHARACTERS).alias("text"))
    kept = shown.toDF("keeper_id", "keeper_url", "keeper_text")
    return shown.join(F.broadcast(chosen), "doc_id").join(kept, "keeper_id")


def _twins(row: dict[str, Any]) -> Twins:
    pieces = tuple(pieces_of(row["text"], row["keeper_text"]))
    urls = row["url"] or row["doc_id"], row["keeper_url"] or row["keeper_id"]
    return Twins(row["doc_id"], row["keeper_id"], *urls, row["similarity"], pieces)


def pieces_of(dropped: str, kept: str) -> list[Piece]:
    """Return two texts as one sequence of pieces, long common stretches shortened."""
    old, new = _WORDS.findall(dropped), _WORDS.findall(kept)
    pieces: list[Piece] = []
    operations = SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    for place, (kind, i, j, k, m) in enumerate(operations):
        if kind == "equal":
            pieces += _context(old[i:j], is_first=place == 0, is_last=place == len(operations) - 1)
            continue
        if j > i:
            pieces.append(Piece("dropped", "".join(old[i:j])))
        if m > k:
            pieces.append(Piece("kept", "".join(new[k:m])))
    return pieces


def _context(words: Sequence[str], is_first: bool, is_last: bool) -> list[Piece]:
    before = 0 if is_first else _CONTEXT_WORDS
    after = 0 if is_last else _CONTEXT_WORDS
    if len(words) <= before + after:
        return [Piece("both", "".join(words))]
    shown = [Piece("both", "".join(words[:before]))] if before else []
    shown.append(Piece("gap", ""))
    return shown + ([Piece("both", "".join(words[-after:]))] if after else [])
