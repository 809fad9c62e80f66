"""The form of a family of signals: numbers measured on one text."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from lakesift.text.tokens import Tokens


@dataclass(frozen=True)
class Family:
    """Signals that one implementation defines together.

    Attributes:
        name: implementation's rule set, such as `gopher_quality@datatrove`.
        columns: names and types of the signals, in the order of the matrix that `measure` gives.
        measure: tokens of n texts in, float64[n, number of columns] out, every value finite.
    """

    name: str
    columns: dict[str, pa.DataType]
    measure: Callable[[Tokens], NDArray[np.float64]]
