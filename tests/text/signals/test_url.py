"""URL lists as datatrove and DCLM look URLs up in them: their published cases, plain programs; and the shape of URLs."""

from __future__ import annotations

import re
from pathlib import Path

import pyarrow as pa
import pytest
import tldextract
from hypothesis import given, settings
from hypothesis import strategies as st

from lakesift.errors import SetupError
from lakesift.text.kernels.buffers import buffers_of
from lakesift.text.signals import measure
from lakesift.text.signals.resources import Resources

DATATROVE, DCLM, SHAPE = "url@datatrove", "url@dclm", "url_shape@lakesift"
LISTS = {
    "domains": ["# a comment", "blocked.com", "danger.org", "badsubdomain.nice.com", "xxx.com", "le.com"],
    "urls": ["https://kindasafe.com/forbidden-content"],
    "words": ["badword", "BadWord2", "cam-girl", ""],
    "soft_words": ["webcam", "escort", "dating", "soft-spot"],
    "subwords": ["badword1", "badword2", "badword3", "word123", "nasty"],
}
SUFFIXES = tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None)
PIECES = ["http://", "https://www.", "a.", "blocked.com", "danger.org", "co.uk", "/", "-", ".", "_", "?", "=", "%", "é"]
PIECES += ["badword", "badword2", "123", "WebCam", "webcam", "escort", "cam-girl", "nas-ty", "soft-spot", "1", " "]


@pytest.fixture(scope="module")
def lists(tmp_path_factory: pytest.TempPathFactory) -> Resources:
    folder = tmp_path_factory.mktemp("lists")
    for name, entries in LISTS.items():
        # A file may be in several categories.
        for category, part in (("adult", entries[::2]), ("other", entries[1::2])):
            (folder / category).mkdir(exist_ok=True)
            (folder / category / name).write_text("\n".join(part) + "\n", encoding="utf-8")
    return Resources(url_lists=folder)


def signals(name: str, resources: Resources, *urls: str) -> list[dict[str, float]]:
    texts = buffers_of(pa.array([""] * len(urls), pa.string()))
    rows: list[dict[str, float]] = measure(texts, [name], pa.array(urls, pa.string()), None, resources)[
        name
    ].to_pylist()
    return rows


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("https://blocked.com/some-sub-url?with=stuff", "domain"),
        ("https://danger.org", "domain"),
        ("https://this-is-actually-in-danger.org", None),
        ("https://this-is-actually-in.danger.org", "domain"),
        ("https://nice.com", None),
        ("https://badsubdomain.nice.com", "subdomain"),
        ("https://sub.badsubdomain.nice.com", None),
        ("https://kindasafe.com", None),
        ("https://kindasafe.com/forbidden-content", "url"),
        # No scheme by RFC 3986, but one to tldextract, which datatrove gives the whole URL.
        ("-http://blocked.com", "domain"),
    ],
)
def test_published_cases_of_datatrove(lists: Resources, url: str, reason: str | None) -> None:
    row = signals(DATATROVE, lists, url)[0]
    assert next((name for name in ("domain", "subdomain", "url") if row[name]), None) == reason


@pytest.mark.parametrize(
    ("url", "strict", "hard"),
    [
        ("https://www.badword.com", 0, 1),
        ("https://www.ba-dwo.rd2.com", 1, 0),
        # Entries that overlap count once: "word123" begins inside "badword1".
        ("https://www.badword123-badword2.com", 2, 1),
        ("https://www.badword.com/BadWord2", 1, 2),
        ("https://www.badword123.com", 1, 0),
    ],
)
def test_published_cases_of_dclm(lists: Resources, url: str, strict: int, hard: int) -> None:
    row = signals(DCLM, lists, url)[0]
    assert (row["strict_words"], row["hard_words"]) == (strict, hard)


def test_dclm_compares_whole_network_locations(lists: Resources) -> None:
    """The entry le.com does not ban google.com; taking "www" away leaves a dot, so www.xxx.com is not found, as published."""
    urls = [
        "https://www.google.com/search?q=datacomp",
        "https://xxx.com/adult-video",
        "https://www.xxx.com",
        "https://XXX.com",
    ]
    assert [row["domain"] for row in signals(DCLM, lists, *urls)] == [False, True, False, True]


@settings(max_examples=200)
@given(url=st.lists(st.sampled_from(PIECES), max_size=12).map("".join))
def test_equals_plain_look_ups(lists: Resources, url: str) -> None:
    row = signals(DATATROVE, lists, url)[0]
    parts = SUFFIXES(url)
    simple = {name: {re.sub(r"[^a-zA-Z0-9]+", "", x).lower() for x in LISTS[name]} - {""} for name in LISTS}
    split, joined = set(re.split(r"[^a-zA-Z0-9]+", url)), re.sub(r"[^a-zA-Z0-9]+", "", url).lower()
    assert row == {
        "domain": parts.top_domain_under_public_suffix in LISTS["domains"][1:],
        "subdomain": parts.fqdn in LISTS["domains"][1:],
        "url": url in LISTS["urls"],
        "words": len(split & simple["words"]),
        "soft_words": len(split & simple["soft_words"]),
        "subwords": sum(word in joined for word in simple["subwords"]),
    }
    row, lower = signals(DCLM, lists, url)[0], url.lower()
    for column, name in (("hard_words", "words"), ("soft_words", "soft_words")):
        longest_first = sorted(filter(None, LISTS[name]), key=len, reverse=True)
        assert row[column] == len(set(re.findall(rf"\b(?:{'|'.join(longest_first)})\b", lower, re.IGNORECASE)))


@pytest.mark.parametrize(
    ("url", "shape"),
    [
        ("", (False, 0, 0, 0, 0)),
        ("https://example.com", (False, 0, 19, 0, 0)),
        ("http://192.168.0.1:80/a//b/12.html?x=1&y=&z", (True, 3, 43, 3, 13 / 43)),
        ("http://[2001:db8::1]/?", (True, 0, 22, 0, 6 / 22)),
        ("http://1.2.3.4.5/", (False, 0, 17, 0, 5 / 17)),
        ("http://[broken/a", (False, 0, 16, 0, 0)),
        ("é" * 100_000, (False, 1, 100_000, 0, 0)),
    ],
)
def test_shapes(url: str, shape: tuple[float, ...]) -> None:
    assert tuple(signals(SHAPE, Resources(), url)[0].values()) == pytest.approx(shape)


@pytest.mark.parametrize(
    "url", ["http://[", "://", "\x00", "http://a\x00.com", "//", "http://ａ.com", "?" * 9, "a" * 9999]
)
def test_odd_urls_have_values(lists: Resources, url: str) -> None:
    for name in (DATATROVE, DCLM, SHAPE):
        assert None not in signals(name, lists, url)[0].values()


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(SetupError, match="URL lists"):
        signals(DATATROVE, Resources(url_lists=tmp_path / "none"), "http://a.com")
