"""List the metadata entries that captions are matched with: numbers, a file's lines, words and word pairs of the corpus.

Source: facebookresearch/MetaCLIP, metaclip/metaclip1/build_metadata.py (arXiv 2309.16671, section 3).
"""

from __future__ import annotations

from collections.abc import Mapping

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from lakesift.balance.metaclip.entries import EntrySettings, build_entries
from lakesift.operators.files import digests
from lakesift.operators.operator import External, Operator
from lakesift.operators.roles import Measures
from lakesift.operators.table import Boolean, Long, String, Table


def entries(pairs: DataFrame, lines: DataFrame | None, settings: EntrySettings) -> DataFrame:
    """List the entries of all sources, each once.

    Args:
        pairs: caption.
        lines: value, the lines of `settings.file`.
        settings: see `EntrySettings`.

    Returns:
        See `metaclip.entries.build_entries`.
    """
    return build_entries(settings, lines=lines, texts=pairs.select(F.col("caption").alias("text")))


def files(settings: EntrySettings) -> Mapping[str, str]:
    """Return the digest of the file of entries."""
    return digests(settings.file)


def external(settings: EntrySettings) -> Mapping[str, External]:
    """Return the file of entries."""
    return {"lines": External(settings.file, is_text=True)} if settings.file else {}


OPERATOR = Operator(
    entries,
    role=Measures(),
    writes=Table(
        "one MetaCLIP metadata entry",
        {
            "entry_id": Long("from 0"),
            "entry": String("as captions are searched for it"),
            "source": String("numbers, file, unigrams or bigrams"),
            "language": String("as entries.language has it", null="not said"),
            "matchable": Boolean("whether any caption can have it"),
        },
    ),
    example="- entries: {unigrams: {min_count: 100}}",
    files=files,
    external=external,
)
