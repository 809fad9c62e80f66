"""fastText's training in a process of its own.

It is started as `python -m lakesift.scorers.models.fasttext_process ARGUMENTS`.

With one thread fastText 0.9.2 sets only the first tenth of its word vectors and trains on random memory for the
others (`DenseMatrix::uniform` in facebookresearch/fastText `src/densematrix.cc` cuts the matrix into ten blocks, one a
thread): the model differs from run to run, or the training ends with "Encountered NaN". With ten threads all vectors
are set, but the order of the updates is open. So it trains with one thread where the C library hands out zeroed memory,
which glibc does from the start of a process only. On 218 labelled documents both ways had the same AUC.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from lakesift.errors import ScorerError

# perturb: new memory is filled with the complement of this byte; tcache: small blocks would skip that.
ZEROED_MEMORY = "glibc.malloc.perturb=255:glibc.malloc.tcache_count=0"


def train_in_process(lines: Path, model: Path, arguments: dict[str, Any]) -> None:
    """Train and save a model; the same lines and arguments give the same bytes.

    Args:
        lines: the training file.
        model: the file to write.
        arguments: of `fasttext.train_supervised`, without input and thread.

    Raises:
        ScorerError: fastText rejects the lines or diverges.
    """
    call = json.dumps({"model": str(model), "arguments": {**arguments, "input": str(lines), "thread": 1, "verbose": 0}})
    tunables = ":".join(filter(None, [os.environ.get("GLIBC_TUNABLES"), ZEROED_MEMORY]))
    environment = {**os.environ, "GLIBC_TUNABLES": tunables, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    done = subprocess.run([sys.executable, "-m", __name__, call], env=environment, capture_output=True, text=True)
    if done.returncode != 0:
        reason = (done.stderr.strip().splitlines() or [f"exit code {done.returncode}"])[-1]
        raise ScorerError(f"fastText could not be trained: {reason}", next_step="lower learning_rate or minimum_count")


def _main() -> None:
    import fasttext

    call = json.loads(sys.argv[1])
    fasttext.train_supervised(**call["arguments"]).save_model(call["model"])


if __name__ == "__main__":
    _main()
