"""The head of a data card that Hugging Face's Hub and datasets read."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Final

import yaml

# huggingface.co/docs/hub/datasets-cards: n<1K up to n>1T.
_SIZES: Final = ("1K", "10K", "100K", "1M", "10M", "100M", "1B", "10B", "100B", "1T")
_LANGUAGE: Final = re.compile(r"[a-z]{2,3}")
_MAX_LANGUAGES: Final = 100


def front_matter(name: str, rows: int, languages: Sequence[str], *, of_pairs: bool) -> str:
    """Return the YAML block that a card begins with: where the data is, its languages and size.

    Source: huggingface.co/docs/hub/datasets-cards and datasets-manual-configuration.

    Args:
        name: `name@version`.
        rows: documents or pairs.
        languages: codes as the data set has them, the most frequent first; those that are no ISO 639 code stay out.
        of_pairs: pairs of image and text.
    """
    known = [language for language in languages if _LANGUAGE.fullmatch(language) and language != "un"]
    fields: dict[str, Any] = {
        "pretty_name": name,
        **({"language": known[:_MAX_LANGUAGES]} if known else {}),
        "size_categories": [size_category(rows)],
        "task_categories": ["image-to-text" if of_pairs else "text-generation"],
        "tags": ["lakesift", "web-crawl"],
        "configs": [{"config_name": "default", "data_files": [{"split": "train", "path": "data/train-*"}]}],
    }
    return f"---\n{yaml.safe_dump(fields, sort_keys=False, allow_unicode=True)}---\n"


def size_category(rows: int) -> str:
    """Return the Hub's category of a number of rows, such as `10K<n<100K`."""
    limits = [10 ** (3 + place) for place in range(len(_SIZES))]
    above = [place for place, limit in enumerate(limits) if rows >= limit]
    if not above:
        return f"n<{_SIZES[0]}"
    place = above[-1]
    return f"{_SIZES[place]}<n<{_SIZES[place + 1]}" if place + 1 < len(_SIZES) else f"n>{_SIZES[place]}"
