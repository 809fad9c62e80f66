from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from lakesift.errors import ScorerError
from lakesift.scorers.training.evaluation import Evaluation, auc_interval, evaluate


def drawn(seed: int, documents: int) -> tuple[np.ndarray, np.ndarray]:
    """Labels and coarse scores, so that many are equal."""
    draw = np.random.default_rng(seed)
    labels = draw.integers(0, 2, documents)
    return labels, np.round(draw.normal(labels, 1.5), 1)


def evaluated(labels: np.ndarray, scores: np.ndarray) -> Evaluation:
    return evaluate(labels, scores, np.ones(len(labels)), keep_shares=(0.5,))


@pytest.mark.parametrize("seed", range(5))
def test_auc_is_the_share_of_pairs_in_the_right_order_with_ties_half(seed: int) -> None:
    labels, scores = drawn(seed, 80)
    good, poor = scores[labels == 1], scores[labels == 0]
    wins = [1.0 if g > p else 0.5 if g == p else 0.0 for g in good for p in poor]

    assert evaluated(labels, scores).auc == pytest.approx(sum(wins) / len(wins))


@pytest.mark.parametrize("seed", range(5))
def test_average_precision_is_the_mean_precision_at_the_documents_with_label_1(seed: int) -> None:
    labels, scores = drawn(seed, 80)
    precisions = [labels[scores >= score].mean() for score in scores[labels == 1]]

    assert evaluated(labels, scores).average_precision == pytest.approx(np.mean(precisions))


def test_the_interval_solves_newcombes_equation() -> None:
    area, positives, negatives = 0.8, 24, 20
    for edge in auc_interval(area, positives, negatives):
        # Hanley and McNeil 1982 with both counts replaced by N = (m + n) / 2 - 1 (Newcombe 2006, method 5).
        first, second, size = edge / (2 - edge), 2 * edge**2 / (1 + edge), (positives + negatives) / 2 - 1
        variance = edge * (1 - edge) + size * (first - edge**2) + size * (second - edge**2)
        assert abs(area - edge) == pytest.approx(1.959964 * (variance / (positives * negatives)) ** 0.5, rel=1e-4)


def test_the_interval_holds_the_true_area_about_19_times_in_20() -> None:
    draw, held, true = np.random.default_rng(1), 0, 0.760250  # Phi(1 / sqrt 2)
    labels = np.repeat([0, 1], 25)
    for _ in range(1000):
        low, high = auc_interval(roc_auc_score(labels, draw.normal(labels, 1)), 25, 25)
        held += low <= true <= high

    assert 925 <= held <= 975


def test_a_perfect_order_of_few_documents_is_not_certain() -> None:
    low, high = auc_interval(1.0, 10, 10)
    assert high == 1.0
    assert 0.6 < low < 0.9
    assert auc_interval(0.0, 10, 10) == pytest.approx((0.0, 1 - low))


def test_thresholds_keep_the_share_asked_for_and_length_is_judged_beside_them() -> None:
    labels = [1, 1, 0, 1, 0, 0, 0, 0]
    scores = [0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2]
    shortest_first = [100, 3, 1, 50, 60, 70, 80, 90]

    found = evaluate(labels, scores, shortest_first, keep_shares=(0.25, 0.5))
    quarter, half = found.at_shares

    assert (found.documents, found.positives) == (8, 3)
    assert found.auc == pytest.approx(14 / 15)
    assert found.length_auc == pytest.approx(8 / 15)  # long first has 7 of the 15 pairs right, so short first
    assert (quarter.threshold, quarter.kept, quarter.precision, quarter.recall) == (
        0.8,
        0.25,
        1.0,
        pytest.approx(2 / 3),
    )
    assert (half.threshold, half.kept, half.precision, half.recall) == (0.6, 0.5, 0.75, 1.0)
    assert quarter.length_precision == 0.5
    assert found.metrics()["precision_at_0.25"] == 1.0


def test_equal_scores_are_kept_together_and_the_share_says_so() -> None:
    (at,) = evaluate([1, 0, 1, 0], [0.5, 0.5, 0.5, 0.1], [1, 2, 3, 4], keep_shares=(0.25,)).at_shares
    assert (at.kept, at.precision) == (0.75, pytest.approx(2 / 3))


def test_one_label_alone_cannot_be_evaluated() -> None:
    with pytest.raises(ScorerError, match="one label"):
        evaluate([1, 1], [0.1, 0.2], [1, 2], keep_shares=(0.5,))
