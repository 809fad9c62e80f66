"""datatrove's four MinHash stages as its examples/minhash_deduplication.py has them, on one machine.

    python -m benchmarks.peers.datatrove_dedup CORPUS WORK WORKERS

Prints one line of JSON: seconds of each step, documents, and how many of them are dropped.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

from datatrove.executor import LocalPipelineExecutor
from datatrove.pipeline.base import PipelineStep
from datatrove.pipeline.dedup import (
    MinhashDedupBuckets,
    MinhashDedupCluster,
    MinhashDedupFilter,
    MinhashDedupSignature,
)
from datatrove.pipeline.dedup.minhash import MinhashConfig
from datatrove.pipeline.readers import ParquetReader
from datatrove.pipeline.writers import ParquetWriter

CONFIG = MinhashConfig(n_grams=5, num_buckets=14, hashes_per_bucket=8)


def main() -> None:
    """Run the four jobs one after the other."""
    corpus, work, workers = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])
    seconds: dict[str, float] = {}

    def job(name: str, tasks: int, *steps: PipelineStep) -> None:
        begun = time.perf_counter()
        LocalPipelineExecutor(list(steps), tasks=tasks, workers=workers, logging_dir=str(work / "logs" / name)).run()
        seconds[name] = round(time.perf_counter() - begun, 2)

    def reader() -> ParquetReader:
        return ParquetReader(corpus, glob_pattern="*.parquet", id_key="doc_id")

    hashed, matched, remove = str(work / "signatures"), str(work / "buckets"), str(work / "remove_ids")
    job("signatures", workers, reader(), MinhashDedupSignature(hashed, config=CONFIG))
    job("buckets", CONFIG.num_buckets, MinhashDedupBuckets(hashed, matched, config=CONFIG))
    job("clusters", 1, MinhashDedupCluster(matched, remove, config=CONFIG))
    kept = work / "kept"
    job("writing what is kept", workers, reader(), MinhashDedupFilter(remove), ParquetWriter(str(kept)))
    stats = json.loads((work / "logs" / "writing what is kept" / "stats.json").read_text(encoding="utf-8"))
    read, forwarded = stats[0]["stats"]["documents"]["total"], stats[1]["stats"]["forwarded"]
    left = forwarded if isinstance(forwarded, int) else forwarded["total"]
    print(json.dumps({"seconds": seconds, "documents": read, "dropped": read - left}))


if __name__ == "__main__":
    main()
