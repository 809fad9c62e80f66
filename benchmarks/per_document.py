"""The per-document pass on one core: lakesift's `measure_batch` and datatrove's steps."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pyarrow as pa

from benchmarks.document import Section, against, number
from benchmarks.peer import Peer
from benchmarks.timing import Timed, compared, timed
from lakesift.documents.measuring.measure import measure_batch
from lakesift.documents.measuring.settings import DocumentsSettings
from lakesift.recipe.recipe import Recipe

ROWS = 500
"""Documents handed over at once, as by Spark (`spark.sql.execution.arrow.maxRecordsPerBatch`)."""
TARGET = 100
FORMS = {
    "every_step": "all steps on every document",
    "in_order": "datatrove stops at the first step that drops",
}
HOW = """Tokens, language, the four rule sets of FineWeb, C4's line edits, PII and MinHash (112 hashes), from the same \
texts (extracted once, by lakesift) in memory to results in memory, by one process on one core, after a warm-up; \
processor seconds. lakesift: `measure_batch` with the settings of conf/fineweb.yml, which measures every signal of \
every document. datatrove: GopherRepetition, GopherQuality, C4Quality(filter_no_terminal_punct=False) and FineWebQuality \
filters, MinhashDedupSignature's shingles and signature (not written) and PIIFormatter.

datatrove's language model would be a download; CLD2, which lakesift uses, stands in for it. Its filters stop at their \
first failing rule in both forms. Left out by both: URL block lists."""


def measure(inputs: dict[str, pa.Table], rounds: int, folder: Path) -> Section:
    """Compare on each input.

    Args:
        inputs: by name, pages with the columns that `measure_batch` needs.
        rounds: pairs of measurements.
        folder: for the peer.
    """
    settings = Recipe.load("fineweb").stage("documents").settings
    assert isinstance(settings, DocumentsSettings)
    rows = []
    for name, pages in inputs.items():
        texts = pages["text"].to_pylist()
        megabytes = sum(len(text.encode()) for text in texts) / 1e6
        batches = pages.to_batches(max_chunksize=ROWS)

        def our_pass(batches: list[pa.RecordBatch] = batches) -> Timed:
            return timed(lambda: sum(len(measure_batch(batch, settings)) for batch in batches))

        our_pass()
        with Peer("datatrove_steps", texts, folder / name.replace(" ", "_")) as peer:
            peer.measure("in_order")
            for form, words in FORMS.items():
                found = compared(our_pass, partial(peer.measure, form), rounds)
                rows.append(
                    (
                        f"{name}: {len(texts):,} documents, {megabytes:.1f} MB",
                        words,
                        f"{number(megabytes / found.ours)} MB/s",
                        f"{number(megabytes / found.theirs)} MB/s",
                        f"{number(found.ratio)}x ({found.spread})",
                        against(found.ratio, TARGET),
                    )
                )
    columns = ("texts", "form", "lakesift", "datatrove", "ratio", "target")
    return Section("Per-document pass", HOW, columns, tuple(rows))
