"""datatrove's decisions, rule by rule, and the texts that its edits leave.

    python -m conformance.peers.datatrove_rules TEXTS ANSWERS

TEXTS is an Arrow file with a column `text`. ANSWERS gets a column `rule set.rule` of booleans per rule (true: dropped; null:
not known, for an earlier rule of the same filter that cannot be switched off decided first) and a column `edit:name` of texts
per edit.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import cache
from typing import Any

import pyarrow as pa
from datatrove.data import Document
from datatrove.pipeline.filters import (
    C4QualityFilter,
    FineWebQualityFilter,
    GopherQualityFilter,
    GopherRepetitionFilter,
    fineweb_quality_filter,
    gopher_quality_filter,
    gopher_repetition_filter,
)
from datatrove.pipeline.filters.base_filter import get_filter_result
from datatrove.pipeline.formatters import PIIFormatter
from pyarrow import feather

NO_QUALITY: dict[str, Any] = dict.fromkeys(
    (
        "min_doc_words",
        "max_doc_words",
        "min_avg_word_length",
        "max_avg_word_length",
        "max_symbol_word_ratio",
        "max_bullet_lines_ratio",
        "max_ellipsis_lines_ratio",
        "max_non_alpha_words_ratio",
        "min_stop_words",
    )
)
QUALITY = {
    "short_doc": {"min_doc_words": 50},
    "long_doc": {"max_doc_words": 100000},
    "below_avg_threshold": {"min_avg_word_length": 3},
    "above_avg_threshold": {"max_avg_word_length": 10},
    "too_many_hashes": {"max_symbol_word_ratio": 0.1},
    "too_many_ellipsis": {"max_symbol_word_ratio": 0.1},
    "too_many_bullets": {"max_bullet_lines_ratio": 0.9},
    "too_many_end_ellipsis": {"max_ellipsis_lines_ratio": 0.3},
    "below_alpha_threshold": {"max_non_alpha_words_ratio": 0.8},
    "enough_stop_words": {"min_stop_words": 2},
}
NO_REPETITION: dict[str, Any] = {
    "dup_line_frac": None, "dup_para_frac": None, "dup_line_char_frac": None, "dup_para_char_frac": None,
    "top_n_grams": (), "dup_n_grams": (),
}  # fmt: skip
REPETITION: dict[str, dict[str, Any]] = {
    "empty": {},
    "dup_para_frac": {"dup_para_frac": 0.3},
    "dup_para_char_frac": {"dup_para_char_frac": 0.2},
    "dup_line_frac": {"dup_line_frac": 0.3},
    "dup_line_char_frac": {"dup_line_char_frac": 0.2},
    **{f"top_{n}_gram": {"top_n_grams": ((n, share),)} for n, share in ((2, 0.2), (3, 0.18), (4, 0.16))},
    **{
        f"duplicated_{n}_n_grams": {"dup_n_grams": ((n, share),)}
        for n, share in ((5, 0.15), (6, 0.14), (7, 0.13), (8, 0.12), (9, 0.11), (10, 0.10))
    },
}
NO_FINEWEB = {
    "line_punct_thr": 0.0,
    "short_line_thr": 1.0,
    "char_duplicates_ratio": 1.0,
    "new_line_ratio": float("inf"),
}
FINEWEB = {
    "empty": {},
    "line_punct_ratio": {"line_punct_thr": 0.12},
    "short_line_ratio": {"short_line_thr": 0.67},
    "char_dup_ratio": {"char_duplicates_ratio": 0.01},
    "list_ratio": {"new_line_ratio": 0.3},
}
NO_C4 = {"min_num_sentences": -1, "filter_lorem_ipsum": False, "filter_curly_bracket": False}
C4 = {
    "lorem_ipsum": {"filter_lorem_ipsum": True},
    "curly_bracket": {"filter_curly_bracket": True},
    "too_few_sentences": {"min_num_sentences": 5},
}
Filter = Callable[[Document], Any]


def filters() -> dict[str, Filter]:
    """One filter per rule, everything else in it switched off."""
    found: dict[str, Filter] = {}
    for name, chosen in QUALITY.items():
        found[f"gopher_quality@datatrove.{name}"] = GopherQualityFilter(**{**NO_QUALITY, **chosen}).filter
    for name, chosen in REPETITION.items():
        found[f"gopher_repetition@datatrove.{name}"] = GopherRepetitionFilter(**{**NO_REPETITION, **chosen}).filter
    for name, more in FINEWEB.items():
        found[f"fineweb_quality@datatrove.{name}"] = FineWebQualityFilter(**{**NO_FINEWEB, **more}).filter
    for rule_set, must_end in (("c4@fineweb", False), ("c4@datatrove", True)):
        for name, flags in C4.items():
            chosen = {**NO_C4, **flags, "filter_no_terminal_punct": must_end}
            found[f"{rule_set}.{name}"] = C4QualityFilter(**chosen).filter
    return found


def decision(rule: str, one: Filter, text: str) -> bool | None:
    """Whether the filter drops the text for this rule; none where another reason came first."""
    kept, reason = get_filter_result(one(Document(text, "0")))
    if kept:
        return False
    short = rule.split(".")[1]
    return True if reason in (short, f"gopher_{short}") else None


def edited(must_end: bool, text: str) -> str:
    """What C4's line rules leave, the rules on the document switched off."""
    document = Document(text, "0")
    C4QualityFilter(**NO_C4, filter_no_terminal_punct=must_end).filter(document)
    return str(document.text)


def main() -> None:
    """Answer for every text."""
    given, answers = sys.argv[1:]
    for module in (gopher_quality_filter, gopher_repetition_filter, fineweb_quality_filter):
        # Words are found once per text and not once per rule.
        module.split_into_words = cache(module.split_into_words)
    texts = feather.read_table(given)["text"].to_pylist()
    columns: dict[str, list[Any]] = {
        rule: [decision(rule, one, text) for text in texts] for rule, one in filters().items()
    }
    columns["edit:c4_lines@datatrove"] = [edited(False, text) for text in texts]
    columns["edit:c4_terminal_lines@datatrove"] = [edited(True, text) for text in texts]
    # One formatter goes on in its cycle of substitutes from text to text; lakesift begins anew with each.
    columns["edit:pii@datatrove"] = [PIIFormatter().format(text) for text in texts]
    feather.write_feather(pa.table(columns), answers)


if __name__ == "__main__":
    main()
