"""Promises of page_images and wat_images."""

from __future__ import annotations

import gzip
import json
import re
import time
from pathlib import Path

import pytest
from resiliparse.parse.html import HTMLTree

from lakesift.crawl.html.extract import Extractor
from lakesift.crawl.html.extract_settings import ExtractSettings
from lakesift.crawl.html.images import Image, collapsed, page_images, wat_images
from lakesift.crawl.html.metadata.elements import declaring_elements
from lakesift.crawl.pages.caps import Caps

CAPS = Caps()
PAGE = "http://example.com/dir/page.html?q"


def urls(html: str, caps: Caps = CAPS, page: str = PAGE) -> list[str]:
    tree = HTMLTree.parse(html)
    return [image.url for image in page_images(tree, declaring_elements(tree, caps).base_url(page, caps), caps)]


def test_texts_and_sizes_of_an_image() -> None:
    html = (
        "<IMG SRC='a.jpg' ALT=' a &amp;\n\tb ' title='' width=300 height='20.5px'><img src=b alt width=100% height=-1>"
    )
    assert page_images(HTMLTree.parse(html), PAGE, CAPS) == [
        Image("http://example.com/dir/a.jpg", "a & b", None, 300, 20),
        Image("http://example.com/dir/b", None, None, None, None),
    ]


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<img src=/a>", ["http://example.com/a"]),
        ("<img src='//cdn.example.org/a b'>", ["http://cdn.example.org/a%20b"]),
        ("<img src=' HTTPS://X.example/a\nb '>", ["HTTPS://X.example/ab"]),
        ("<img src='../../../a'>", ["http://example.com/a"]),
        ("<base href='https://b.example/x/'><img src=a>", ["https://b.example/x/a"]),
        ("<base href='/x/'><img src=a>", ["http://example.com/x/a"]),
        ("<base href='javascript:x'><img src=a>", ["http://example.com/dir/a"]),
        ("<base target=_top><img src=a>", ["http://example.com/dir/a"]),
        ("<img src='data:image/gif;base64,R0' data-src='real.jpg'>", ["http://example.com/dir/real.jpg"]),
        ("<img src=placeholder.gif data-original=real.jpg>", ["http://example.com/dir/real.jpg"]),
        ("<img srcset=' s.jpg 1x, l.jpg 2x'>", ["http://example.com/dir/s.jpg"]),
        ("<img src=a srcset='s.jpg 1x'>", ["http://example.com/dir/a"]),
        ("<picture><source srcset='p.webp 1x, q 2x'><img></picture>", ["http://example.com/dir/p.webp"]),
        ("<img src=''><img><img src='data:image/gif;base64,R0'><img src='about:blank'><img src='ftp://a/b'>", []),
        ("<img src='http://[::1'><img src='//[x'><img src='#'>", []),
        ("<img src='http://[::1]/a'>", ["http://[::1]/a"]),
        ("<!-- <img src=a> --><script>'<img src=b>'</script><style><img src=c></style>", []),
        (
            "<img src=a><svg><image href=b /></svg><input type=image src=c>",
            [f"http://example.com/dir/{name}" for name in "abc"],
        ),
        ("", []),
    ],
)
def test_where_the_address_is(html: str, expected: list[str]) -> None:
    assert urls(html) == expected


def test_caps_cut_and_leave_out() -> None:
    caps = Caps(max_images_per_page=3, max_url_bytes=64, max_alt_chars=5)
    html = "<img src='{}'>".format("a" * 65) + "".join(f"<img src={i} alt='abc defg hij'>" for i in range(9))
    images = page_images(HTMLTree.parse(html), PAGE, caps)
    assert [image.url[-2:] for image in images] == ["/0", "/1", "/2"]
    assert {image.alt for image in images} == {"abc d"}
    assert urls("<img src='" + "ü" * 30 + "'>", caps) == []


def test_a_page_address_that_is_none_gives_absolute_images_only() -> None:
    assert urls("<img src=a><img src='http://a/b'>", page="nonsense") == ["http://a/b"]


def test_a_hundred_thousand_images_take_no_time() -> None:
    tree = HTMLTree.parse("<picture>" + "<source srcset=a><img>" * 50_000 + "<img src=x>" * 50_000)
    started = time.process_time()
    assert len(page_images(tree, PAGE, CAPS)) == CAPS.max_images_per_page
    tree = HTMLTree.parse("<picture>" + "<source>" * 50_000 + "<img>" * 50_000)
    assert page_images(tree, PAGE, CAPS) == []
    assert time.process_time() - started < 5


