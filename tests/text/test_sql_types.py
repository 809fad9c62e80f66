"""Types in SQL are those of Arrow, whatever is in what."""

from __future__ import annotations

import pyarrow as pa

from lakesift.text.kernels.sql_types import sql_type


def test_lists_structs_and_maps_name_what_is_in_them() -> None:
    rows = pa.list_(pa.list_(pa.string()))
    kind = pa.struct([("rows", rows), ("counts", pa.map_(pa.string(), pa.int64()))])
    assert sql_type(kind) == "STRUCT<rows: ARRAY<ARRAY<STRING>>, counts: MAP<STRING, BIGINT>>"
