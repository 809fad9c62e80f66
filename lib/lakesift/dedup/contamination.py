"""Find text of benchmarks in documents, by the rules of GPT-3, datatrove, PaLM and Llama 2; one row for each place.

Nothing is dropped here: `decontaminate` cuts or drops by what was found, `judge_examples` judges the benchmarks' examples.
"""

from __future__ import annotations

from collections.abc import Mapping

from pyspark.sql import DataFrame

from lakesift.dedup.benchmarks.benchmark import read_benchmarks
from lakesift.dedup.benchmarks.search import search
from lakesift.dedup.benchmarks.settings import ContaminationSettings
from lakesift.operators.files import digests
from lakesift.operators.operator import Operator
from lakesift.operators.roles import Measures
from lakesift.operators.table import DOC_ID, Int, Long, String, Table


def contamination(documents: DataFrame, settings: ContaminationSettings) -> DataFrame:
    """Find where documents hold n-grams of the benchmarks that the settings name.

    Args:
        documents: doc_id, content_hash, text.
        settings: see `ContaminationSettings`.

    Returns:
        See `benchmarks.search.search`.

    Raises:
        SourceError: a benchmark cannot be read, or they have more n-grams than the settings allow.
    """
    return search(documents, read_benchmarks(settings.files, settings.max_bytes), settings)


def files(settings: ContaminationSettings) -> Mapping[str, str]:
    """Return the digests of the benchmarks."""
    return digests(*(file.path for file in settings.files))


OPERATOR = Operator(
    contamination,
    role=Measures(of="documents", sparse=True),
    writes=Table(
        "one place of a document that holds text of a benchmark",
        {
            "doc_id": DOC_ID,
            "content_hash": String("of the text in which it was found", null="none"),
            "task": String("name of the benchmark"),
            "example": Long("row in the file of the benchmark, from 0"),
            "method": String("gpt3, datatrove, palm or llama2"),
            "ngram": String("the words, as the method compares them"),
            "start": Int("bytes of UTF-8 before it in the text"),
            "end": Int("bytes of UTF-8 up to its end"),
            "first": Int("words before it in the example"),
            "words": Int("matched words"),
            "example_words": Int("words of the example"),
        },
    ),
    example="- contamination: {files: [{path: benchmark.jsonl, task: gsm8k}], methods: [gpt3]}",
    files=files,
)
