"""The form of an edit: a change to a document's text, with a struct of its counts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pyarrow as pa

from lakesift.text.kernels.buffers import TextBuffers


@dataclass(frozen=True)
class Edit:
    """One edit, named after the implementation whose definition it follows.

    Attributes:
        name: such as `c4_lines@datatrove`.
        columns: names and types of the struct's fields; no field is ever null.
        apply: texts in, the edited texts and one struct per text out.
    """

    name: str
    columns: dict[str, pa.DataType]
    apply: Callable[[TextBuffers], tuple[TextBuffers, pa.StructArray]]
