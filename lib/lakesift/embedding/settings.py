"""Settings of the training of word vectors and of sentence encoders."""

from __future__ import annotations

from pydantic import Field

from lakesift.settings import Settings


class Doc2VecSettings(Settings):
    """Mean of Doc2Vec word vectors; defaults of Spark NLP 5.5.3's Doc2VecApproach."""

    dimensions: int = Field(default=100, ge=1, le=1000, description="Size of a word vector; Doc2VecApproach: 100.")
    window: int = Field(default=5, ge=1, description="Words on each side that a word predicts; Doc2VecApproach: 5.")
    learning_rate: float = Field(default=0.025, gt=0, description="Doc2VecApproach's stepSize: 0.025.")
    iterations: int = Field(default=1, ge=1, description="Passes over the training part; Doc2VecApproach: 1.")
    minimum_count: int = Field(default=1, ge=1, description="Rarer words are left out; Doc2VecApproach: 1.")
    characters: int = Field(
        default=100_000,
        ge=100,
        description="Longest part of a text, from its start, that is read; ours, a cap for hostile pages.",
    )
    seed: int = Field(default=1, ge=0, description="Of Doc2Vec's draws and of the order of the documents.")


class SentenceEncoderSettings(Settings):
    """A BERT sentence encoder in ONNX.

    Spark NLP 5.5.3's BertSentenceEmbeddings.loadSavedModel reads it.

    The graph has to give one vector a text, already pooled: Spark NLP takes all numbers of a text as its vector.
    """

    folder: str = Field(
        description="Holds model.onnx, and the vocabulary as assets/vocab.txt, of BERT's size at least: Spark NLP "
        "tries a model out on token numbers of BERT's."
    )
    dimensions: int = Field(default=768, ge=1, description="Size of its vectors; BertSentenceEmbeddings: 768.")
    longest: int = Field(
        default=512,
        ge=1,
        le=512,
        description="Word pieces of a text, from its start, that are read: BERT has 512 positions (arXiv 1810.04805).",
    )
    batch: int = Field(default=8, ge=1, description="Texts encoded at once; BertSentenceEmbeddings: 8.")
    case_sensitive: bool = Field(default=False, description="Whether the vocabulary is; BertSentenceEmbeddings: no.")
    characters: int = Field(
        default=10_000,
        ge=100,
        description="Longest part of a text, from its start, that is split into word pieces; ours, well above "
        "`longest`.",
    )
