from __future__ import annotations

import pytest
from courlan import normalize_url
from hypothesis import given
from hypothesis import strategies as st
from pyspark.sql import SparkSession

from lakesift.dedup.shared.url_normalisation import UrlNormaliser, UrlSettings, with_normalised_urls

SESSION = "0123456789abcdefghijklmn"
DIGITS = "0123456789abcdef0123456789ABCDEF"
PAGE = "http://example.org/a/b?x=1&y=2"
SAME_PAGE = [
    "http://example.org/a/b?x=1&y=2",
    "HTTP://Example.ORG/a/b?x=1&y=2",
    "https://www.example.org/a/b?x=1&y=2",
    "http://www2.example.org./a/b?x=1&y=2",
    "http://example.org:80/a/b?x=1&y=2",
    "https://example.org:443/a/b?x=1&y=2",
    "http://user:secret@example.org/a/b?x=1&y=2",
    "http://example.org/a/b/?y=2&x=1#part",
    "http://example.org/a/./c/../b?x=1&y=2",
    "http://example.org/../a/%62?x=1&&y=2&",
    "http://example.org/%61/b?x=%31&y=2",
    " http://example.org/a/\n b?x=1&y=2\t".replace("\n ", "\n"),
    "http://example.org/a/b?x=1&y=2&utm_source=news&UTM_Medium=mail&fbclid=Iw&gclid=1&mc_eid=2",
    f"http://example.org/a/b;jsessionid={DIGITS}.node1?x=1&y=2",
    f"http://example.org/(S({SESSION}))/a/b?x=1&y=2&PHPSESSID={DIGITS}&ASPSESSIONIDABCDEFGH=x&sid={DIGITS}",
]
OTHER_PAGES = [
    "http://example.org/a/B?x=1&y=2",
    "http://example.org/a/b?x=1&y=2&y=2",
    "http://example.org:8080/a/b?x=1&y=2",
    "http://sub.example.org/a/b?x=1&y=2",
    "http://example.org/a/b%2F?x=1&y=2",
    "http://example.org/a/b?x=1&y=2&ref=3",
    "http://example.org/a/b?x=1&y=2&sid=3",
    "http://example.org/a/b/index.html?x=1&y=2",
    "ftp://example.org/a/b?x=1&y=2",
]


@pytest.mark.parametrize("url", SAME_PAGE)
def test_what_urls_of_one_page_differ_in_goes(url: str) -> None:
    assert UrlNormaliser(UrlSettings())(url) == PAGE


@pytest.mark.parametrize("url", OTHER_PAGES)
def test_what_may_name_another_page_stays(url: str) -> None:
    assert UrlNormaliser(UrlSettings())(url) != PAGE


@pytest.mark.parametrize(
    ("url", "normal"),
    [
        # RFC 3986, sections 6.2.2 and 6.2.2.3.
        ("eXAMPLE://a/./b/../b/%63/%7bfoo%7d", "example://a/b/c/%7Bfoo%7D"),
        ("http://example.com", "http://example.com/"),
        ("http://example.com:", "http://example.com/"),
        ("http://a.org/?", "http://a.org/"),
        ("http://a.org/100%", "http://a.org/100%25"),
        ("http://a.org/%%34%31", "http://a.org/%2541"),
        ("http://a.org/ä b", "http://a.org/%C3%A4%20b"),
        ("http://bücher.de/", "http://xn--bcher-kva.de/"),
        ("http://%41.b%C3%BCcher.de%2E/", "http://a.xn--bcher-kva.de/"),
        ("http://%41%00/", "http://a%00/"),
        ("http://[::1]:80/x", "http://[::1]/x"),
        ("http://www.com/", "http://www.com/"),
        ("http://a.org/a;v=1;jsessionid=2/b;w", "http://a.org/a;v=1/b;w"),
        ("urn:isbn:1", "urn:isbn:1"),
        ("http://", "http://"),
        ("http:///path", "http:///path"),
        (" \0\n", ""),
        ("", ""),
    ],
)
def test_worked_examples(url: str, normal: str) -> None:
    assert UrlNormaliser(UrlSettings())(url) == normal


def test_schemes_and_www_are_told_apart_when_asked() -> None:
    normalise = UrlNormaliser(UrlSettings(same_schemes=False, same_www=False, tracking_parameters=()))
    assert normalise("https://www.a.org:443/?utm_id=1") == "https://www.a.org/?utm_id=1"
    assert normalise("https://a.org:80/") == "https://a.org:80/"


WRITTEN = (
    "http:// https:// www. a é . .. / // ? & = # % %2 %2e %41 ; : 80 @ [ ] ( ) \0 \\ sid utm_x jsessionid=1 😀 \ud800"
)
PIECES = st.sampled_from([*WRITTEN.split(" "), " ", f"(S({SESSION}))"])


@given(st.lists(PIECES, max_size=12).map("".join) | st.text(max_size=30))
def test_nothing_raises_and_a_second_time_changes_nothing(url: str) -> None:
    normalise = UrlNormaliser(UrlSettings())
    assert normalise(normalise(url)) == normalise(url)


def test_long_and_deep_urls_take_linear_time() -> None:
    normalise = UrlNormaliser(UrlSettings())
    assert normalise("http://a.org" + "/a/.." * 1_000_000) == "http://a.org/"
    assert normalise("http://" + "www." * 300_000 + "/") == "http://" + "www." * 1 + "www/"
    assert len(normalise("http://a.org/?" + "&" * 1_000_000 + "b=%" * 300_000)) > 1_000_000


@pytest.mark.parametrize("url", ["http://a.org/x/../y", "HTTP://A.org:80/%7Eb/?b=1", "https://a.org:443/c#d"])
def test_what_courlan_makes_of_a_url_is_the_same_url(url: str) -> None:
    normalise = UrlNormaliser(UrlSettings())
    assert normalise(normalize_url(url)) == normalise(url)


@pytest.mark.spark
def test_frames_keep_their_other_columns_and_have_no_empty_urls(spark: SparkSession) -> None:
    rows = [("a", "HTTP://A.org"), ("b", None), ("c", " "), ("d", "")]
    frame = with_normalised_urls(spark.createDataFrame(rows, "doc_id STRING, url STRING"), UrlSettings())
    assert sorted(map(tuple, frame.collect())) == [("a", "http://a.org/"), ("b", None), ("c", None), ("d", None)]
