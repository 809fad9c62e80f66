"""The form of a family of signals: numbers measured on one document."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from lakesift.text.kernels.buffers import TextBuffers
from lakesift.text.kernels.tokens import Tokens
from lakesift.text.signals.resources import Resources


@dataclass(frozen=True)
class Batch:
    """n documents to measure.

    Attributes:
        texts: their texts; shared results of all families, such as tokens, are cached in `texts.derived`.
        urls: their URLs, none null.
        languages: their languages as `documents` has them, none null.
        resources: files that the recipe names.
    """

    texts: TextBuffers
    urls: pa.StringArray
    languages: pa.StringArray
    resources: Resources


@dataclass(frozen=True)
class Family:
    """Signals that one implementation defines together.

    Attributes:
        name: implementation's rule set, such as `gopher_quality@datatrove`.
        columns: names and types of the signals, in the order of the matrix that `measure` returns.
        measure: n documents in, float64[n, number of columns] out, every value finite.
        needs: fields of `Resources` that have to be given.
    """

    name: str
    columns: dict[str, pa.DataType]
    measure: Callable[[Batch], NDArray[np.float64]]
    needs: tuple[str, ...] = ()


def per_text(kernel: Callable[..., None], words: Tokens, columns: int, *tables: Any) -> NDArray[np.float64]:
    """Return the matrix that a kernel fills, zeros where it writes nothing.

    Args:
        kernel: takes the fields of `Tokens` in order, `found` as 64-bit words, then the tables and the matrix.
        words: of n texts.
        columns: of the matrix.
        tables: further tables that the kernel reads.

    Returns:
        float64[n, columns].
    """
    values = np.zeros((len(words.firsts) - 1, columns))
    kernel(words.text, words.offsets, words.firsts, words.found.view(np.uint64), *tables, values)
    return values
