"""RedPajama-V2's category of a document's domain in the UT1 lists.

Source: togethercomputer/RedPajama-Data 6d2cee9 `app/src/core/quality_signals/content.py`, `RPS_Doc_UT1_Blacklist`. The
domain is the URL's whole network location, compared as it is written. The source's numbers come from a file that it
does not publish; here the sets of categories that some domain has are numbered from 1 in alphabetical order.
"""

from __future__ import annotations

from collections import defaultdict
from functools import lru_cache
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from lakesift.text.signals.family import Batch, Family
from lakesift.text.signals.url import split_url

KEPT_FOLDERS = 4


def measure(batch: Batch) -> NDArray[np.float64]:
    """Return one row per text: the number of its domain's set of categories.

    The number is 0 for a domain in none.
    """
    assert batch.resources.url_lists is not None
    numbers = category_numbers(batch.resources.url_lists)
    found = [numbers.get(split_url(url).netloc, 0) for url in batch.urls.to_pylist()]
    return np.array(found, np.float64).reshape(-1, 1)


@lru_cache(maxsize=KEPT_FOLDERS)
def category_numbers(folder: Path) -> dict[str, int]:
    """Number each domain's set of categories.

    A category is a folder with a file `domains`, one domain a line.
    """
    categories: defaultdict[str, list[str]] = defaultdict(list)
    for file in sorted(folder.glob("*/domains")):
        for domain in filter(None, map(str.strip, file.read_text(encoding="utf-8").splitlines())):
            if file.parent.name not in categories[domain]:
                categories[domain].append(file.parent.name)
    sets = sorted(set(map(tuple, categories.values())))
    numbers = {each: number for number, each in enumerate(sets, 1)}
    return {domain: numbers[tuple(each)] for domain, each in categories.items()}


RPV2_URL = Family("rpv2_url@rpv2", {"ut1_blacklist": pa.int64()}, measure, needs=("url_lists",))
