"""Training of the model of blocks on pages with known main content.

The content is known wholly or by snippets.

A block of a page with its gold text is content when at least half of its words are in the gold text in their order. A
page with snippets is labelled by trafilatura first (a choice of its three modes that agree counts more than one that
they do not share: distant supervision), then its snippets correct the labels. Blocks count by the square root of their
words, pages alike. A second model learns from the probabilities of first models that did not see the page's host.
Pairs of both that draw their splits from different samples decide together (Breiman 1996, Bagging Predictors, on the
draws).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray
from pydantic import Field
from resiliparse.parse.html import HTMLTree

from lakesift.extraction.block_model import BlockModel, Pair
from lakesift.extraction.boosted_trees import ALL_NAMES, LEAF, MAX_LEAVES, Node, Trees, likelihood
from lakesift.extraction.context import context_of
from lakesift.extraction.features import features_of
from lakesift.extraction.judging import RUN, one_spaced, words_of
from lakesift.extraction.page import block_texts, walked_page
from lakesift.extraction.walk import Walked
from lakesift.settings import Settings

HOST: Final = re.compile(r"^\w+://([^/?#]*).*", re.DOTALL)
SURE_RUN: Final = RUN  # words in order that two texts do not share by chance
UNSURE, SNIPPET = 0.3, 3.0
SHORT_BLOCK: Final = 15  # characters; a shorter block inside a snippet may be anything


@dataclass(frozen=True)
class LabelledPage:
    """A page and its main content.

    Attributes:
        url: names it.
        html: decoded.
        gold: the whole text of its main content, None where only snippets are known.
        with_, without: texts that are, and are not, in its main content.
    """

    url: str
    html: str
    gold: str | None = None
    with_: tuple[str, ...] = ()
    without: tuple[str, ...] = ()


class Examples(NamedTuple):
    """A page's blocks: features (float32[blocks, features]), labels and weights."""

    walked: Walked
    features: NDArray[np.float32]
    labels: NDArray[np.bool_]
    weights: NDArray[np.float64]


class TrainingSettings(Settings):
    """Settings of scikit-learn's HistGradientBoostingClassifier.

    They were found by cross-validation on the pages of docs/extraction.md.
    """

    pairs: int = Field(default=3, ge=1, le=16, description="Pairs of models, each with draws of its own.")
    trees: int = Field(default=150, ge=1, le=2000, description="Trees of a first model, one after the other.")
    second_trees: int = Field(default=80, ge=1, le=2000, description="Trees of a second model.")
    folds: int = Field(default=5, ge=2, description="Parts of the pages that are left out of a first model in turn.")
    leaves: int = Field(default=8, ge=2, le=MAX_LEAVES, description="Most leaves of a tree.")
    learning_rate: float = Field(default=0.1, gt=0, le=1, description="How much each tree corrects.")
    features: float = Field(default=0.4, gt=0, le=1, description="Share of the features that a split is chosen from.")
    smallest_leaf: int = Field(default=30, ge=1, description="Least blocks of a leaf.")
    l2: float = Field(default=5.0, ge=0, description="Penalty of leaves' values.")
    snippet_pages: float = Field(default=1.0, ge=0, description="Weight of a page with snippets; with gold text: 1.")


def train(pages: Sequence[LabelledPage], settings: TrainingSettings) -> BlockModel:
    """Train a model of the pages' blocks.

    It is the same for the same pages in the same order.

    Args:
        pages: with gold text or snippets.
        settings: of the trees.

    Raises:
        ValueError: no page has a block of content, or none has one of boilerplate.
    """
    found = [_examples(page, settings) for page in pages]
    fold_of = _fold_of(pages, settings.folds)
    pairs = tuple(
        Pair(
            _fitted(found, settings.trees, settings, seed),
            _fitted(_with_context(found, fold_of, settings, seed), settings.second_trees, settings, seed),
        )
        for seed in range(settings.pairs)
    )
    record = {
        "pages_with_gold_text": sum(page.gold is not None for page in pages),
        "pages_with_snippets": sum(page.gold is None for page in pages),
        "blocks": sum(len(page.labels) for page in found),
        "content_blocks": int(sum(page.labels.sum() for page in found)),
        "settings": settings.model_dump(),
    }
    return BlockModel(pairs, record)


def _fitted(found: Sequence[Examples], trees: int, settings: TrainingSettings, seed: int) -> Trees:
    from sklearn.ensemble import HistGradientBoostingClassifier

    labels = np.concatenate([page.labels for page in found]) if found else np.zeros(0, np.bool_)
    if len(set(labels.tolist())) < 2:
        raise ValueError("the pages, or all but a part of them, have no block of content, or none of boilerplate")
    fitted = HistGradientBoostingClassifier(
        max_iter=trees,
        max_leaf_nodes=settings.leaves,
        learning_rate=settings.learning_rate,
        max_features=settings.features,
        min_samples_leaf=settings.smallest_leaf,
        l2_regularization=settings.l2,
        early_stopping=False,
        random_state=seed,
    ).fit(np.concatenate([page.features for page in found]), labels, np.concatenate([page.weights for page in found]))
    return Trees(float(fitted._baseline_prediction[0, 0]), tuple(_tree(each[0].nodes) for each in fitted._predictors))


