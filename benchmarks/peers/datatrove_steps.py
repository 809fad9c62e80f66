"""datatrove's steps for one document at a time, with FineWeb's settings."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from functools import partial

from datatrove.data import Document
from datatrove.pipeline.dedup import MinhashDedupSignature
from datatrove.pipeline.filters import (
    C4QualityFilter,
    FineWebQualityFilter,
    GopherQualityFilter,
    GopherRepetitionFilter,
    LambdaFilter,
)
from datatrove.pipeline.filters.base_filter import get_filter_result
from datatrove.pipeline.formatters import PIIFormatter

from benchmarks.peers.language import is_english


def passes(texts: list[str]) -> dict[str, Callable[[], int]]:
    """`every_step`: all steps on all documents; `in_order`: a dropped document does not go on. Both give those kept."""
    filters = (
        LambdaFilter(is_english),
        GopherRepetitionFilter(),
        GopherQualityFilter(),
        C4QualityFilter(filter_no_terminal_punct=False),
        FineWebQualityFilter(),
    )
    # The folder stays empty: signatures are computed and not written, as on the other side.
    minhash = MinhashDedupSignature(tempfile.mkdtemp())
    pii = PIIFormatter()

    def one_pass(goes_on: bool) -> int:
        kept = 0
        for number, text in enumerate(texts):
            document = Document(text, str(number))
            passed = True
            for step in filters:
                passed &= bool(get_filter_result(step.filter(document))[0])
                if not passed and not goes_on:
                    break
            if passed or goes_on:
                shingles = minhash.get_shingles(document.text)
                if shingles.size:
                    minhash.get_signature(shingles)
                pii.format(document.text)
            kept += passed
        return kept

    return {"every_step": partial(one_pass, True), "in_order": partial(one_pass, False)}
