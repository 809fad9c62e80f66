"""Arrow types of the nested columns that ingest fills; `text.sql_types` for SQL."""

from __future__ import annotations

from typing import Final

import pyarrow as pa

IMAGES: Final = pa.list_(
    pa.struct(
        [
            *((name, pa.string()) for name in ("url", "alt", "title")),
            *((name, pa.int32()) for name in ("width", "height")),
        ]
    )
)
DATA_TABLES: Final = pa.list_(
    pa.struct(
        [
            *((name, pa.string()) for name in ("caption", "heading", "before", "after")),
            ("head_rows", pa.int32()),
            ("rows", pa.list_(pa.list_(pa.string()))),
        ]
    )
)
