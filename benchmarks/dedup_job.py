"""lakesift's side of the deduplication benchmark: Parquet files to near-duplicate clusters and what is kept.

    python -m benchmarks.dedup_job CORPUS WORK [BEFORE]

Prints one line of JSON: seconds of each step, documents, and how many of them are dropped. With BEFORE, a smaller corpus,
the job is done with that first, in the same session, and this is of the second time.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from benchmarks.sketches import stage_tables, with_sketches
from lakesift.dedup.minhash.clusters import clusters as near_duplicates
from lakesift.dedup.shared.settings import NearDuplicateSettings
from lakesift.spark.session import open_session
from lakesift.text.kernels.minhash_settings import MinHashSettings

CORPUS = "doc_id STRING, number BIGINT, text STRING"
ENDED_BY = {"candidates": "buckets", "components": "clusters"}
"""Steps of `near_duplicates`, by the last stage table that each writes."""


def main() -> None:
    """Run the job."""
    corpus, work, *before = map(Path, sys.argv[1:])
    said = [job(each, work / str(number)) for number, each in enumerate([*before, corpus])]
    print(json.dumps(said[-1]))


def job(corpus: Path, work: Path) -> dict[str, Any]:
    """Deduplicate a corpus, with stage tables in the folder `work`: what is printed."""
    seconds: dict[str, float] = {}
    begun = time.perf_counter()

    def ended(step: str) -> None:
        nonlocal begun
        seconds[step] = round(time.perf_counter() - begun, 2)
        begun = time.perf_counter()

    spark = open_session()
    ended("Spark's start")

    written = stage_tables(spark, work)

    def stage(frame: DataFrame, name: str) -> DataFrame:
        table = written(frame, name)
        if name in ENDED_BY:
            ended(ENDED_BY[name])
        return table

    read = spark.read.schema(CORPUS).parquet(str(corpus))
    documents = read.select("doc_id", F.lit("one").alias("crawl"), "text")
    sketched = stage(with_sketches(documents, MinHashSettings()), "sketched")
    ended("signatures")
    duplicates = stage(near_duplicates(sketched, NearDuplicateSettings(keep=()), stage), "duplicates")
    ended("survivors")
    dropped = duplicates.where("doc_id <> keeper_id").select("doc_id")
    stage(read.join(dropped, "doc_id", "left_anti"), "kept")
    ended("writing what is kept")
    return {"seconds": seconds, "documents": sketched.count(), "dropped": dropped.count()}


if __name__ == "__main__":
    main()
