"""The order of documents, for methods in which the first occurrence is kept."""

from __future__ import annotations

import pyspark.sql.functions as F
from pyspark.sql import Column

PLACE = ("crawl", "source_path", "source_offset", "doc_id")


def document_order() -> Column:
    """Return a struct that sorts documents by crawl, place in the archives, doc_id.

    The smallest is the first.

    It depends neither on the partitions nor on the order in which files were read.
    """
    return F.struct(*PLACE)
