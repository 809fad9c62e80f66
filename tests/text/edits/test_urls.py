"""URLs removed: the source's two patterns, run by Python's `re`, and its own test cases."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from lakesift.text.kernels.top_level_domains import TOP_LEVEL_DOMAINS
from text.edits.edited import edited
from text.real_text import real_texts
from text.strange import HOSTILE, texts

BY_LENGTH = "|".join(sorted(map(re.escape, TOP_LEVEL_DOMAINS), key=len, reverse=True))
PATH = r"[-a-zA-Z0-9()@:%_\+.~#?&//=]*"
URL = re.compile(rf"\s{{0,10}}(?:((https?|ftp)://))?[-a-zA-Z0-9@:%._\+~#=]{{1,256}}\.({BY_LENGTH})\b({PATH})")
IPV4 = re.compile(rf"\s{{0,10}}\b((https?|ftp)://)?(?:[0-2]?[0-9]{{1,2}}\.){{3}}[0-2]?[0-9]{{1,2}}{PATH}")
FIRST = re.compile(BY_LENGTH, re.I)
PIECES = [
    *(
        "http://",
        "https://",
        "ftp://",
        "xhttps://",
        "www.",
        "a",
        "b.com",
        ".com",
        ".co.uk",
        "x.org",
        "x.y",
        ".",
        "..",
        " ",
    ),
    *(
        "/p?q=1",
        "(",
        ")",
        "#",
        ":",
        ":8080",
        "@",
        "_",
        "-",
        "é",
        "1",
        "12",
        "300",
        "1.2.3.4",
        "10.0.0.1",
        "1.2.3.",
        "新闻",
    ),
    *(
        "a.新闻",
        "भारत",
        "x.भारतम्",
        "x.भारत",
        "म",
        "\u2003",
        "\n",
        " " * 12,
        "a" * 250,
        "b." * 130,
        "'",
        "The ",
        "COM",
        "w.COM",
        "\u0660",
    ),
]
pages = st.one_of(st.lists(st.sampled_from(PIECES), max_size=14).map("".join), texts)


def plain(text: str, only_after_domain: bool) -> str:
    if not only_after_domain or FIRST.match(text):
        text = URL.sub("", text)
    return IPV4.sub("", text)


@settings(max_examples=300)
@given(st.lists(pages, max_size=3))
@example(
    ["a" * 260 + ".com x", "a." * 200 + "com", "http://" + "a" * 257 + ".com", " .com .a.com", "http://a" * 3 + ".com"]
)
def test_kernels_equal_the_patterns(each: list[str]) -> None:
    for name, only_after_domain in (("remove_urls@dclm", True), ("remove_urls@lakesift", False)):
        assert edited(name, *each)[0] == [plain(text, only_after_domain) for text in each]


def test_real_pages_are_edited_as_the_patterns_do(shared_data: Path) -> None:
    each = real_texts(shared_data)[:120]
    after, counts = edited("remove_urls@lakesift", *each)
    assert after == [plain(text, False) for text in each]
    assert sum(count["urls"] for count in counts) > 0


# mlfoundations/dclm 361714b, tests/baselines/mappers/modifiers/test_modifiers.py
@pytest.mark.parametrize(
    "url",
    [
        *(
            "https://www.example.com",
            "www.example.org",
            "example.co.ukexample.randomsite.net:9000",
            "http://bit.ly/abcdef",
        ),
        *(
            "blog.samplewebsite.org:8081/post.html",
            "ftp://ftp.example.com/files",
            "ftp://files.example.net:21/downloads",
        ),
        *("irc.randomchat.org:6667/chatroom", "mail.samplecompany.com:25/inbox", "https://blog.samplewebsite.org"),
        *(
            "www.technewsportal.org:8084/latest-news",
            "gamingcommunity.com:8085/forums/7890",
            "http://www.example.museum",
        ),
        *("https://en.wikipedia.org/wiki/Random_topic", "http://www.ecommerce-store.biz/products/sale", "1.1.1.1"),
        *(
            "https://www.example.com/search?q=url",
            "https://www.example.com/page?id=123&category=tech",
            "http://192.168.1.1",
        ),
        *("https://www.example.com#section1", "https://www.example.com/page#comments", "https://tinyurl.com/xyz123"),
        *("ftp://username:password@ftp.example.com", "http://username:password@example.com", "https://10.0.0.1:8080"),
    ],
)
@pytest.mark.parametrize("name", ["remove_urls@dclm", "remove_urls@lakesift"])
def test_urls_of_dclm_are_removed(name: str, url: str) -> None:
    after, counts = edited(name, f"This URL {url} should be removed.", f"This URL goes\n{url}\nThis text stays.")
    assert after == ["This URL should be removed.", "This URL goes\nThis text stays."]
    assert [sum(count.values()) for count in counts] == [1, 1]


@pytest.mark.parametrize(
    "text", ["U.S.A.", "e.g.", "3.14", "1.123.456.7899999.999.999.999", "123.123.123v3.12.7.4", "a.COM"]
)
def test_what_is_no_url_stays(text: str) -> None:
    page = f"This text {text} is not a URL.\n{text}"
    assert edited("remove_urls@dclm", page)[0] == [page]


def test_dclm_reads_only_texts_that_begin_with_a_top_level_domain() -> None:
    pages = ("We are at example.com now.", "What a 1.1.1.1 it is", "THis is example.com now.")
    assert edited("remove_urls@dclm", *pages)[0] == [pages[0], "What a it is", "THis is now."]
    assert edited("remove_urls@lakesift", *pages)[0] == ["We are at now.", "What a it is", "THis is now."]


def test_a_second_time_can_remove_what_the_first_joined() -> None:
    (once,), _ = edited("remove_urls@lakesift", "See foo. a.com/新闻")
    assert once == "See foo.新闻"
    assert edited("remove_urls@lakesift", once)[0] == ["See"]


@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_texts_are_edited(hostile: str) -> None:
    assert len(edited("remove_urls@lakesift", HOSTILE[hostile])[0][0]) <= len(HOSTILE[hostile])


@pytest.mark.parametrize("unit", ["a.", ".com", "1.", "1.1.1.", "http://", "a.com ", " ", "@", "a.vermögensberat"])
def test_hostile_text_takes_no_quadratic_time(unit: str) -> None:
    # Well under a second where time is in proportion to length, many minutes where it grows with the square of it.
    text, start = unit * (1_000_000 // len(unit)), time.process_time()
    edited("remove_urls@lakesift", text)
    assert time.process_time() - start < 30
