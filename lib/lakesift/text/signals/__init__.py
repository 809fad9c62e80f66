"""Families of signals, one file each.

All families of a call share one set of tokens.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from lakesift.text.kernels.buffers import TextBuffers
from lakesift.text.kernels.tokens import tokens_of
from lakesift.text.language.codes import UNKNOWN
from lakesift.text.signals.bad_words import BAD_WORDS
from lakesift.text.signals.characters import CHARACTERS_FAMILY, SCRIPTS_FAMILY
from lakesift.text.signals.enrichment import ENRICHMENT
from lakesift.text.signals.family import Batch, Family
from lakesift.text.signals.fineweb import FINEWEB_QUALITY
from lakesift.text.signals.fineweb2 import (
    FINEWEB_QUALITY_FINEWEB2,
    GOPHER_QUALITY_FINEWEB2,
    GOPHER_REPETITION_FINEWEB2,
)
from lakesift.text.signals.gopher_quality import GOPHER_QUALITY
from lakesift.text.signals.gopher_quality_dclm import GOPHER_QUALITY_DCLM
from lakesift.text.signals.gopher_quality_dolma import GOPHER_QUALITY_DOLMA
from lakesift.text.signals.gopher_repetition import GOPHER_REPETITION
from lakesift.text.signals.gopher_repetition_dclm import GOPHER_REPETITION_DCLM
from lakesift.text.signals.gopher_repetition_dolma import GOPHER_REPETITION_DOLMA
from lakesift.text.signals.gopher_repetition_nemo import GOPHER_REPETITION_NEMO
from lakesift.text.signals.gopher_repetition_rpv2 import GOPHER_REPETITION_RPV2
from lakesift.text.signals.language_mix import LANGUAGE_MIX
from lakesift.text.signals.madlad400 import MADLAD400
from lakesift.text.signals.nemotron_cc import NEMOTRON_CC
from lakesift.text.signals.pii_counts import PII_COUNTS
from lakesift.text.signals.readability import READABILITY_GNEISSWEB, READABILITY_TEXTSTAT
from lakesift.text.signals.resources import Resources
from lakesift.text.signals.rpv2_content import RPV2_CONTENT
from lakesift.text.signals.rpv2_lines import RPV2_LINES
from lakesift.text.signals.rpv2_natural_language import RPV2_NATURAL_LANGUAGE
from lakesift.text.signals.rpv2_url import RPV2_URL
from lakesift.text.signals.rpv2_word_lists import RPV2_BAD_WORDS, RPV2_STOP_WORDS
from lakesift.text.signals.tokens_per_character import TOKENS_PER_CHARACTER
from lakesift.text.signals.url import URL_DATATROVE, URL_DCLM, URL_SHAPE

FAMILIES: dict[str, Family] = {
    family.name: family
    for family in (
        GOPHER_REPETITION,
        GOPHER_QUALITY,
        FINEWEB_QUALITY,
        GOPHER_QUALITY_DCLM,
        GOPHER_QUALITY_DOLMA,
        GOPHER_REPETITION_DCLM,
        GOPHER_REPETITION_DOLMA,
        GOPHER_REPETITION_NEMO,
        GOPHER_REPETITION_RPV2,
        MADLAD400,
        NEMOTRON_CC,
        PII_COUNTS,
        RPV2_BAD_WORDS,
        RPV2_CONTENT,
        RPV2_LINES,
        RPV2_NATURAL_LANGUAGE,
        RPV2_STOP_WORDS,
        RPV2_URL,
        ENRICHMENT,
        CHARACTERS_FAMILY,
        SCRIPTS_FAMILY,
        READABILITY_GNEISSWEB,
        READABILITY_TEXTSTAT,
        URL_DATATROVE,
        URL_DCLM,
        URL_SHAPE,
        BAD_WORDS,
        TOKENS_PER_CHARACTER,
        LANGUAGE_MIX,
        GOPHER_REPETITION_FINEWEB2,
        GOPHER_QUALITY_FINEWEB2,
        FINEWEB_QUALITY_FINEWEB2,
    )
}

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
