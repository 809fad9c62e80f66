from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from pyspark.sql import DataFrame, SparkSession

from dedup.semantic.plain_semdedup import lloyd, most_similar_earlier, unit
from lakesift.dedup.semantic.comparison import _compare
from lakesift.dedup.semantic.kmeans import spherical_kmeans
from lakesift.dedup.semantic.pruning import pruned as prune_clusters
from lakesift.dedup.semantic.settings import ClusteringSettings, PruneClustersSettings, SemanticDuplicateSettings
from lakesift.dedup.semantic.unit_vectors import fixed_point, unit_vectors
from lakesift.dedup.semantic_duplicates import semantic_duplicates

Stage = Callable[[DataFrame, str], DataFrame]
EMBEDDINGS = "doc_id STRING, embedding ARRAY<FLOAT>"
CLUSTERS = "doc_id STRING, cluster INT, similarity DOUBLE"
# NVIDIA-NeMo/Curator's own example for pairwise similarity: the largest similarity to an earlier row, and which row.
NEMO_ROWS = [[1, 2, 3], [4, 5, 6], [7, 8, 9], [10, 11, 12], [1, 2, 3], [1, 2, 3]]
NEMO_MOST, NEMO_NEAREST = [0, 0.974631, 0.998190, 0.999618, 1, 1], [0, 0, 1, 2, 0, 0]


def frame_of(rows: Any) -> pd.DataFrame:
    packed = [row.tobytes() for row in fixed_point(np.array(rows, np.float64)).astype("<i4")]
    places = range(len(packed))
    return pd.DataFrame({"doc_id": [str(place) for place in places], "place": places, "vector": packed, "block": 0})


def test_the_most_similar_earlier_rows_are_those_of_nemos_example() -> None:
    compare = _compare(SemanticDuplicateSettings(eps=0.999))
    found = compare((0, 0, 0), frame_of(NEMO_ROWS))
    assert found["doc_id"].tolist() == ["1", "2", "3", "4", "5"]
    assert found["similarity"].tolist() == pytest.approx(NEMO_MOST[1:], abs=1e-6)
    assert found["keeper_place"].tolist() == NEMO_NEAREST[1:]
    assert most_similar_earlier(np.array(NEMO_ROWS, float))[0] == pytest.approx(NEMO_MOST, abs=1e-6)


def test_nemo_drops_at_the_threshold_and_semdedup_above_it() -> None:
    right_angles = frame_of([[1, 0], [0, 1], [1, 1]])
    for row, rule, dropped in ((0.5, "semdedup", []), (0.5, "nemo", ["1"])):
        # cos 60 degrees in whole numbers: (1, 0) and (1/2, ...) have the inner product 2^-1 exactly.
        pair = frame_of([[1, 0], [1, 0]])
        pair["vector"] = [np.array(v, "<i4").tobytes() for v in ([2**26, 0], [int(row * 2**26), 0])]
        found = _compare(SemanticDuplicateSettings.model_validate({"eps": 0.5, "rule": rule}))((0, 0, 0), pair)
        assert found["doc_id"].tolist() == dropped
    assert _compare(SemanticDuplicateSettings(eps=0.5))((0, 0, 0), right_angles)["doc_id"].tolist() == ["2"]