def test_wat_links() -> None:
    links = [
        {"path": "A@/href", "url": "x.html", "text": "no image"},
        {"path": "IMG@/src", "url": "/a.jpg", "alt": " Ein\nBild ", "title": "t", "width": "10", "height": 20},
        {"path": "IMG@/src", "url": "data:image/gif;base64,R0"},
        {"path": "IMG@/src"},
        {"path": "IMG@/src", "url": 5, "alt": ["x"]},
        {"url": "b.jpg"},
        "nonsense",
        {"path": "IMG@/src", "url": "https://b.example/b.jpg", "alt": None, "width": None, "height": "full"},
    ]
    assert wat_images(links, PAGE, CAPS) == [  # type: ignore[arg-type]
        Image("http://example.com/a.jpg", "Ein Bild", "t", 10, 20),
        Image("https://b.example/b.jpg", None, None, None, None),
    ]
    assert len(wat_images(links, PAGE, Caps(max_images_per_page=1))) == 1  # type: ignore[arg-type]


def test_page_and_wat_agree_on_a_real_record(shared_data: Path) -> None:
    text = gzip.decompress((shared_data / "archives" / "whirlwind.warc.wat.gz").read_bytes()).decode()
    found = [json.loads(line) for line in text.splitlines() if line.startswith("{")]
    envelopes = [line["Envelope"] for line in found if "HTTP-Response-Metadata" in line["Envelope"]["Payload-Metadata"]]
    page = gzip.decompress((shared_data / "archives" / "whirlwind.warc.gz").read_bytes())
    html = page[page.index(b"<!DOCTYPE html") :].decode("utf-8", "replace")
    for envelope in envelopes:
        url = envelope["WARC-Header-Metadata"]["WARC-Target-URI"]
        metadata = envelope["Payload-Metadata"]["HTTP-Response-Metadata"].get("HTML-Metadata", {})
        from_wat = wat_images(metadata.get("Links", []), url, CAPS)
        from_page = page_images(HTMLTree.parse(html), url, CAPS)
        assert from_wat
        # Common Crawl's extractor also lists images of <noscript>, and knows no sizes.
        assert {(image.url, image.alt) for image in from_wat} <= {(image.url, image.alt) for image in from_page}


@pytest.mark.parametrize("text", ["", "a", " a\n\n b\tc ", "a\0b \ud800", "ü" * 20, "a\u3000b\u00a0c"])
def test_collapsed_is_short_and_clean(text: str) -> None:
    result = collapsed(text, 10)
    assert result == re.sub(r"\s+", " ", re.sub("[\0\ud800]", "", text)).strip()[:10].strip()


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<img src=/blank.gif srcset='/a.jpg 1x, /b.jpg 2x'>", "a.jpg"),
        ("<picture><source data-srcset='/a.webp 400w'><img src=/img/spacer.png></picture>", "a.webp"),
        ("<img src=/img/placeholder-600x400.svg data-lazy-srcset='data:image/gif;base64,AA= 1w, /a.jpg 2w'>", "a.jpg"),
        ("<img src=/a.jpg data-src='{% static x %}'>", "a.jpg"),
        ("<img src=/a.jpg data-original=undefined data-url=17>", "a.jpg"),
        ("<img src='data:image/gif;base64,R0lG' data-echo=/a.jpg>", "a.jpg"),
        ("<amp-anim src=/a.gif></amp-anim>", "a.gif"),
        ("<input type=IMAGE src=/a.png><input type=text src=/b.png>", "a.png"),
        (r"<img src='\img\..\a.jpg?q=\x'>", r"a.jpg?q=\x"),
        ("<img src=/img/blank.gif>", "img/blank.gif"),
        ("<img src=/my-pixel-art.png data-src=/a/pixel-art.png>", "a/pixel-art.png"),
    ],
)
def test_the_plausible_address_of_several_counts(html: str, expected: str) -> None:
    assert [image.url for image in page_images(HTMLTree.parse(html), "https://site.example/", Caps())] == [
        f"https://site.example/{expected}"
    ]


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("har\u00adbour\u2060 mo\u200ble \ufeffnow", "harbour mole now"),
        ("\u1780\u1781\u200b\u1782", "\u1780\u1781\u200b\u1782"),
        ("\u0e19\u0e49\u0e33\u200b\u0e43\u0e2a", "\u0e19\u0e49\u0e33\u200b\u0e43\u0e2a"),
        ("\u0645\u06cc\u200c\u062e\u0648", "\u0645\u06cc\u200c\u062e\u0648"),
        ("\U0001f468\u200d\U0001f33e here", "\U0001f468\u200d\U0001f33e here"),
    ],
)
def test_unseen_characters_go_alike_from_text_title_and_captions(written: str, shown: str) -> None:
    html = (
        f"<html><head><title>{written}</title></head><body><article><p>{written} and a whole sentence of text, so that"
        f" it is kept.</p><img src=/a.jpg alt='{written}'></article></body></html>"
    )
    with Extractor(ExtractSettings(extractor="lakesift"), Caps()) as extractor:
        page = extractor.extract(html.encode(), "text/html; charset=utf-8", "https://site.example/")
    assert page.text.startswith(f"{shown} and")
    assert (page.title, page.images[0].alt) == (shown, shown)
