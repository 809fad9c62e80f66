"""RedPajama-V2's signals of content that need no list.

Source: togethercomputer/RedPajama-Data 6d2cee9 `app/src/core/quality_signals/content.py`; columns are the published
names without `rps_doc_`. Values are not rounded; an empty text has zeros. `ccnet_length` and `ccnet_nlines` are
cc_net's numbers of a text for RedPajama-V2: its code points, and its lines, which have a newline between them.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from lakesift.text.kernels.bytes import characters_in
from lakesift.text.kernels.compiled import compiled, pointer_to
from lakesift.text.kernels.substrings import Strings, next_string, strings_of
from lakesift.text.signals.family import Batch, Family
from lakesift.text.words import normalised_text

BRACKETS = (ord("{"), ord("}"))
NEWLINE = ord("\n")
PLACEHOLDERS = strings_of(["lorem ipsum"])


def measure(batch: Batch) -> NDArray[np.float64]:
    """Return one row per text, the columns of `RPV2_CONTENT`."""
    values = np.zeros((len(batch.texts), len(RPV2_CONTENT.columns)))
    normal = normalised_text(batch.texts)
    _measure(batch.texts.data, batch.texts.offsets, normal.data, normal.offsets, PLACEHOLDERS, values)
    return values


@compiled
def _measure(
    text: NDArray[np.uint8],
    offsets: NDArray[np.int64],
    normal: NDArray[np.uint8],
    normal_offsets: NDArray[np.int64],
    placeholders: Strings,
    values: NDArray[np.float64],
) -> None:
    text_at, normal_at = pointer_to(text), pointer_to(normal)
    for document in range(len(values)):
        start, stop = offsets[document], offsets[document + 1]
        if start == stop:
            continue
        brackets, lines, size = 0, 1, characters_in(text_at, start, stop)
        for at in range(start, stop):
            brackets += text_at[at] == BRACKETS[0] or text_at[at] == BRACKETS[1]
            lines += text_at[at] == NEWLINE
        values[document, 0], values[document, 2], values[document, 3] = brackets / max(1, size), size, lines
        start, stop = normal_offsets[document], normal_offsets[document + 1]
        count, at, string = -1, start, 0
        while string >= 0:
            count += 1
            at, string = next_string(normal_at, at, start, stop, placeholders)
        values[document, 1] = count / max(1, characters_in(normal_at, start, stop))


RPV2_CONTENT = Family(
    "rpv2_content@rpv2",
    {
        "curly_bracket": pa.float64(),
        "lorem_ipsum": pa.float64(),
        "ccnet_length": pa.int64(),
        "ccnet_nlines": pa.int64(),
    },
    measure,
)
