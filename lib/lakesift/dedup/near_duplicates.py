"""Drop near-duplicates: documents that share a MinHash band, directly or through others, but for the best of each cluster.

Texts are compared as the step `minhash` read them: cuts that earlier stages made do not count. With `against`, documents of
published data sets take part: they stay, and the new ones that match them leave (see `minhash.across_crawls`).
Source: Leskovec, Rajaraman, Ullman, "Mining of Massive Datasets", section 3.4; the presets follow huggingface/datatrove,
data-prep-kit, NeMo Curator and RedPajama-V2.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from functools import reduce

from pyspark.sql import DataFrame

from lakesift.dedup.minhash.across_crawls import near_duplicates_of_known
from lakesift.dedup.minhash.clusters import clusters
from lakesift.dedup.shared.settings import NearDuplicateSettings
from lakesift.dedup.shared.twins import drops_twins, twins_table
from lakesift.operators.operator import Materialize, Operator, Published

NEEDS_MINHASH = {"minhash": ("MinHash bands", "a step `- minhash: {}` in documents")}


def near_duplicates(
    uncut_documents: DataFrame,
    scores: DataFrame | None,
    indexes: Mapping[str, DataFrame],
    settings: NearDuplicateSettings,
    materialize: Materialize,
) -> DataFrame:
    """Cluster near-duplicates and name the keeper of each cluster.

    Args:
        uncut_documents: see `minhash.clusters.clusters`.
        scores: doc_id, score; where `keep` names it.
        indexes: by table, the band keys of published documents, see `index`.
        settings: see `NearDuplicateSettings`.
        materialize: see `minhash.clusters.clusters`.

    Returns:
        One row for each document in a cluster, the keeper among them.
    """
    documents = uncut_documents
    if scores is not None:
        documents = documents.join(scores.select("doc_id", "score"), "doc_id", "left")
    if not indexes:
        return clusters(documents, settings, materialize)
    known = reduce(DataFrame.union, indexes.values())
    return near_duplicates_of_known(documents, known, settings, materialize)


def uses_scores(settings: NearDuplicateSettings) -> Collection[str]:
    """Return the optional tables that the order of keepers asks for."""
    return {"scores"} if "score" in settings.keep else ()


def published_indexes(settings: NearDuplicateSettings) -> Mapping[str, Sequence[Published]]:
    """Return the indexes of the published data sets that are compared with."""
    return {"indexes": [Published(f"index_{each.partition('@')[0]}", each) for each in settings.against]}


OPERATOR = Operator(
    near_duplicates,
    role=drops_twins("near_duplicate"),
    writes=twins_table("one document that has a near-duplicate", "duplicates"),
    example="- near_duplicates: {keep: [length, newest]}",
    needs=NEEDS_MINHASH,
    uses=uses_scores,
    published=published_indexes,
)
