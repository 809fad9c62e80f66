"""FineWeb's pipeline as datatrove's examples/fineweb.py has it, on one machine: WARC files to deduplicated documents.

    python -m benchmarks.peers.datatrove_job WARC_FOLDER WORK_FOLDER EXTRACTOR_SECONDS WORKERS

Left out: the URL block lists (lakesift's recipe has none), the token counter (its tokenizer is a download) and the
files of what each filter removed. CLD2 stands in for the language model. PII is replaced at the end, as FineWeb says.
Prints one line of JSON: documents read, and those left by extraction, by the filters and by deduplication.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from datatrove.executor import LocalPipelineExecutor
from datatrove.pipeline.base import PipelineStep
from datatrove.pipeline.dedup import (
    MinhashDedupBuckets,
    MinhashDedupCluster,
    MinhashDedupFilter,
    MinhashDedupSignature,
)
from datatrove.pipeline.dedup.minhash import MinhashConfig
from datatrove.pipeline.extractors import Trafilatura
from datatrove.pipeline.filters import (
    C4QualityFilter,
    FineWebQualityFilter,
    GopherQualityFilter,
    GopherRepetitionFilter,
    LambdaFilter,
)
from datatrove.pipeline.formatters import PIIFormatter
from datatrove.pipeline.readers import JsonlReader, WarcReader
from datatrove.pipeline.writers import JsonlWriter
from warcio.bufferedreaders import BufferedReader

from benchmarks.peers.language import is_english

CONFIG = MinhashConfig(n_grams=5, num_buckets=14, hashes_per_bucket=8)
# Here, for datatrove's workers read this module. warcio is written for another package of this name than FastWARC brings,
# and would end the job.
BufferedReader.DECOMPRESSORS.pop("br", None)


def main() -> None:
    """Run the five jobs one after the other."""
    archives, work, seconds, workers = Path(sys.argv[1]), Path(sys.argv[2]), float(sys.argv[3]), int(sys.argv[4])

    def job(name: str, tasks: int, *steps: PipelineStep) -> list[int]:
        """Run the steps; the documents that each of them gave."""
        LocalPipelineExecutor(list(steps), tasks=tasks, workers=workers, logging_dir=str(work / "logs" / name)).run()
        found = json.loads((work / "logs" / name / "stats.json").read_text(encoding="utf-8"))
        return [given(step["stats"]) for step in found]

    base, bands, remove = str(work / "base"), str(work / "buckets"), str(work / "remove_ids")
    filtered = job(
        "base",
        workers,
        WarcReader(str(archives), glob_pattern="*.warc.gz"),
        Trafilatura(favour_precision=True, timeout=seconds),
        LambdaFilter(is_english),
        GopherRepetitionFilter(),
        GopherQualityFilter(),
        C4QualityFilter(filter_no_terminal_punct=False),
        FineWebQualityFilter(),
        JsonlWriter(base),
    )
    signatures = str(work / "signatures")
    job("signatures", workers, JsonlReader(base), MinhashDedupSignature(signatures, config=CONFIG))
    job("buckets", CONFIG.num_buckets, MinhashDedupBuckets(signatures, bands, config=CONFIG))
    job("clusters", 1, MinhashDedupCluster(bands, remove, config=CONFIG))
    result = str(work / "result")
    last = job("last", workers, JsonlReader(base), MinhashDedupFilter(remove), PIIFormatter(), JsonlWriter(result))
    read, extracted, *_, kept, _ = filtered
    print(json.dumps({"read": read, "extracted": extracted, "filtered": kept, "deduplicated": last[1]}))


def given(stats: dict[str, Any]) -> int:
    """Documents that a step gave: a reader counts them by file, other steps as forwarded."""
    return stats["documents"]["total"] if "documents" in stats else stats.get("forwarded", 0)


if __name__ == "__main__":
    main()
