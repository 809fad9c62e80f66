"""A language model's tokens per character of a text.

Source: GneissWeb (arXiv 2502.14907; data-prep-kit c9f7b56, `recipes/GneissWeb/GneissWeb.ipynb`), which keeps documents
whose tokens of bigcode/starcoder per character are neither few nor many. No special tokens, no truncation and no
padding, even if the tokenizer's file says so. Needs the package tokenizers.
"""

from __future__ import annotations

import os
from functools import lru_cache
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from lakesift.errors import SetupError
from lakesift.text.kernels.buffers import strings_of
from lakesift.text.signals.family import Batch, Family

# Code points that are read from a text's start: the ratio hardly changes behind them, and a tokenizer is ten
# times slower than any other signal.
MAX_CHARACTERS = 100_000
TEXTS_AT_ONCE = 64


def measure(batch: Batch) -> NDArray[np.float64]:
    """Return one row per text: tokens and code points that were read, and their ratio.

    Values are 0 for an empty text.

    Raises:
        SetupError: the package or the file is missing, or the file is no tokenizer.
    """
    path = batch.resources.tokenizer
    assert path is not None
    try:
        state = path.stat()
    except OSError as error:
        raise SetupError(f"cannot read the tokenizer: {error}", where=str(path)) from error
    tokenizer = tokenizer_of(path, state.st_size, state.st_mtime_ns)
    values = np.zeros((len(batch.texts), len(TOKENS_PER_CHARACTER.columns)))
    texts = [text[:MAX_CHARACTERS] for text in strings_of(batch.texts)]
    for first in range(0, len(texts), TEXTS_AT_ONCE):
        some = texts[first : first + TEXTS_AT_ONCE]
        encoded = tokenizer.encode_batch_fast(some, add_special_tokens=False)
        values[first : first + len(some), 0] = [len(encoding) for encoding in encoded]
        values[first : first + len(some), 1] = [len(text) for text in some]
    values[:, 2] = values[:, 0] / np.maximum(1, values[:, 1])
    return values


@lru_cache(maxsize=2)
def tokenizer_of(path: Path, size: int, modified: int) -> Any:
    """Load the tokenizer of a file.

    Size and modification time stand for the file's content, so that a replaced file is read anew.
    """
    # Spark has one worker per core already, and threads do not survive the fork that makes one.
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    try:
        tokenizer = import_module("tokenizers").Tokenizer.from_file(str(path))
    except ImportError as error:
        raise SetupError("the package tokenizers is not installed", next_step="pip install tokenizers") from error
    except Exception as error:  # the package raises no narrower class
        raise SetupError(f"not a tokenizer.json: {error}", where=str(path)) from error
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer


TOKENS_PER_CHARACTER = Family(
    "tokens_per_character@tokenizers",
    {"tokens": pa.int64(), "characters": pa.int64(), "tokens_per_character": pa.float64()},
    measure,
    needs=("tokenizer",),
)
