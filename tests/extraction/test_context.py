"""Promises of what the second model is told of the blocks around."""

from __future__ import annotations

import random

import numpy as np
import pytest
from resiliparse.parse.html import HTMLTree

from lakesift.extraction.context import context_of
from lakesift.extraction.feature_names import CONTEXT, NEAR, WINDOWS
from lakesift.extraction.walk import Walked, walk


def random_page(draw: random.Random) -> Walked:
    boxes = []
    for _ in range(draw.randint(1, 5)):
        texts = (" ".join(["word"] * draw.randint(1, 30)) for _ in range(draw.randint(1, 6)))
        boxes.append("".join(f"<p class={draw.choice('ab')}>{text}</p>" for text in texts))
    return walk(str(HTMLTree.parse("".join(f"<div><div>{box}</div></div>" for box in boxes))).encode())


def mean(pairs: list[tuple[float, float]], otherwise: float) -> float:
    return sum(p * w for p, w in pairs) / sum(w for _, w in pairs) if pairs else otherwise


def twin(walked: Walked, found: list[float], at: int) -> dict[str, float]:
    """The features of one block, from their names."""
    words = [float(block["words"]) + 0.5 for block in walked.blocks]
    own = [int(block["element"]) for block in walked.blocks]
    parents = [int(walked.elements["parent"][element]) for element in own]
    kin = {
        "path": [int(walked.elements["signature"][element]) for element in own],
        "parent": parents,
        "grandparent": [int(walked.elements["parent"][parent]) for parent in parents],
    }
    every = list(zip(found, words, strict=True))
    row = {"likely": found[at]}
    for by in NEAR:
        row[f"likely_{by:+d}"] = found[at + by] if 0 <= at + by < len(found) else -1
    for reach in WINDOWS:
        row[f"likely_{reach}_before"] = mean(every[max(at - reach, 0) : at], 0)
        row[f"likely_{reach}_behind"] = mean(every[at + 1 : at + 1 + reach], 0)
    for name, keys in kin.items():
        others = [pair for place, pair in enumerate(every) if place != at and keys[place] == keys[at]]
        row[f"likely_of_{name}"] = mean(others, -1)
    before, total = sum(p * w for p, w in every[:at]), sum(p * w for p, w in every)
    row |= {"likely_share_before": before / total, "likely_words_before": np.log2(1 + before)}
    row |= {"likely_words_behind": np.log2(1 + total - before), "likely_words_of_page": np.log2(1 + total)}
    row |= {"likely_share_of_page": total / sum(words)}
    row |= {"likeliest_before": max(found[:at], default=-1), "likeliest_behind": max(found[at + 1 :], default=-1)}
    return row


@pytest.mark.parametrize("seed", range(20))
def test_each_feature_is_what_its_name_says(seed: int) -> None:
    draw = random.Random(seed)
    walked = random_page(draw)
    found = [draw.random() for _ in walked.blocks]
    context = context_of(walked, np.array(found))
    for at in range(len(found)):
        row = twin(walked, found, at)
        assert context[:, at] == pytest.approx([row[name] for name in CONTEXT], abs=1e-5)


def test_a_page_on_which_nothing_is_likely_has_finite_features() -> None:
    walked = random_page(random.Random(0))
    assert np.isfinite(context_of(walked, np.zeros(len(walked.blocks)))).all()
