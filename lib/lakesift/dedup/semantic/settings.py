"""Settings of semantic duplicates."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field, model_validator

from lakesift.dedup.shared.settings import ComponentSettings
from lakesift.embedding.settings import Doc2VecSettings, SentenceEncoderSettings
from lakesift.settings import Settings


class GivenEmbeddings(Settings):
    """Embeddings that exist already."""

    path: str = Field(description="Parquet, a Delta table or JSONL: a row a document.")
    doc_id: str = Field(default="doc_id", description="Column of the doc_id.")
    embedding: str = Field(default="embedding", description="Column of the embedding, an array of numbers.")


class CorpusDoc2Vec(Doc2VecSettings):
    """Doc2Vec trained on the documents themselves."""

    training_rows: int = Field(
        default=200_000, ge=1, description="Most documents that train, a draw by hash: one task does it; ours."
    )


class EmbedSettings(Settings):
    """Source of the embeddings: exactly one of three."""

    given: GivenEmbeddings | None = Field(default=None, description="Embeddings that are there already.")
    doc2vec: CorpusDoc2Vec | None = Field(
        default=None, description="Word vectors that are trained on the corpus (Doc2Vec of Spark NLP)."
    )
    encoder: SentenceEncoderSettings | None = Field(default=None, description="A sentence encoder in ONNX.")

    @model_validator(mode="after")
    def _one_source(self) -> EmbedSettings:
        if sum(source is not None for source in (self.given, self.doc2vec, self.encoder)) != 1:
            raise ValueError("name exactly one of given, doc2vec and encoder")
        return self


class ClusteringSettings(Settings):
    """Spherical k-means, as facebookresearch/SemDeDup uses faiss for it.

    Source: `clustering/clustering.py`.
    """

    clusters: int = Field(
        ge=1,
        le=100_000,
        description="k; SemDeDup (arXiv 2303.09540): 50,000 for 440 million images. The cost of comparing grows with"
        " (documents / k) squared times k.",
    )
    iterations: int = Field(
        default=100, ge=0, description="Most rounds; SemDeDup: 100. It ends sooner when nothing moves any more."
    )
    seed: int = Field(default=1234, ge=0, description="Of the draw of the first centroids; SemDeDup: 1234.")


class SemanticDuplicateSettings(ComponentSettings):
    """SemDeDup within the clusters.

    Source: arXiv 2303.09540, section 3; facebookresearch/SemDeDup `semdedup.py`.
    """

    STAGE: ClassVar[str] = "semantic_duplicates"

    eps: float = Field(
        gt=0,
        lt=1,
        description="A document is dropped if the cosine to an earlier one is above 1 - eps. Depends on the encoder: on"
        " LAION with CLIP .00095 kept .796, .03 .721, .07 .634, .124 .499, .26 .198 (SemDeDup `constants.py`).",
    )
    which_to_keep: Literal["hard", "easy", "random"] = Field(
        default="hard",
        description="Order within a cluster, the first is kept: farthest from the centroid first, nearest first, or by"
        " hash; SemDeDup's names and default.",
    )
    rule: Literal["semdedup", "nemo"] = Field(
        default="semdedup",
        description="semdedup: cosine > 1 - eps; nemo: >= (NVIDIA-NeMo/Curator `utils/semdedup_utils.py`).",
    )
    seed: int = Field(default=1234, ge=0, description="Of the order `random`; SemDeDup: 1234.")
    block: int = Field(
        default=4096,
        ge=1,
        description="Documents that are compared with as many others at once: a task has two blocks, however large "
        "the cluster is; ours, 8 MB of vectors of 256 dimensions.",
    )


class PrototypeSettings(Settings):
    """D4's second step: documents nearest to their centroid are dropped.

    Source: arXiv 2308.12284, section 3.
    """

    kept_share: float = Field(
        gt=0,
        lt=1,
        description="R_proto, the share of the remaining documents that is kept: those farthest from their centroids, "
        "by one percentile for all clusters.",
    )
    recluster: ClusteringSettings | None = Field(
        default=None,
        description="D4 clusters what SemDeDup has left anew; none: the clusters and similarities that are there.",
    )


class PruneClustersSettings(Settings):
    """Documents dropped by cluster: whole clusters first, then prototypes."""

    excluded: tuple[int, ...] = Field(
        default=(),
        description="Clusters of `semantic_clusters` that are dropped, chosen by looking at their nearest and farthest"
        " documents (MiniPile, arXiv 2304.08442, section 3: 38 of 220).",
    )
    prototypes: PrototypeSettings | None = Field(
        default=None, description="Documents nearest to their centroids are dropped (D4); none: they stay."
    )

    @model_validator(mode="after")
    def _something_to_do(self) -> PruneClustersSettings:
        if not self.excluded and self.prototypes is None:
            raise ValueError("name clusters in excluded, or set prototypes")
        return self
