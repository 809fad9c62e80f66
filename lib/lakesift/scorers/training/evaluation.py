"""How well scores order labelled documents, beside what the length of the text alone achieves."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import brentq
from scipy.stats import norm
from sklearn.metrics import average_precision_score, roc_auc_score

from lakesift.errors import ScorerError

CONFIDENCE = 0.95


@dataclass(frozen=True)
class AtShare:
    """What keeping the best-scored share of the documents gives.

    Attributes:
        share: share asked for, 0 to 1.
        threshold: smallest score that is kept.
        kept: share that scores at least the threshold; more than `share` where scores are equal.
        precision: share of label 1 among the kept.
        recall: share of the label 1 documents that are kept.
        length_precision: precision when as many are kept by their length alone.
    """

    share: float
    threshold: float
    kept: float
    precision: float
    recall: float
    length_precision: float


@dataclass(frozen=True)
class Evaluation:
    """Figures on the held-out part.

    Attributes:
        documents, positives: sizes, all and label 1.
        auc: area under the ROC curve: how often a label 1 document scores above a label 0 one, ties half.
        auc_low, auc_high: its 95 % confidence interval.
        average_precision: mean of the precision at each label 1 document, best score first.
        length_auc: the AUC of the text's length, in the direction (long or short is good) that serves it better.
        at_shares: precision and recall at several thresholds.
    """

    documents: int
    positives: int
    auc: float
    auc_low: float
    auc_high: float
    average_precision: float
    length_auc: float
    at_shares: tuple[AtShare, ...]

    def metrics(self) -> dict[str, float]:
        """All figures under flat names, as MLflow takes them."""
        plain = {name: float(value) for name, value in vars(self).items() if name != "at_shares"}
        return plain | {
            f"{name}_at_{at.share:g}": float(value)
            for at in self.at_shares
            for name, value in vars(at).items()
            if name != "share"
        }


def evaluate(
    labels: Sequence[int] | np.ndarray,
    scores: Sequence[float] | np.ndarray,
    characters: Sequence[int] | np.ndarray,
    keep_shares: Sequence[float],
) -> Evaluation:
    """Compare scores with labels.

    Args:
        labels: 0 or 1, one a document.
        scores: higher means more like label 1.
        characters: length of each text.
        keep_shares: shares of best-scored documents to report, above 0 to 1.

    Raises:
        ScorerError: only one of the labels is there.
    """
    label, score = np.asarray(labels, np.int64), np.asarray(scores, np.float64)
    length = np.asarray(characters, np.float64)
    positives = int(label.sum())
    if not 0 < positives < len(label):
        raise ScorerError("the held-out part has documents of one label only", next_step="label more documents")
    area = float(roc_auc_score(label, score))
    low, high = auc_interval(area, positives, len(label) - positives)
    length_area = float(roc_auc_score(label, length))
    if length_area < 0.5:
        length, length_area = -length, 1 - length_area
    shares = tuple(_at_share(label, score, length, share) for share in keep_shares)
    precision = float(average_precision_score(label, score))
    return Evaluation(len(label), positives, area, low, high, precision, length_area, shares)


def auc_interval(area: float, positives: int, negatives: int, confidence: float = CONFIDENCE) -> tuple[float, float]:
    """Confidence interval of an AUC; inside 0 to 1, and of positive width even at 0 and 1.

    Newcombe 2006, Statistics in Medicine 25:559-573, method 5: the values whose own standard error (Hanley and McNeil
    1982, with (m + n) / 2 - 1 in place of m - 1 and n - 1) puts the observed AUC at the edge.
    """
    z = float(norm.ppf(0.5 + confidence / 2))
    spread = (positives + negatives) / 2 - 1
    edge = 1e-9

    def distance(true: float, area: float) -> float:
        grown = 1 + spread * (1 - true) / (2 - true) + spread * true / (1 + true)
        return (area - true) ** 2 - z**2 * true * (1 - true) * grown / (positives * negatives)

    def lower(area: float) -> float:
        # The area itself is a root where it is 0 or 1, hence the bracket that stops short of it.
        return float(brentq(distance, 0.0, area - edge, args=(area,))) if area > edge else 0.0

    return lower(area), 1 - lower(1 - area)


def _at_share(labels: np.ndarray, scores: np.ndarray, lengths: np.ndarray, share: float) -> AtShare:
    wanted = max(1, math.ceil(share * len(labels)))
    threshold = float(np.partition(scores, -wanted)[-wanted])
    kept = scores >= threshold
    by_length = lengths >= np.partition(lengths, -int(kept.sum()))[-int(kept.sum())]
    return AtShare(
        share=share,
        threshold=threshold,
        kept=float(kept.mean()),
        precision=float(labels[kept].mean()),
        recall=float(labels[kept].sum() / labels.sum()),
        length_precision=float(labels[by_length].mean()),
    )
