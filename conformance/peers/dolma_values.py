"""dolma's Gopher attributes of each text.

    python -m conformance.peers.dolma_values TEXTS ANSWERS

TEXTS is an Arrow file with a column `text`; ANSWERS gets a column per attribute.
"""

from __future__ import annotations

import sys

import pyarrow as pa
from dolma.taggers.gopher import get_attributes
from pyarrow import feather


def main() -> None:
    """Answer for every text."""
    given, answers = sys.argv[1:]
    rows = [get_attributes(text).as_spans() for text in feather.read_table(given)["text"].to_pylist()]
    names = sorted({span.type for row in rows for span in row})
    columns = {name: [next((span.score for span in row if span.type == name), None) for row in rows] for name in names}
    feather.write_feather(pa.table(columns), answers)


if __name__ == "__main__":
    main()
