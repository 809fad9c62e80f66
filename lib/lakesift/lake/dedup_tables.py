"""The tables that deduplication writes, and how each decides over documents."""

from __future__ import annotations

from lakesift.lake.ledger import Table

TWIN = (
    "doc_id STRING NOT NULL",
    "cluster_id STRING NOT NULL COMMENT 'smallest doc_id of the cluster'",
    "keeper_id STRING NOT NULL",
    "method STRING NOT NULL",
    "similarity DOUBLE COMMENT 'to the keeper, 0 to 1; null where the method has none'",
    "crawl STRING",
)
CUT = (
    "doc_id STRING NOT NULL",
    "spans ARRAY<STRUCT<start: INT, end: INT, put: STRING>> COMMENT 'bytes cut from the text, and what takes their place'",
    "removed BIGINT NOT NULL COMMENT 'bytes cut'",
    "reason STRING COMMENT 'why the whole document is dropped; null: it stays, cut'",
)
HIT = (
    "doc_id STRING NOT NULL",
    "content_hash STRING COMMENT 'of the text in which it was found'",
    "task STRING NOT NULL COMMENT 'name of the benchmark'",
    "example BIGINT NOT NULL COMMENT 'row in the file of the benchmark, from 0 on'",
    "method STRING NOT NULL COMMENT 'gpt3, datatrove, palm or llama2'",
    "ngram STRING NOT NULL COMMENT 'the words, as the method compares them'",
    "start INT NOT NULL COMMENT 'bytes of UTF-8 before it in the text'",
    "end INT NOT NULL COMMENT 'bytes of UTF-8 up to its end'",
    "first INT NOT NULL COMMENT 'words before it in the example'",
    "words INT NOT NULL COMMENT 'how many words are matched'",
    "example_words INT NOT NULL COMMENT 'words of the example'",
)
JUDGED = (
    "task STRING NOT NULL",
    "example BIGINT NOT NULL",
    "method STRING NOT NULL COMMENT 'palm or llama2'",
    "ngrams BIGINT NOT NULL COMMENT 'of the example; for llama2 its words'",
    "found BIGINT NOT NULL COMMENT 'of these, in documents'",
    "coverage DOUBLE NOT NULL COMMENT 'their share, 0 to 1'",
    "verdict STRING NOT NULL COMMENT 'palm: contaminated or clean; llama2: dirty, neither or clean'",
)
CLUSTERED = (
    "doc_id STRING NOT NULL",
    "cluster INT NOT NULL COMMENT '0 to k - 1'",
    "similarity DOUBLE NOT NULL COMMENT 'cosine to the centroid'",
)
WEIGHT = (
    "doc_id STRING NOT NULL",
    "weight DOUBLE NOT NULL COMMENT '1 on average'",
    "commonness DOUBLE COMMENT 'geometric mean of the probabilities of its words; null without words'",
    "segment INT COMMENT '0: the least common'",
    "tokens BIGINT NOT NULL COMMENT 'words that were read'",
)

DEDUPLICATION: dict[str, Table] = {
    "exact_duplicates": Table("one document that has an exact duplicate", TWIN),
    "duplicates": Table("one document that has a near-duplicate", TWIN),
    "semantic_duplicates": Table("one document that says what another says", TWIN),
    "embeddings": Table("the embedding of one document", ("doc_id STRING NOT NULL", "embedding ARRAY<FLOAT> NOT NULL")),
    "semantic_clusters": Table("the cluster of the embedding of one document", CLUSTERED, cluster_by=("cluster",)),
    "pruned_clusters": Table(
        "one document of the clusters, kept or dropped for its place in them",
        ("doc_id STRING NOT NULL", "kept BOOLEAN NOT NULL", "reason STRING COMMENT 'null: kept'", *CLUSTERED[1:]),
    ),
    "commonness": Table("how common the 4-grams of one document are, and its sampling weight", WEIGHT),
    "repeated_paragraphs": Table("one document with lines, paragraphs or sentences that others have", CUT),
    "repeated_substrings": Table("one document with substrings that occur elsewhere", CUT),
    "contamination": Table("one place of a document that holds text of a benchmark", HIT),
    "contaminated_examples": Table("one example of a benchmark of which documents hold something", JUDGED),
    "decontaminated": Table("one document with text of a benchmark", CUT),
}

INDEX = Table(
    "one band key of a published document, or (without a key) the document",
    (
        "key BIGINT COMMENT 'null in the row that stands for the document'",
        "node BIGINT NOT NULL COMMENT 'the number that stands for doc_id'",
        "doc_id STRING COMMENT 'with what follows, only without a key'",
        "crawl STRING",
        "cluster_id STRING COMMENT 'the smallest of all rows of the document holds: clusters only grow'",
        "signature BINARY",
    ),
    cluster_by=("key",),
)