def invented(seed: int, rows: int) -> tuple[np.ndarray, np.ndarray]:
    """Vectors with many near and some exact twins, and clusters of very different sizes."""
    draw = np.random.default_rng(seed)
    values = np.repeat(draw.normal(size=(-(-rows // 4), 6)), 4, axis=0)[:rows]
    values = (values + draw.choice([0, 0.05, 0.3], size=(rows, 1)) * draw.normal(size=(rows, 6))).astype(np.float32)
    return values, np.repeat(draw.integers(0, 4, size=-(-rows // 4)), 4)[:rows]


def plain(values: np.ndarray, clusters: np.ndarray, order: np.ndarray, eps: float) -> dict[str, tuple[str, float]]:
    """doc_id -> keeper and cosine of what SemDeDup drops."""
    dropped = {}
    for cluster in set(clusters.tolist()):
        members = [int(place) for place in order if clusters[place] == cluster]
        most, nearest = most_similar_earlier(values[members].astype(np.float64))
        for place, member in enumerate(members):
            if most[place] > 1 - eps:
                dropped[f"{member:03d}"] = (f"{members[nearest[place]]:03d}", float(most[place]))
    return dropped


@pytest.mark.spark
@pytest.mark.parametrize("keep", ["hard", "easy"])
def test_blocks_drop_what_one_matrix_per_cluster_drops(spark: SparkSession, stage: Stage, keep: str) -> None:
    values, clusters = invented(3, 61)
    similarity = np.random.default_rng(4).random(len(values)).round(1)
    ids = [f"{place:03d}" for place in range(len(values))]
    rows = list(zip(ids, clusters.tolist(), similarity.tolist(), strict=True))
    settings = SemanticDuplicateSettings.model_validate({"eps": 0.02, "which_to_keep": keep, "block": 7})
    found = semantic_duplicates(
        spark.createDataFrame([(doc_id, "crawl") for doc_id in ids], "doc_id STRING, crawl STRING"),
        spark.createDataFrame(list(zip(ids, values.tolist(), strict=True)), EMBEDDINGS).repartition(5),
        spark.createDataFrame(rows, CLUSTERS),
        settings,
        stage,
    ).collect()
    order = np.lexsort((ids, similarity if keep == "hard" else -similarity))
    expected = plain(values, clusters, order, settings.eps)
    dropped = {row.doc_id: row for row in found if row.doc_id != row.keeper_id}
    assert dropped.keys() == expected.keys()
    assert len(expected) > 20
    for doc_id, (keeper, cosine) in expected.items():
        assert dropped[doc_id].similarity == pytest.approx(cosine, abs=1e-6)
        # Copies of the keeper are as similar, up to a rounding error of NumPy's.
        assert values[int(dropped[doc_id].keeper_id)] == pytest.approx(values[int(keeper)])
    linked = defaultdict(set)
    for row in found:
        linked[row.cluster_id] |= {row.doc_id, row.keeper_id}
    assert all(cluster_id == min(members) for cluster_id, members in linked.items())
    assert sum(map(len, linked.values())) == len(found)


@pytest.mark.spark
def test_clusters_are_those_of_lloyds_rounds_under_any_partitioning(spark: SparkSession) -> None:
    values, _ = invented(5, 90)
    rows = [(f"{place:03d}", row.tolist()) for place, row in enumerate(values)]
    vectors = unit_vectors(spark.createDataFrame(rows, EMBEDDINGS)).cache()
    found = {}
    for partitions in (1, 5):
        clustered = spherical_kmeans(
            vectors.repartition(partitions, "vector"), ClusteringSettings(clusters=4, iterations=3)
        )
        found[partitions] = sorted(map(tuple, clustered.collect()))
    assert found[1] == found[5]
    start = {
        row[1]: place
        for place, row in reversed(
            list(
                enumerate(
                    sorted(
                        map(tuple, spherical_kmeans(vectors, ClusteringSettings(clusters=4, iterations=0)).collect())
                    )
                )
            )
        )
        if row[2] > 1 - 1e-7
    }
    clusters, cosines = lloyd(values.astype(np.float64), values[[start[c] for c in range(4)]].astype(np.float64), 3)
    assert [row[1] for row in found[1]] == clusters.tolist()
    assert [row[2] for row in found[1]] == pytest.approx(cosines, abs=1e-6)


@pytest.mark.spark
def test_excluded_clusters_go_and_then_those_nearest_to_any_centroid(spark: SparkSession, stage: Stage) -> None:
    similarities = [0.5, 0.9, 0.2, 0.9, -0.3, 0.7, 0.99, 0.1]
    rows = [(str(place), place % 2 if place < 6 else 7, value) for place, value in enumerate(similarities)]
    settings = PruneClustersSettings.model_validate({"excluded": [7], "prototypes": {"kept_share": 0.5}})
    found = {
        row.doc_id: row.reason
        for row in prune_clusters(spark.createDataFrame(rows, CLUSTERS), None, settings, stage).collect()
    }
    kept = {"4": None, "2": None, "0": None}
    assert found == {
        **kept,
        "5": "prototype",
        "1": "prototype",
        "3": "prototype",
        "6": "excluded_cluster",
        "7": "excluded_cluster",
    }


@pytest.mark.spark
def test_d4_finds_prototypes_in_clusters_made_anew_of_what_is_left(spark: SparkSession, stage: Stage) -> None:
    values, _ = invented(7, 90)
    embeddings = spark.createDataFrame([(f"{place:03d}", row.tolist()) for place, row in enumerate(values)], EMBEDDINGS)
    # As if SemDeDup had dropped the last thirty; the old clusters would keep other documents.
    left = spark.createDataFrame([(f"{place:03d}", place % 3, place / 100) for place in range(60)], CLUSTERS)
    settings = PruneClustersSettings.model_validate({"prototypes": {"kept_share": 0.5, "recluster": {"clusters": 1}}})
    found = {row.doc_id: row for row in prune_clusters(left, embeddings, settings, stage).collect()}
    rest = unit(values[:60].astype(np.float64))
    cosines = rest @ unit(rest.sum(axis=0, keepdims=True))[0]
    nearest = {f"{place:03d}" for place in np.argsort(-cosines)[:30]}
    assert {doc_id for doc_id, row in found.items() if row.reason == "prototype"} == nearest
    assert [found[f"{place:03d}"].similarity for place in range(60)] == pytest.approx(cosines.tolist(), abs=1e-6)
