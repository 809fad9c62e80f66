"""Near-duplicate clusters, from band keys to survivors."""

from __future__ import annotations

import pyspark.sql.functions as F
from pyspark.sql import DataFrame

from lakesift.dedup.components import Stage, connected_components
from lakesift.dedup.lsh import node_of, star_edges
from lakesift.dedup.settings import NearDuplicateSettings
from lakesift.dedup.survivors import survivors


def near_duplicates(documents: DataFrame, settings: NearDuplicateSettings, stage: Stage) -> DataFrame:
    """Clusters documents that share a MinHash band, directly or through others, and chooses the one to keep.

    Bands as in Leskovec, Rajaraman, Ullman, "Mining of Massive Datasets", section 3.4.

    Args:
        documents: doc_id, minhash ARRAY<BIGINT>, signature BINARY, crawl, words, fetch_time, and score when `keep`
            names it.
        settings: see `NearDuplicateSettings`.
        stage: writes a frame as a stage table and returns the table; called with the names edges, components,
            large_star_NN and small_star_NN.

    Returns:
        The rows of the table `duplicates`, see `survivors`.

    Raises:
        StageError: when signatures cannot be compared or the components were not found in time.
    """
    edges = stage(star_edges(documents, settings), "edges")
    nodes = documents.select("doc_id", node_of(F.col("doc_id")).alias("node"))
    labelled = nodes.join(connected_components(edges, settings, stage), "node", how="inner")
    components = stage(labelled.select("doc_id", "component"), "components")
    return survivors(documents, components, settings)
