"""The names of the features of blocks, in the order of their columns.

Those of `features.py` come first, then those of `context.py`.
"""

from __future__ import annotations

from typing import Final

from lakesift.extraction.class_words import GROUPS

LEVELS: Final = 4  # of elements around a block that are described


def _names(written: str) -> tuple[str, ...]:
    return tuple(written.split())


NEIGHBOURS: Final = (-2, -1, 1, 2)
KINDS: Final = ("p", "h1", "h2", "h3", "h4", "li", "dd", "dt", "td", "th", "blockquote", "pre", "figcaption", "div")
INSIDE: Final = _names(
    "ul ol dl table form nav header footer aside article main section figure blockquote a time address details h1 h2 h3"
)

OWN: Final = _names(
    "chars words word_length link_density links digits upper clauses stops bars wide breaks ends_sentence begins_upper"
)
PLACE: Final = _names(
    "index index_share chars_share source_share behind_h1 blocks_behind_h1 depth is_hidden images_share blocks_of_page"
    " chars_of_page paragraphs_of_page links_of_page"
)
AROUND: Final = _names("chars_share link_density paragraph_share blocks stops")
BEST: Final = _names("in_best best_share levels_to_half levels_to_most in_best_parent")
PATH: Final = _names("path_blocks path_chars path_links path_stops")
CONTAINER: Final = _names(
    "container_rule in_container levels_to_container container_share container_chars container_links side_of_container"
    " around_article_text around_article around_page_text around_main"
)
NEXT_TO: Final = _names("chars link_density stops is_p same_element")
NAMES: Final = (
    *OWN,
    *PLACE,
    *(f"around_{level}_{name}" for level in range(LEVELS) for name in AROUND),
    *BEST,
    *PATH,
    *(f"next_{by:+d}_{name}" for by in NEIGHBOURS for name in NEXT_TO),
    "window_chars",
    *(f"is_{name}" for name in KINDS),
    *(f"in_{name}" for name in INSIDE),
    *(f"class_{name}" for name in GROUPS),
    *(f"near_class_{name}" for name in GROUPS),
    *(f"inner_class_{name}" for name in GROUPS),
    *(f"inner_in_{name}" for name in INSIDE),
    *CONTAINER,
)

NEAR: Final = (-3, -2, -1, 1, 2, 3)
WINDOWS: Final = (3, 8)
CONTEXT: Final = (
    "likely",
    *(f"likely_{by:+d}" for by in NEAR),
    *(f"likely_{reach}_{side}" for reach in WINDOWS for side in ("before", "behind")),
    *_names("likely_of_path likely_of_parent likely_of_grandparent"),
    *_names("likely_share_before likely_words_before likely_words_behind likely_words_of_page likely_share_of_page"),
    *_names("likeliest_before likeliest_behind"),
)
"""Features of the first model's probabilities of the blocks around, for the second model."""
