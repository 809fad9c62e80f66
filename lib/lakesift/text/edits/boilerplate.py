"""`boilerplate_paragraphs@nemo`: remove policy and cookie paragraphs at one end.

Source: NVIDIA/NeMo-Curator ecd5c579, `nemo_curator/modifiers/c4.py` (BoilerPlateStringModifier with its default), the
phrases of `utils/constants.py`, and `utils/text_utils.py`: paragraphs are separated by two newlines; those with
a phrase are removed if they are neighbours that reach the first or the last paragraph, and not all paragraphs; else the
text stays. A text with "lorem ipsum" becomes empty. (The source's comment would allow paragraphs at both ends; its code
does not.) Its two sentences of advertisements for cookies that contain a shorter phrase of the list are left out.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from lakesift.text.edits.edit import Edit
from lakesift.text.edits.mentions import is_letter
from lakesift.text.edits.pii import with_texts
from lakesift.text.edits.spans import counts_of
from lakesift.text.kernels.buffers import TextBuffers
from lakesift.text.kernels.bytes import Bytes
from lakesift.text.kernels.compiled import compiled, pointer_to

LOREM_IPSUM = "lorem ipsum"
PHRASES = (
    *(
        "terms of use",
        "privacy policy",
        "cookie policy",
        "uses cookies",
        "privacy overview",
        "use of cookies",
        "use cookies",
    ),
    *("privacy & cookies policy", "privacy and cookies policy"),
    "necessary cookies are absolutely essential for the website to function properly. this category only includes "
    "cookies that ensures basic functionalities and security features of the website. these cookies do not store "
    "any personal information.",
    "any cookies that may not be particularly necessary for the website to function and is used specifically to "
    "collect user personal data via analytics, ads, other embedded contents are termed as non-necessary cookies. it is "
    "mandatory to procure user consent prior to running these cookies on your website.",
    "if you continue to browse this site without changing your cookie settings, you agree to this use. acceptread more",
)
# One of these is in each phrase; the mark is a letter that is rare in them and in text.
CLUES = ("terms of use", "privacy ", "cookie", LOREM_IPSUM)
MAX_CLUE = max(map(len, CLUES))
LETTERS = np.array([list(clue.encode().ljust(MAX_CLUE)) for clue in CLUES], np.uint8)
SIZES, PLACES = np.array([len(clue) for clue in CLUES]), np.array([7, 3, 3, 10])
MARKS = np.zeros(256, np.bool_)
MARKS[list(b"fFvVkKmM")] = True
# The Kelvin sign is k in lower case.
KELVIN = 0xE2, 0x84, 0xAA
MARKS[KELVIN[0]] = True


def remove_paragraphs(buffers: TextBuffers) -> tuple[TextBuffers, pa.StructArray]:
    """Return the texts without boilerplate at one end.

    Returns:
        The texts; and a struct array of n: paragraphs removed, paragraphs with a phrase, and whether the text was
        emptied because of "lorem ipsum".
    """
    counts = np.zeros((len(buffers), len(COLUMNS)), np.int64)
    edited = {}
    for index in np.flatnonzero(has_clue(buffers.data, buffers.offsets)).tolist():
        written = buffers.data[buffers.offsets[index] : buffers.offsets[index + 1]].tobytes()
        text, *counts[index] = without_paragraphs(written.decode(errors="surrogateescape"))
        if counts[index, 0] or counts[index, 2]:
            edited[index] = text.encode(errors="surrogateescape")
    return (with_texts(buffers, edited) if edited else buffers), counts_of(counts, COLUMNS)


def without_paragraphs(text: str) -> tuple[str, int, int, bool]:
    """Return one text without boilerplate, with its counts.

    The counts are the paragraphs removed, the paragraphs with a phrase, and whether the text was emptied.
    """
    paragraphs = text.split("\n\n")
    lowered = [paragraph.strip().lower() for paragraph in paragraphs]
    found = [place for place, paragraph in enumerate(lowered) if any(phrase in paragraph for phrase in PHRASES)]
    if any(LOREM_IPSUM in paragraph for paragraph in lowered):
        return "", 0, len(found), True
    is_run = bool(found) and found[-1] - found[0] + 1 == len(found) < len(paragraphs)
    if not is_run or (found[0] > 0 and found[-1] < len(paragraphs) - 1):
        return text, 0, len(found), False
    kept = paragraphs[: found[0]] + paragraphs[found[-1] + 1 :]
    return "\n\n".join(kept), len(found), len(found), False


@compiled
def has_clue(data: Bytes, offsets: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Return which texts may contain one of the phrases."""
    found = np.zeros(len(offsets) - 1, np.bool_)
    text = pointer_to(data)
    for document in range(len(offsets) - 1):
        start, stop = offsets[document], offsets[document + 1]
        for at in range(start, stop):
            if not MARKS[text[at]]:
                continue
            if text[at] == KELVIN[0]:
                found[document] |= at + 2 < stop and text[at + 1] == KELVIN[1] and text[at + 2] == KELVIN[2]
            for clue in range(len(LETTERS)):
                first, k = at - PLACES[clue], 0
                while (
                    start <= first
                    and first + k < stop
                    and k < SIZES[clue]
                    and is_letter(text[first + k], LETTERS[clue, k])
                ):
                    k += 1
                found[document] |= k == SIZES[clue]
            if found[document]:
                break
    return found


COLUMNS: dict[str, pa.DataType] = {"paragraphs": pa.int64(), "with_phrase": pa.int64(), "lorem_ipsum": pa.bool_()}
BOILERPLATE_PARAGRAPHS = Edit("boilerplate_paragraphs@nemo", COLUMNS, remove_paragraphs)
