"""What a new crawl costs beside a growing number of published documents.

    python -m benchmarks.next_crawl_job CORPUS WORK NEW

Prints one line of JSON: for each number of published documents the seconds of comparing the last NEW documents of the
corpus with their index, and of clustering all documents anew.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

from pyspark.sql import functions as F

from benchmarks.sketches import stage_tables, with_sketches
from lakesift.dedup.minhash.across_crawls import index_rows, near_duplicates_of_known
from lakesift.dedup.minhash.clusters import clusters as near_duplicates
from lakesift.dedup.shared.settings import NearDuplicateSettings
from lakesift.spark.session import open_session
from lakesift.text.kernels.minhash_settings import MinHashSettings

SHARES = (0.125, 0.25, 0.5, 1.0)
"""Of the documents that are not new: how many are published."""


def main() -> None:
    """Run the job."""
    corpus, work, newest = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
    spark = open_session()
    settings = NearDuplicateSettings(keep=())

    stage = stage_tables(spark, work)
    read = spark.read.parquet(str(corpus)).select("doc_id", F.lit("one").alias("crawl"), "text", "number")
    sketched = stage(with_sketches(read, MinHashSettings()), "sketched")
    others = sketched.count() - newest
    new = stage(sketched.where(F.col("number") >= others).drop("number"), "new")

    def compared(published: int) -> float:
        rows = sketched.where(F.col("number") < published)
        index = stage(index_rows(rows, rows, None), "index")
        begun = time.perf_counter()
        stage(near_duplicates_of_known(new, index, settings, stage), "duplicates")
        return time.perf_counter() - begun

    def anew(published: int) -> float:
        rows = sketched.where((F.col("number") < published) | (F.col("number") >= others)).drop("number")
        begun = time.perf_counter()
        stage(near_duplicates(rows, settings, stage), "duplicates")
        return time.perf_counter() - begun

    compared(newest)
    rows = [
        (published, compared(published), anew(published)) for published in (int(others * share) for share in SHARES)
    ]
    print(json.dumps({"new": newest, "rows": rows}))


if __name__ == "__main__":
    main()
