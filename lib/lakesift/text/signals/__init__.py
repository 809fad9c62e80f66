"""Families of signals, one file each.

All families of a call share one set of tokens.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from lakesift.text.catalogue import Catalogue
from lakesift.text.kernels.buffers import TextBuffers
from lakesift.text.kernels.tokens import tokens_of
from lakesift.text.language.codes import UNKNOWN
from lakesift.text.signals.family import Batch, Family
from lakesift.text.signals.resources import Resources

FAMILIES: Catalogue[Family] = Catalogue(Family, "lakesift.text.signals", "lakesift.signals")
"""All families of signals by name."""

NO_RESOURCES = Resources()

__all__ = ["FAMILIES", "Family", "count_words", "measure"]


def measure(
    buffers: TextBuffers,
    families: Sequence[str],
    urls: pa.StringArray | None = None,
    languages: pa.StringArray | None = None,
    resources: Resources = NO_RESOURCES,
) -> dict[str, pa.StructArray]:
    """Measure some families of signals.

    Args:
        buffers: n texts.
        families: names in `FAMILIES`.
        urls: n URLs; empty ones where left out.
        languages: n languages as `documents` has them; `un` where left out.
        resources: files that the families need.

    Returns:
        Per family a struct array of n, with the fields of `Family.columns`; nothing is null, every value finite.

    Raises:
        KeyError: no such family.
        ValueError: more than 2 GiB of text at once.
    """
    batch = Batch(
        buffers,
        pa.repeat("", len(buffers)) if urls is None else urls.cast(pa.string()).fill_null(""),
        pa.repeat(UNKNOWN, len(buffers)) if languages is None else languages,
        resources,
    )
    measured = {}
    for name in families:
        family = FAMILIES[name]
        columns = zip(family.measure(batch).T, family.columns.values(), strict=True)
        arrays = [pa.array(np.ascontiguousarray(column)).cast(kind) for column, kind in columns]
        measured[name] = pa.StructArray.from_arrays(arrays, names=list(family.columns))
    return measured


def count_words(buffers: TextBuffers) -> pa.Int64Array:
    """Return the number of English tokens of each text, the word count everywhere."""
    return pa.array(np.diff(tokens_of(buffers).firsts))
