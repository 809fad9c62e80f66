"""The order of documents, for methods in which the first occurrence is kept."""

from __future__ import annotations

import pyspark.sql.functions as F
from pyspark.sql import Column

PLACE = ("crawl", "source_path", "source_offset", "doc_id")


def document_order() -> Column:
    """A struct that sorts documents by crawl and place in their archives, then by doc_id; the smallest is the first.

    It says the same whatever the partitions and the order in which files were read.
    """
    return F.struct(*PLACE)
