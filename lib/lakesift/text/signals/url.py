"""Signals of a document's URL: its form, and whether lists contain its parts.

The lists name hosts, addresses and words.

Sources: datatrove 0.10.1, `src/datatrove/pipeline/filters/url_filter.py` (FineWeb's filter); DCLM 361714b,
`baselines/mappers/filters/metadata_filters.py` with `baselines/baselines_configs/dclm_baseline_refinedweb.yaml`
(RefinedWeb's, arXiv 2306.01116 appendix G.1). The lists are the recipe's; both read the same files, DCLM's strict words
are `subwords` and its hard words `words`. A document without a URL is in no list.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

import numpy as np
import pyarrow as pa
import tldextract
from ahocorasick_rs import AhoCorasick, MatchKind
from numpy.typing import NDArray

from lakesift.text.signals.family import Batch, Family
from lakesift.text.signals.url_lists import KEPT_FOLDERS, listed, url_lists

SEPARATORS = re.compile(r"[^a-zA-Z0-9]+")
DIGITS = re.compile(r"[0-9]")
ADDRESS = re.compile(r"[0-9.]+|.*:.*")
NO_SPLIT = SplitResult("", "", "", "", "")
# The Public Suffix List inside the package: no download, no cache folder, the same answer on every machine.
SUFFIXES = tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None)
KEPT_HOSTS = 65_536

Counter = Callable[[str], int]


def measure_datatrove(batch: Batch) -> NDArray[np.float64]:
    """Return one row per URL: three flags, then the number of each kind of word.

    The flags say whether registered domain, host and address are listed.
    """
    folder = batch.resources.url_lists
    assert folder is not None
    lists, urls = url_lists(folder), batch.urls.to_pylist()
    names = [registered_and_host(before_path(url)) for url in urls]
    words, soft_words, subwords = datatrove_counters(folder)
    return np.column_stack(
        [
            listed([registered for registered, _ in names], lists.domains),
            listed([host for _, host in names], lists.domains),
            listed(urls, lists.urls),
            *(np.fromiter(map(count, urls), np.float64, len(urls)) for count in (words, soft_words, subwords)),
        ]
    )


def measure_dclm(batch: Batch) -> NDArray[np.float64]:
    """Return one row per URL: a flag, then the number of each kind of word.

    The flag says whether the network location without "www" is listed.
    """
    folder = batch.resources.url_lists
    assert folder is not None
    lists, urls = url_lists(folder), [url.lower() for url in batch.urls.to_pylist()]
    hosts = [split_url(url).netloc.replace("www", "") for url in urls]
    counted = (np.fromiter(map(count, urls), np.float64, len(urls)) for count in dclm_counters(folder))
    return np.column_stack([listed(hosts, lists.domains), *counted])


def measure_shape(batch: Batch) -> NDArray[np.float64]:
    """Return one row per URL, the columns of `URL_SHAPE`; zeros for none."""
    return np.array([shape_of(url) for url in batch.urls.to_pylist()], np.float64).reshape(-1, len(URL_SHAPE.columns))


@lru_cache(maxsize=KEPT_FOLDERS)
def datatrove_counters(folder: Path) -> tuple[Counter, Counter, Counter]:
    """Return counters of the different listed words, soft words and subwords of a URL.

    Words are compared in the URL's own case.
    """
    lists = url_lists(folder)
    words, soft_words, subwords = ({normalized(entry) for entry in group} - {""} for group in lists[2:])
    inside = finder_of(subwords, MatchKind.Standard)

    def among(group: set[str]) -> Counter:
        return lambda url: len(group.intersection(SEPARATORS.split(url)))

    return among(words), among(soft_words), lambda url: len(set(inside(normalized(url))))


@lru_cache(maxsize=KEPT_FOLDERS)
def dclm_counters(folder: Path) -> tuple[Counter, Counter, Counter]:
    """Return counters of the different strict, hard and soft words of a URL.

    The URL is in lower case; words that overlap count once.
    """
    lists = url_lists(folder)
    words, soft_words, strict = ({entry.lower() for entry in group} for group in lists[2:])
    inside = finder_of(strict, MatchKind.LeftmostLongest)

    def among(group: set[str]) -> Counter:
        longest_first = sorted(group, key=lambda word: (-len(word), word))
        pattern = re.compile(rf"\b(?:{'|'.join(map(re.escape, longest_first)) or '(?!)'})\b")
        return lambda url: len(set(pattern.findall(url)))

    return lambda url: len(set(inside(url.replace("-", "").replace(".", "")))), among(words), among(soft_words)


def finder_of(entries: set[str], kind: MatchKind) -> Callable[[str], list[str]]:
    """Return a function that finds the entries in a string.

    Entries that overlap are found if the kind allows it.
    """
    if not entries:
        return lambda _: []
    automaton, overlapping = AhoCorasick(sorted(entries), matchkind=kind), kind == MatchKind.Standard
    return lambda text: automaton.find_matches_as_strings(text, overlapping=overlapping)


def normalized(text: str) -> str:
    """Return the ASCII letters and digits of a text, in lower case."""
    return SEPARATORS.sub("", text).lower()


def split_url(url: str) -> SplitResult:
    """Return the parts of a URL; all of them are empty where it is malformed."""
    try:
        return urlsplit(url)
    except ValueError:
        return NO_SPLIT


def before_path(url: str) -> str:
    """Return the part of a URL in which tldextract finds the same domain.

    This is everything before the third slash, with a scheme or without.
    """
    return "/".join(url.split("/", 3)[:3])


@lru_cache(maxsize=KEPT_HOSTS)
def registered_and_host(url: str) -> tuple[str, str]:
    """Return the registered domain and the host of a URL.

    Each is empty where there is no public suffix.
    """
    parts = SUFFIXES(url)
    return parts.top_domain_under_public_suffix, parts.fqdn


def shape_of(url: str) -> tuple[float, ...]:
    """Measure the form of a URL.

    Returns whether the host is an IP address, folders and file of the path, code points, parameters, and share of
    digits.
    """
    split = split_url(url)
    depth = sum(map(bool, split.path.split("/")))
    parameters = sum(map(bool, split.query.split("&")))
    return has_address(split), depth, len(url), parameters, len(DIGITS.findall(url)) / max(1, len(url))


def has_address(split: SplitResult) -> bool:
    """Return whether the host is an IPv4 or IPv6 address."""
    host = split.hostname or ""
    if not ADDRESS.fullmatch(host):
        return False
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


FLAG, COUNT = pa.bool_(), pa.int64()
URL_DATATROVE = Family(
    "url@datatrove",
    {"domain": FLAG, "subdomain": FLAG, "url": FLAG, "words": COUNT, "soft_words": COUNT, "subwords": COUNT},
    measure_datatrove,
    needs=("url_lists",),
)
URL_DCLM = Family(
    "url@dclm",
    {"domain": FLAG, "strict_words": COUNT, "hard_words": COUNT, "soft_words": COUNT},
    measure_dclm,
    needs=("url_lists",),
)
URL_SHAPE = Family(
    "url_shape@lakesift",
    {"ip_host": FLAG, "depth": COUNT, "length": COUNT, "parameters": COUNT, "digit_ratio": pa.float64()},
    measure_shape,
)
