"""The extraction benchmark counts as the sources of its definitions do; its figures are not tested."""

from __future__ import annotations

import random
import statistics
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from benchmarks.extraction import ours
from benchmarks.extraction.attempts import attempts, failures
from benchmarks.extraction.judged import Judged
from benchmarks.extraction.pages import Page, folds, read_pages, script_of, sites
from benchmarks.extraction.scores import character_recall, difference, estimates, page_f1
from benchmarks.extraction.texts import from_attempts
from benchmarks.machine import growth

from lakesift.extraction.judging import snippet_scores
from lakesift.text.urls.urls import url_parts

GOLD = "one two three four five six"


def test_one_pages_f1_is_zero_where_nothing_is_right() -> None:
    assert page_f1((0.0, 0.0, 0.0)) == 0
    assert page_f1((0.5, 0.25, 0.25)) == pytest.approx(2 / 3)


def test_recall_of_characters_does_not_depend_on_spaces_line_ends_and_marks_between_lines() -> None:
    gold = "人人生而自由\n在尊严"
    assert character_recall(gold, "• 人人生 而自由 • 在尊严") == 1
    # Of the runs 人人生而, 人生而自, 生而自由 the first is not there; the second line is too short for a run.
    assert character_recall(gold, "生人生而自由") == pytest.approx(2 / 3)
    assert character_recall("e\N{COMBINING ACUTE ACCENT}abc", "éabc") == 1


def test_intervals_are_of_resampled_pages_and_a_difference_is_of_the_same_pages() -> None:
    counts = np.random.default_rng(5).dirichlet([5, 1, 1], 60)
    _, _, f1 = estimates(counts, snippet_scores)
    draw = random.Random(7)
    resampled = []
    for _ in range(2_000):
        chosen = counts[[draw.randrange(60) for _ in range(60)]].sum(axis=0)
        resampled.append(2 * chosen[0] / (2 * chosen[0] + chosen[1] + chosen[2]))
    cuts = statistics.quantiles(resampled, n=40)
    assert f1.low == pytest.approx(cuts[0], abs=0.004)
    assert f1.high == pytest.approx(cuts[-1], abs=0.004)
    assert estimates(counts, snippet_scores)[2] == f1
    assert difference(counts, counts, snippet_scores) == (0, 0, 0)
    worse = counts + np.array([0, 0.1, 0])
    less = difference(worse, counts, snippet_scores)
    # Every page is worse by about the same: paired, the interval is much smaller than that of either.
    assert less.high < 0
    assert less.high - less.low < (f1.high - f1.low) / 3


def test_a_site_is_in_one_fold_and_a_page_known_by_its_file_belongs_to_its_site() -> None:
    urls = ["https://a.example.com/1", "https://example.com/2", "hard::example.com-three.html", "hard::other.org.html"]
    site_of = sites([*urls, "http://x.blogspot.com/", "http://y.blogspot.com/"])
    assert site_of[:3] == ["example.com"] * 3
    assert site_of[3] == "other.org.html"
    assert sites(
        ["https://web.archive.org/web/20110106/http://b.example.com/", "https://web.archive.org/web/2/c.org/"]
    ) == [
        "example.com",
        "c.org",
    ]
    assert site_of[4] == site_of[5] == "blogspot.com"
    many = [f"site{number % 23}" for number in range(100)]
    fold_of = folds(many, 5)
    assert len(set(zip(many, fold_of, strict=True))) == 23
    assert sorted(Counter(dict(zip(many, fold_of, strict=True)).values()).values()) == [4, 4, 5, 5, 5]


def test_a_script_is_that_of_most_letters() -> None:
    assert script_of("Всеобщая декларация of 1948") == "Cyrillic"
    assert script_of("世界人権宣言のための") == "Japanese"
    assert script_of("世界人权宣言") == "Chinese"


def test_a_page_that_fails_has_no_text_and_the_others_have_theirs() -> None:
    def extract(page: str) -> str:
        if page == "bad":
            raise ValueError("no page")
        return page.upper()

    sources = ["a", "bad", ""]
    pages = [Page(f"http://{number}/", source, "article", "en") for number, source in enumerate(sources)]
    found = from_attempts(pages, attempts(extract, sources))
    assert found.texts == ["A", "", ""]
    assert found.errors == {"http://1/": "ValueError: no page"}
    assert found.empty == 1
    assert failures(extract, sources) == 1


def test_the_peak_of_memory_is_of_the_work_and_not_of_what_was_before() -> None:
    freed = bytearray(60 << 20)
    del freed
    held = growth(lambda: len(bytearray(b"x" * (20 << 20))))
    assert 19 << 20 < held < 55 << 20


def test_every_page_is_judged_and_written(tmp_path: Path) -> None:
    pages = [
        Page("http://a/", "", "article", "en", gold=GOLD),
        Page("http://b/", "", "snippets", "de", with_=("x",), without=("y",)),
        Page("http://c/", "", "translation", "Thai (tha)", "Thai", gold="abcdef"),
    ]
    judged = Judged(pages, {"trafilatura": from_attempts(pages, [(GOLD, ""), ("x y", ""), ("abcde", "")])})
    judged.write(tmp_path / "scores.csv")
    assert (tmp_path / "scores.csv").read_text().splitlines()[1:] == [
        "trafilatura,article,en,http://a/,1.0000,1.0000,0.0000,0.0000,27",
        "trafilatura,snippets,de,http://b/,0.6667,1.0000,1.0000,0.0000,3",
        "trafilatura,translation,Thai (tha),http://c/,0.8000,0.6667,0.0000,0.3333,5",
    ]


def test_the_real_pages_have_what_the_data_say(shared_data: Path) -> None:
    pages = read_pages(shared_data / "web")
    assert Counter(page.kind for page in pages) == {"article": 92, "snippets": 243, "translation": 224}
    assert all(bool(page.gold) != bool(page.with_) for page in pages)


def test_pages_with_snippets_have_the_languages_that_reading_them_gives(shared_data: Path) -> None:
    pages = [page for page in read_pages(shared_data / "web") if page.kind == "snippets"]
    # Counted by eye, a page by the language of most of its main text.
    assert Counter(page.language for page in pages) == {"de": 169, "en": 36, "es": 19, "fr": 6, "other": 13}
    of_host = {url_parts(page.url)[0]: page.language for page in pages}
    # A few words of Italian, Spanish and German that CLD2 takes for English, and a German page that quotes English.
    hosts = ("www.lastampa.it", "www.paginasiete.bo", "www.bergsteigen.com", "beyssonmanagement.com")
    assert [of_host[host] for host in hosts] == ["other", "es", "de", "de"]


def test_no_page_is_judged_by_a_model_that_saw_its_site_and_each_is_judged_once() -> None:
    urls = [f"https://{name}.site{number}.org/" for number in range(7) for name in ("a", "b")]
    pages = [Page(url, url, "snippets", "en", with_=("x",)) for url in urls]
    translation = Page("https://udhr.example.org/x.html", "translation", "translation", "Thai")
    parts = ours.parts_by_site([*pages, translation], 3)
    for learnt, judged in parts:
        assert not {*sites([page.url for page in learnt])} & {*sites([page.url for page in judged])}
        assert len(learnt) + len(judged) == len(pages)
    assert {len(learnt) for learnt, _ in parts} == {8, 10}
    assert sorted(page.url for _, judged in parts for page in judged) == sorted(urls)
