"""Promises of the model's file and its kernel."""

from __future__ import annotations

import math
import random
from pathlib import Path

import numpy as np
import pytest

from lakesift.extraction.block_model import BlockModel, ModelUnreadable, Pair
from lakesift.extraction.boosted_trees import ALL_NAMES, LEAF, MAX_LEAVES, Node, Trees, likelihood
from lakesift.extraction.feature_names import CONTEXT, NAMES
from lakesift.extraction.main_content import SHIPPED
from lakesift.shipped import conf_folder


def random_tree(draw: random.Random, leaves: int, names: tuple[str, ...]) -> tuple[Node, ...]:
    nodes: list[Node] = [("", draw.uniform(-1, 1), LEAF, LEAF)]
    for _ in range(leaves - 1):
        place = draw.choice([number for number, node in enumerate(nodes) if node[2] == LEAF])
        nodes[place] = (draw.choice(names), float(np.float32(draw.uniform(0, 1))), len(nodes), len(nodes) + 1)
        nodes += [("", draw.uniform(-1, 1), LEAF, LEAF) for _ in range(2)]
    return tuple(nodes)


def twin(model: Trees, row: dict[str, float]) -> float:
    odds = model.baseline
    for tree in model.trees:
        node = tree[0]
        while node[2] != LEAF:
            node = tree[node[3] if row[node[0]] > node[1] else node[2]]
        odds += node[1]
    return 1 / (1 + math.exp(-odds))


def random_trees(draw: random.Random, names: tuple[str, ...]) -> Trees:
    return Trees(draw.uniform(-1, 1), tuple(random_tree(draw, draw.randint(1, MAX_LEAVES), names) for _ in range(20)))


@pytest.mark.parametrize("seed", range(10))
def test_probabilities_are_those_of_following_each_tree(seed: int) -> None:
    model = random_trees(random.Random(seed), ALL_NAMES)
    rows = np.random.default_rng(seed).random((30, len(ALL_NAMES)), np.float32)
    expected = [twin(model, dict(zip(ALL_NAMES, map(float, row), strict=True))) for row in rows]
    assert likelihood(model.odds(np.ascontiguousarray(rows.T))) == pytest.approx(expected)


def test_a_model_is_read_as_it_was_written(tmp_path: Path) -> None:
    draw = random.Random(1)
    pairs = tuple(Pair(random_trees(draw, NAMES), random_trees(draw, ALL_NAMES)) for _ in range(2))
    model = BlockModel(pairs, {"pages": 1})
    model.write(tmp_path / "blocks.json")
    assert BlockModel.read(tmp_path / "blocks.json") == model


def written(first: str, second: str, version: int = 3) -> str:
    first, second = (f'{{"baseline": 0, "trees": [[["{name}", 1, 1, 2]]]}}' for name in (first, second))
    return f'{{"format": {version}, "record": {{}}, "pairs": [{{"first": {first}, "second": {second}}}]}}'


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{}",
        "[]",
        '{"format": 3, "record": {}, "pairs": []}',
        written("no_such", "chars"),
        written(CONTEXT[0], "chars"),
        written("chars", "chars", version=1),
    ],
)
def test_what_is_no_model_of_these_features_is_refused_with_the_next_step(tmp_path: Path, content: str) -> None:
    (tmp_path / "blocks.json").write_text(content)
    with pytest.raises(ModelUnreadable, match="lakesift extractor train"):
        BlockModel.read(tmp_path / "blocks.json")


def test_a_tree_with_more_leaves_than_a_mask_has_bits_is_refused(tmp_path: Path) -> None:
    draw = random.Random(2)
    large = Trees(0.0, (random_tree(draw, MAX_LEAVES + 1, NAMES),))
    BlockModel((Pair(random_trees(draw, NAMES), large),), {}).write(tmp_path / "blocks.json")
    with pytest.raises(ModelUnreadable, match="more than 32 leaves"):
        BlockModel.read(tmp_path / "blocks.json")


def test_the_shipped_model_says_what_it_was_trained_on() -> None:
    assert BlockModel.read(conf_folder() / SHIPPED).record["pages_with_gold_text"] == 92
