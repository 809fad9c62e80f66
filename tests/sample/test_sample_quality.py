"""The sample is plausible: real tools see the planted languages, articles, junk and duplicates."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from itertools import combinations
from pathlib import Path

import pycld2
import pytest
from resiliparse.extract.html2text import extract_plain_text

from sample.sampled import Row, page_text

SHINGLE = 5
STOP_WORDS = {"the", "be", "to", "of", "and", "that", "have", "with"}
ENOUGH = {"good": 0.95, "junk": 0.85, "language": 0.97}


@pytest.fixture(scope="session")
def texts(crawl: Path, rows: list[Row]) -> list[tuple[Row, str]]:
    pages = [row for row in rows if row["expected"] == "page"]
    return [(row, extract_plain_text(page_text(crawl, row), main_content=True, alt_texts=False)) for row in pages]


def _passes(text: str) -> bool:
    """A short form of Gopher's, C4's and FineWeb's rules (datatrove's thresholds), with a simpler tokenizer."""
    words = re.findall(r"\w+|[^\w\s]", text)
    named = [word for word in words if word[0].isalnum()]
    lines = [line for line in text.split("\n") if line.strip()]
    if len(named) < 50 or not 3 <= sum(map(len, named)) / len(named) <= 10 or len(STOP_WORDS & set(words)) < 2:
        return False
    if (
        sum(any(c.isalpha() for c in word) for word in words) / len(words) < 0.8
        or "{" in text
        or "lorem ipsum" in text.lower()
    ):
        return False
    for size, most in ((2, 0.20), (3, 0.18), (4, 0.16)):
        grams = Counter(" ".join(words[at : at + size]) for at in range(len(words) - size + 1))
        gram, count = grams.most_common(1)[0]
        if len(gram) * count / len(text) > most:
            return False
    repeated = sum(len(line) for line in lines) - sum(len(line) for line in set(lines))
    ended = sum(
        line.rstrip().endswith((".", "!", "?", '"', "”")) and not line.rstrip().endswith("...") for line in lines
    )
    short = sum(len(line) <= 30 for line in lines)
    return repeated / len(text) <= 0.01 and ended / len(lines) >= 0.12 and short / len(lines) <= 0.67


def test_cld2_recognises_the_languages(texts: list[tuple[Row, str]]) -> None:
    claimed = [(row, pycld2.detect(text, isPlainText=True)[2][0][1]) for row, text in texts if row["language"]]
    right = sum(found == row["language"] for row, found in claimed)
    assert right / len(claimed) >= ENOUGH["language"]
    assert {row["language"] for row, _ in claimed} == {"en", "de", "es", "fr", "ru", "el", "zh", "ja"}


def test_english_articles_pass_the_published_rules(texts: list[tuple[Row, str]]) -> None:
    passed = [_passes(text) for row, text in texts if row["language"] == "en"]
    assert sum(passed) / len(passed) >= ENOUGH["good"]


def test_most_junk_fails_them_and_the_rest_is_a_doorway(texts: list[tuple[Row, str]]) -> None:
    passed = [(row["kind"], _passes(text)) for row, text in texts if row["junk"]]
    assert sum(not ok for _, ok in passed) / len(passed) >= ENOUGH["junk"]
    assert {kind for kind, ok in passed if ok} <= {"doorway", "navigation"}


def test_planted_pairs_are_near_duplicates_and_no_others_are(texts: list[tuple[Row, str]]) -> None:
    shingles = {}
    for row, text in texts:
        words = re.findall(r"\w+", re.sub(r"\d+([.,]\d+)?", "0", text.lower()))
        shingles[row["doc_id"]] = {tuple(words[at : at + SHINGLE]) for at in range(len(words) - SHINGLE + 1)}
    cluster = {row["doc_id"]: row["cluster"] or row["doc_id"] for row, _ in texts}
    holders = defaultdict(list)
    for doc_id, own in shingles.items():
        for shingle in own:
            holders[shingle].append(doc_id)
    shared = Counter(pair for ids in holders.values() for pair in combinations(ids, 2))
    similar = {
        (a, b): count / (len(shingles[a]) + len(shingles[b]) - count)
        for (a, b), count in shared.items()
        if cluster[a] != cluster[b]
    }
    assert max(similar.values()) < 0.5
    planted = [pair for pair in combinations(shingles, 2) if cluster[pair[0]] == cluster[pair[1]]]
    assert len(planted) > 100
    for a, b in planted:
        assert len(shingles[a] & shingles[b]) / len(shingles[a] | shingles[b]) >= 0.8


def test_extraction_finds_the_article_in_every_layout(texts: list[tuple[Row, str]]) -> None:
    for row, text in texts:
        if not row["junk"]:
            assert len(text) > 100
            assert "Subscribe to our newsletter" not in text
            assert "All rights reserved" not in text