def _with_context(
    found: Sequence[Examples], fold_of: Sequence[int], settings: TrainingSettings, seed: int
) -> list[Examples]:
    """Add to the examples the context features of a first model.

    The model did not see the fold of the example.
    """
    models = {
        fold: _fitted(
            [page for page, other in zip(found, fold_of, strict=True) if other != fold], settings.trees, settings, seed
        )
        for fold in sorted(set(fold_of))
    }
    more = []
    for page, fold in zip(found, fold_of, strict=True):
        if len(page.labels):
            likely = likelihood(models[fold].odds(np.ascontiguousarray(page.features.T)))
            features = np.concatenate([page.features, context_of(page.walked, likely).T], axis=1)
            more.append(page._replace(features=features))
    return more


def _fold_of(pages: Sequence[LabelledPage], number: int) -> list[int]:
    """Return the fold of each page.

    Pages of one host are in one fold, unless there are too few hosts.
    """
    hosts = [host_of(page) for page in pages]
    if len(set(hosts)) < number:
        return [place % number for place in range(len(pages))]
    # By hash, so that neighbours in the alphabet, such as one publisher's, are separated.
    ranked = sorted(set(hosts), key=lambda host: hashlib.sha256(host.encode()).digest())
    fold_by_host = {host: rank % number for rank, host in enumerate(ranked)}
    return [fold_by_host[host] for host in hosts]


def host_of(page: LabelledPage) -> str:
    """Return the host in a page's URL; all of the text if it is no URL."""
    return HOST.sub(r"\1", page.url)


def hosts_of(pages: Sequence[LabelledPage]) -> int:
    """Count the hosts of the pages."""
    return len(set(map(host_of, pages)))


def _tree(nodes: NDArray[np.void]) -> tuple[Node, ...]:
    return tuple(
        ("", round(float(node["value"]), 7), LEAF, LEAF)
        if node["is_leaf"]
        else (
            ALL_NAMES[node["feature_idx"]],
            float(np.float32(node["num_threshold"])),
            int(node["left"]),
            int(node["right"]),
        )
        for node in nodes
    )


def _examples(page: LabelledPage, settings: TrainingSettings) -> Examples:
    walked = walked_page(HTMLTree.parse(page.html))
    texts = block_texts(walked)
    sizes = np.array([len(words_of(text)) for text in texts], np.float64)
    if page.gold is not None:
        labels, weights = shares_in(texts, page.gold) > 0.5, np.ones(len(texts))
    else:
        labels, weights = _by_teacher(page, texts)
    shares = np.sqrt(sizes) * 100 / max(np.sqrt(sizes).sum(), 1)
    weights = shares * weights * (1 if page.gold is not None else settings.snippet_pages)
    return Examples(walked, features_of(walked), labels, weights)


def shares_in(texts: Sequence[str], gold: str) -> NDArray[np.float64]:
    """Return the share of each text's words that are in the gold text in order.

    Runs by chance do not count.
    """
    words: list[str] = []
    owners: list[int] = []
    for number, text in enumerate(texts):
        found = words_of(text)
        words += found
        owners += [number] * len(found)
    sizes = np.bincount(np.array(owners, np.int64), minlength=len(texts)).astype(np.float64)
    matched = np.zeros(len(texts))
    for start, _, size in SequenceMatcher(None, words, words_of(gold), autojunk=False).get_matching_blocks():
        for place in range(start, start + size):
            matched[owners[place]] += size >= min(SURE_RUN, sizes[owners[place]])
    return matched / np.maximum(sizes, 1)


def _by_teacher(page: LabelledPage, texts: Sequence[str]) -> tuple[NDArray[np.bool_], NDArray[np.float64]]:
    precise, balanced, full = (
        shares_in(texts, _teacher(page.html, favor) or "") > 0.5 for favor in ("precision", "balanced", "recall")
    )
    weights = np.where((precise & balanced) | (~full & ~balanced), 1.0, UNSURE)
    labels = balanced.copy()
    for snippets, is_content in ((page.with_, True), (page.without, False)):
        for number, text in enumerate(map(one_spaced, texts)):
            if any(
                snippet in text or (len(text) > SHORT_BLOCK and text in snippet)
                for snippet in map(one_spaced, snippets)
            ):
                labels[number], weights[number] = is_content, SNIPPET
    return labels, weights


def _teacher(html: str, favor: str) -> str | None:
    import trafilatura

    text: str | None = trafilatura.extract(
        html, include_comments=False, favor_precision=favor == "precision", favor_recall=favor == "recall"
    )
    return text
