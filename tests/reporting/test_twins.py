"""What differs between a duplicate and its keeper is marked, and nothing is lost but what both have."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyspark.sql import DataFrame

from lakesift.reporting.twins import examples, pieces_of
from reporting.invented_ledger import Rows

TEXTS = st.lists(st.sampled_from(["one ", "two ", "three\n", "four. "]), max_size=30).map("".join)


@given(TEXTS, TEXTS)
def test_the_pieces_of_each_side_are_its_text_but_for_the_gaps(dropped: str, kept: str) -> None:
    pieces = pieces_of(dropped, kept)
    for text, own in ((dropped, "dropped"), (kept, "kept")):
        shown = [re.escape(piece.text) if piece.mark in ("both", own) else "" for piece in pieces]
        gaps = [".*" if piece.mark == "gap" else "" for piece in pieces]
        assert re.fullmatch("".join(map("".join, zip(shown, gaps, strict=True))), text, re.DOTALL)


def test_a_changed_word_stands_between_its_neighbours() -> None:
    words = [f"w{at}" for at in range(40)]
    changed = [*words[:20], "new", *words[21:]]
    pieces = pieces_of(" ".join(words), " ".join(changed))
    assert [(piece.mark, piece.text.strip()) for piece in pieces] == [
        ("gap", ""),
        ("both", " ".join(words[12:20])),
        ("dropped", "w20"),
        ("kept", "new"),
        ("both", " ".join(words[21:29])),
        ("gap", ""),
    ]


@pytest.mark.spark
def test_the_least_similar_of_each_large_cluster_is_shown(tables: dict[str, DataFrame], rows: Rows) -> None:
    shown = examples(tables, tables["duplicates"], 2)
    groups: dict[str, list[dict[str, object]]] = {}
    for row in rows["duplicates"]:
        if row["doc_id"] != row["keeper_id"]:
            groups.setdefault(row["cluster_id"], []).append(row)
    largest = sorted(groups.items(), key=lambda item: (-len(item[1]), item[0]))[:2]
    least = [min(group, key=lambda row: (row["similarity"], row["doc_id"])) for _, group in largest]
    assert [(twins.doc_id, twins.keeper_id) for twins in shown] == [(row["doc_id"], row["keeper_id"]) for row in least]
