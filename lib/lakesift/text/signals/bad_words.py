"""Words of the "List of Dirty, Naughty, Obscene, and Otherwise Bad Words".

The list is that of the document's language.

Source: datatrove 0.10.1, `src/datatrove/pipeline/filters/c4_filters.py`, `C4BadWordsFilter`, after C4 (JMLR 21/140
section 2.2). An entry counts where no letter, digit or underscore is before or after it; in Japanese, Thai and
Chinese it counts anywhere. The text is in lower case and the entries are as they are listed, so one with a capital is
never found, as in the source. A text has matches exactly where the source's regular expression finds one; their number
is ours: the longest entry at the first place, then on behind it.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import numpy as np
import pyarrow as pa
from ahocorasick_rs import AhoCorasick, Implementation
from numpy.typing import NDArray

from lakesift.errors import SetupError
from lakesift.text.kernels.buffers import strings_of
from lakesift.text.signals.family import Batch, Family

WITHOUT_SPACES = frozenset({"ja", "th", "zh"})
# Parts of harmless words: each would match over a tenth of its language's documents (the source's allow list).
ALLOWED = frozenset({"sm", "グロ", "女の子", "性"})
# Files named after another code than the one in `documents`.
FILE_CODES = {"nb": "no", "nn": "no", "tl": "fil"}
KEPT_LISTS = 64


def measure(batch: Batch) -> NDArray[np.float64]:
    """Return one row per text: matches, different entries, and whether a list exists.

    A list exists for some of the languages only.

    Raises:
        SetupError: the folder of lists is not there.
    """
    folder = batch.resources.bad_words
    assert folder is not None
    if not folder.is_dir():
        raise SetupError("there is no folder of bad words", where=str(folder))
    values = np.zeros((len(batch.texts), len(BAD_WORDS.columns)))
    texts = zip(strings_of(batch.texts), batch.languages.to_pylist(), strict=True)
    for place, (text, language) in enumerate(texts):
        automaton = automaton_of(folder, language)
        if automaton is not None:
            found = matches_in(text.lower(), automaton, language not in WITHOUT_SPACES)
            values[place] = len(found), len(set(found)), True
    return values


@lru_cache(maxsize=KEPT_LISTS)
def automaton_of(folder: Path, language: str) -> AhoCorasick | None:
    """Return a matcher of a language's entries, None where it has no list.

    It is built once per process.
    """
    file = folder / FILE_CODES.get(language, language)
    if not file.is_file():
        return None
    entries = set(map(str.strip, file.read_text(encoding="utf-8").splitlines())) - ALLOWED - {""}
    return AhoCorasick(sorted(entries), implementation=Implementation.DFA) if entries else None


def matches_in(text: str, automaton: AhoCorasick, bounded: bool) -> list[int]:
    """Return the numbers of the entries found in a text, without overlaps."""
    found = automaton.find_matches_as_indexes(text, overlapping=True)
    if bounded:
        found = [match for match in found if is_bounded(text, match[1], match[2])]
    kept, free = [], 0
    for entry, start, stop in sorted(found, key=lambda match: (match[1], -match[2])):
        if start >= free:
            kept.append(entry)
            free = stop
    return kept


def is_bounded(text: str, start: int, stop: int) -> bool:
    """Return whether no letter, digit or underscore touches `text[start:stop]`."""
    return not (start > 0 and is_word(text[start - 1])) and not (stop < len(text) and is_word(text[stop]))


def is_word(character: str) -> bool:
    """Return whether this character matches a regular expression's `\\w`."""
    return character.isalnum() or character == "_"


BAD_WORDS = Family(
    "bad_words@ldnoobw",
    {"matches": pa.int64(), "different": pa.int64(), "has_list": pa.bool_()},
    measure,
    needs=("bad_words",),
)
