"""Entries that occur in a caption: MetaCLIP's substring matching.

All entries are matched in one pass (Aho, Corasick 1975).
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache, partial

import pyarrow as pa
import pyspark.sql.functions as F
from ahocorasick_rs import AhoCorasick, Implementation
from pyspark.sql import Column, DataFrame

from lakesift.errors import StageError

MARKS = ",.;:?!`"
BREAKS = str.maketrans("\t\n\r", "   ")
SPACED_MARK = f" ([{MARKS}]) "
MATCHES = "pair_id STRING, language STRING, entries ARRAY<BIGINT>"


def spacing(text: str) -> str:
    """Return the text as entries are looked up in it, with added spaces.

    A space is added around the text and around each of , . ; : ? ! ` in it.

    Tabs and line ends become spaces. Letters keep their case and spaces are not put together, so "dog  park" does not
    have the entry "dog park" (facebookresearch/MetaCLIP, metaclip/metaclip1/substr_matching.py).
    """
    for mark in MARKS:
        text = text.replace(mark, f" {mark} ")
    return f" {text} ".translate(BREAKS)


def matchable(entry: Column) -> Column:
    """Return whether any text can have the entry.

    It is false for "U.S." or "St. Louis", because `spacing` splits them.

    An entry can be found if removing the spaces around its marks and running `spacing` again restores it.
    """
    spaced = F.concat(F.lit(" "), entry, F.lit(" "))
    joined = F.regexp_replace(spaced, SPACED_MARK, "$1")
    again = F.regexp_replace(joined, f"([{MARKS}])", " $1 ")
    return (again == spaced) & ~entry.rlike("[\t\n\r]")


def match_pairs(pairs: DataFrame, entries: Sequence[tuple[int, str]]) -> DataFrame:
    """Find the entries in every caption, overlapping ones too.

    An entry counts once however often it occurs.

    Args:
        pairs: pair_id, language, caption (not null).
        entries: entry_id and entry, no entry twice, none empty; they travel to the workers with the plan (about
            3 MB for 500,000), where each worker process builds the automaton once.

    Returns:
        pair_id, language, entries ARRAY<BIGINT>: the entry_ids in rising order, empty when there are none.

    Raises:
        StageError: an entry is empty or is there twice.
    """
    ids, strings = [number for number, _ in entries], [entry for _, entry in entries]
    if "" in strings or len(set(strings)) < len(strings):
        raise StageError(
            "an entry is empty or is there twice", where="entries", next_step="run the entries stage again"
        )
    payload = zlib.compress(json.dumps([ids, strings]).encode())
    return pairs.select("pair_id", "language", "caption").mapInArrow(partial(_match_batches, payload=payload), MATCHES)


def _match_batches(batches: Iterable[pa.RecordBatch], payload: bytes) -> Iterator[pa.RecordBatch]:
    automaton, ids = _automaton(payload)
    for batch in batches:
        found = [_found(automaton, ids, caption) for caption in batch.column("caption").to_pylist()]
        columns = [batch.column("pair_id"), batch.column("language"), pa.array(found, pa.list_(pa.int64()))]
        yield pa.RecordBatch.from_arrays(columns, ["pair_id", "language", "entries"])


def _found(automaton: AhoCorasick, ids: list[int], caption: str) -> list[int]:
    # Neighbouring entries share the space between them: without overlaps the second of them would be missed.
    matches = automaton.find_matches_as_indexes(spacing(caption), overlapping=True)
    return sorted({ids[index] for index, _, _ in matches})


@lru_cache(maxsize=1)
def _automaton(payload: bytes) -> tuple[AhoCorasick, list[int]]:
    ids, strings = json.loads(zlib.decompress(payload))
    patterns = [f" {entry} " for entry in strings]
    return AhoCorasick(patterns, implementation=Implementation.ContiguousNFA), ids
