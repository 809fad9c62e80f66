"""SQL types of the nested columns that ingest fills, for its rows and for the tables."""

from __future__ import annotations

from typing import Final

IMAGES: Final = "ARRAY<STRUCT<url: STRING, alt: STRING, title: STRING, width: INT, height: INT>>"
DATA_TABLES: Final = (
    "ARRAY<STRUCT<caption: STRING, heading: STRING, before: STRING, after: STRING, head_rows: INT, "
    "rows: ARRAY<ARRAY<STRING>>>>"
)
