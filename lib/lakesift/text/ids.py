"""Ids of documents as columns."""

from __future__ import annotations

from typing import Final

from pyspark.sql import Column
from pyspark.sql import functions as F

NAMESPACE_URL: Final = "6ba7b8119dad11d180b400c04fd430c8"  # RFC 9562 section 6.6


def uuid5_of(name: Column) -> Column:
    """Return the UUIDv5 of a name in the URL namespace (RFC 9562 section 5.5)."""
    digest = F.sha1(F.concat(F.unhex(F.lit(NAMESPACE_URL)), F.encode(name, "UTF-8")))
    # The variant's two bits replace the upper two of the 17th digit.
    variant = F.translate(F.substring(digest, 17, 1), "0123456789abcdef", "89ab" * 4)
    return F.concat_ws(
        "-",
        F.substring(digest, 1, 8),
        F.substring(digest, 9, 4),
        F.concat(F.lit("5"), F.substring(digest, 14, 3)),
        F.concat(variant, F.substring(digest, 18, 3)),
        F.substring(digest, 21, 12),
    )
