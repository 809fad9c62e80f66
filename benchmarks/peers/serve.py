"""Measures a peer on request: names of passes come in, one a line; a line of JSON goes out for each.

    python -m benchmarks.peers.serve MODULE TEXTS

MODULE is a file beside this one with `passes(texts) -> {name: callable}`; TEXTS is an Arrow file with a column `text`.
A request is one JSON map with `pass`; the answer has `seconds` and `result`.
"""

from __future__ import annotations

import json
import os
import sys
from importlib import import_module

import pyarrow.feather

from benchmarks.timing import timed


def main() -> None:
    """Answer until standard input ends."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what the libraries print must not get between the answers
    module, path = sys.argv[1:]
    texts = pyarrow.feather.read_table(path)["text"].to_pylist()
    passes = import_module(f"benchmarks.peers.{module}").passes(texts)
    for line in sys.stdin:
        print(timed(passes[json.loads(line)["pass"]]).to_json(), file=answers, flush=True)


if __name__ == "__main__":
    main()
