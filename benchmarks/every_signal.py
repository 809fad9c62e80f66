"""How fast one core measures: FineWeb's recipe, every family of signals at once, and each family alone."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

import pyarrow as pa

from benchmarks.document import Section, number
from benchmarks.inputs import REAL_PAGES
from benchmarks.timing import timed
from lakesift.documents.measuring.measure import measure_batch
from lakesift.documents.measuring.settings import DocumentsSettings
from lakesift.recipe.recipe import Recipe
from lakesift.shipped import conf_folder
from lakesift.text.edits import EDITS
from lakesift.text.signals import FAMILIES
from lakesift.text.signals.resources import Resources

ROWS = 500
LISTS = REAL_PAGES.parent / "lists"
LEAST_FINEWEB, LEAST_EVERYTHING = 12, 5
"""MB/s; the first is three times datamap-rs, the fastest public one, on DCLM's rules (4 MB/s per core, measured apart)."""
HOW = """Megabytes of UTF-8 text a second of processor time, `measure_batch` on one core, after a warm-up. Language and the hash \
of the text are found in each row of the table. Edits stand aside: each is carried out on the text as it was. A family alone \
finds its own words; together they share them. Families that need a tokenizer or stop words of the user's are left out; lists of URLs \
and bad words are those of the test data."""


def measure(pages: pa.Table, rounds: int) -> Section:
    """Measure.

    Args:
        pages: columns of `pages` that measuring needs.
        rounds: measurements of each row; their median counts.
    """
    batches = pages.to_batches(max_chunksize=ROWS)
    megabytes = sum(len(text.encode()) for text in pages["text"].to_pylist()) / 1e6

    def speed(settings: DocumentsSettings) -> float:
        def one_pass() -> int:
            return sum(len(measure_batch(batch, settings)) for batch in batches)

        one_pass()
        return megabytes / median(timed(one_pass).seconds for _ in range(rounds))

    resources = Resources.model_validate(
        {
            name: path
            for name, path in (
                ("url_lists", LISTS / "ut1"),
                ("bad_words", LISTS / "bad_words"),
                ("languages", conf_folder() / "languages"),
            )
            if path.is_dir()
        }
    )
    families = [
        name for name, family in FAMILIES.items() if all(getattr(resources, need) is not None for need in family.needs)
    ]

    def of(names: Sequence[str], edits: Sequence[str] = ()) -> DocumentsSettings:
        steps: list[object] = [{"signals": list(names)}] if names else []
        steps += [{"aside": [{"edit": name}]} for name in edits]
        return DocumentsSettings.model_validate({"steps": steps, "resources": resources})

    fineweb = Recipe.load("fineweb").stage("documents").settings
    assert isinstance(fineweb, DocumentsSettings)
    asked = [
        ("conf/fineweb.yml", fineweb, LEAST_FINEWEB),
        (f"all {len(families)} families", of(families), LEAST_EVERYTHING),
        (f"all families and {len(EDITS)} edits", of(families, list(EDITS)), 0),
        ("language and hash only", of([]), 0),
        *((name, of([name]), 0) for name in families),
        *((name, of([], [name]), 0) for name in EDITS),
    ]
    rows = []
    for name, settings, least in asked:
        found = speed(settings)
        reached = f">= {least} MB/s: {'reached' if found >= least else 'not reached'}" if least else ""
        rows.append((name, f"{number(found)} MB/s", reached))
    columns = ("measured", f"speed on {len(pages):,} documents, {megabytes:.1f} MB", "target")
    return Section("Signals and edits", HOW, columns, tuple(rows))
