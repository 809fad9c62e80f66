"""Near-duplicate clusters, from band keys to survivors."""

from __future__ import annotations

from pyspark.sql import DataFrame

from lakesift.dedup.components import Stage, connected_components
from lakesift.dedup.lsh import star_edges
from lakesift.dedup.settings import NearDuplicateSettings
from lakesift.dedup.survivors import survivors


def near_duplicates(documents: DataFrame, settings: NearDuplicateSettings, stage: Stage) -> DataFrame:
    """Clusters documents that share a MinHash band, directly or through others, and chooses the one to keep.

    Bands as in Leskovec, Rajaraman, Ullman, "Mining of Massive Datasets", section 3.4.

    Args:
        documents: doc_id, minhash ARRAY<BIGINT>, signature BINARY, crawl, words, fetch_time, and score when `keep`
            names it.
        settings: see `NearDuplicateSettings`.
        stage: writes a frame as a stage table and returns the table; called with the names edges, clusters,
            large_star_NN and small_star_NN.

    Returns:
        The rows of the table `duplicates`, see `survivors`.

    Raises:
        StageError: when signatures cannot be compared or the components were not found in time.
    """
    edges = stage(star_edges(documents, settings), "edges")
    clusters = stage(connected_components(edges, settings, stage), "clusters")
    return survivors(documents, clusters, settings)
