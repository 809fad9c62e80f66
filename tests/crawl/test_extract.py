"""Promises of the Extractor: every page gives its text, whatever its HTML, and hostile pages give a reason in time."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastwarc.warc import ArchiveIterator, WarcRecordType
from resiliparse.extract.html2text import extract_plain_text

from lakesift.crawl.html.extract import MESSAGE_BYTES, Extractor, Page, PageInput, page_maker
from lakesift.crawl.html.extract_settings import ExtractSettings
from lakesift.crawl.html.images import Image
from lakesift.crawl.html.shape import check_shape
from lakesift.crawl.pages.caps import Caps
from lakesift.crawl.pages.rejection import RecordRejected

ARTICLE = """<!doctype html><html><head><title> The
 title </title><meta charset="utf-8"></head>
<body><nav><ul><li><a href="/">Home</a><li><a href="/a">About us</a></ul></nav>
<main><article><h1>Heading</h1>{}<img src="a.jpg" alt="An image"></article></main><footer>Imprint and terms</footer>"""
PARAGRAPH = (
    "<p>The parliament passed the law on Tuesday, after a debate that had lasted for several hours, by {} votes.</p>"
)
PAGE = ARTICLE.format("".join(PARAGRAPH.format(votes) for votes in range(300, 306))).encode()
URL = "http://example.com/news/1.html"
ALL = ("resiliparse", "trafilatura", "lakesift")


def settings(name: str, **more: object) -> ExtractSettings:
    return ExtractSettings.model_validate({"extractor": name, **more})


@pytest.fixture(scope="module", params=ALL)
def extractor(request: pytest.FixtureRequest) -> Iterator[Extractor]:
    with Extractor(settings(request.param), Caps(extract_timeout_seconds=2)) as made:
        yield made


@pytest.fixture(scope="module")
def quick() -> Iterator[Extractor]:
    with Extractor(settings("resiliparse"), Caps(extract_timeout_seconds=2)) as made:
        yield made


def reason_of(extractor: Extractor, html: bytes) -> str | None:
    result = extractor.extract_many(
        [PageInput(each, None if each is PAGE else "text/html; charset=utf-8", URL) for each in (PAGE, html, PAGE)]
    )
    assert result[0] == result[2]
    assert isinstance(result[0], Page)
    return result[1].reason if isinstance(result[1], RecordRejected) else None


def web_pages(path: Path) -> Iterator[PageInput]:
    with path.open("rb") as stream:
        for record in ArchiveIterator(stream, record_types=WarcRecordType.response):
            content_type = record.http_headers.get("Content-Type")
            yield PageInput(record.reader.read(), content_type, record.headers["WARC-Target-URI"])


def test_a_page_has_its_text_title_and_images(extractor: Extractor) -> None:
    page = extractor.extract(PAGE, "text/html", URL)
    assert "by 300 votes." in page.text
    assert "Imprint" not in page.text
    assert "An image" not in page.text
    assert (page.title, page.charset, page.mime) == ("The title", "utf-8", "text/html")
    assert page.images == [Image("http://example.com/news/a.jpg", "An image", None, None, None)]


def test_the_extractor_is_named(quick: Extractor) -> None:
    assert quick.extract(PAGE, "text/html", URL).extractor == "resiliparse"
    with Extractor(ExtractSettings(), Caps()) as own:
        assert own.extract(PAGE, "text/html", URL).extractor == "lakesift"
    with Extractor(settings("trafilatura"), Caps()) as precise:
        assert precise.extract(PAGE, "text/html", URL).extractor == "trafilatura"
        assert precise.extract(b"<p>Ok", "text/html", URL).extractor == "resiliparse"


def test_options_reach_the_extractor() -> None:
    with Extractor(settings("resiliparse", main_content=False, alt_texts=True), Caps()) as whole:
        text = whole.extract(PAGE, "text/html", URL).text
    assert "Imprint" in text
    assert "An image" in text


@pytest.mark.parametrize(
    ("html", "text"),
    [
        (b"<p>Short", "Short"),
        (b"<nav>Only navigation</nav>", "Only navigation"),
        (b"<body style='display:none'><p>Shown by a script", "Shown by a script"),
        (b"<noscript><div>Never closed", "Never closed"),
        (b"<script>var x = 'code'</script>", ""),
        (b"<frameset><frame src=a></frameset>", ""),
        (b"<html></html>", ""),
        (b"", ""),
        (b"<p>a&#0;b&#xD800;c&#xDFFF;\0d", None),
    ],
)
def test_no_page_disappears(extractor: Extractor, html: bytes, text: str | None) -> None:
    page = extractor.extract(html, "text/html", URL)
    assert "\0" not in page.text
    assert page.text.encode().decode() == page.text
    assert text is None or page.text == text


def test_plain_text_stays_as_it_is(quick: Extractor) -> None:
    page = quick.extract("Größe <b>\r\n\r\n  zwei\rdrei".encode("latin-1"), "text/plain; charset=latin-1", URL)
    assert page == Page("Größe <b>\n\n  zwei\ndrei", None, "windows-1252", "text/plain", None, [])


def test_titles_are_one_short_line(quick: Extractor) -> None:
    html = b"<title>" + b"a  b\n" * 1000 + b"</title><p>x"
    with Extractor(ExtractSettings(), Caps(max_title_chars=6)) as capped:
        assert capped.extract(html, "text/html", URL).title == "a b a"
    assert quick.extract(b"<title> \n </title>x", "text/html", URL).title is None


def test_many_pages_are_as_one_by_one(extractor: Extractor) -> None:
    pages = [PageInput(PAGE.replace(b"Tuesday", b"day %d" % day), "text/html", URL) for day in range(20)]
    assert extractor.extract_many(pages) == [extractor.extract(*page[:3]) for page in pages]
    assert extractor.extract_many([]) == []


def test_pages_beyond_one_message_are_all_answered(quick: Extractor) -> None:
    page = PageInput(PAGE + b"<!--" + b"x" * (MESSAGE_BYTES // 3) + b"-->", "text/html", URL)
    assert quick.extract_many([page] * 7) == [quick.extract(*page[:3])] * 7


def test_trafilatura_keeps_nothing_from_page_to_page() -> None:
    with Extractor(settings("trafilatura"), Caps()) as precise:
        texts = {precise.extract(PAGE, "text/html", URL).text for _ in range(6)}
    assert len(texts) == 1


HOSTILE = {
    "nested": (b"<div>" * 100_000, "too_many_nodes"),
    "nested between stray ends": (b"<div></p>" * 100_000, "too_many_nodes"),
    "elements": (b"<i></i>" * 1_000_001, "too_many_nodes"),
    "long text": (b"word " * 2_000_000, "text_too_large"),
    "noise": (bytes(range(256)) * 100, "undecodable"),
}
HARMLESS = {
    "options": b"<select>" + b"<option>x" * 300_000,
    "attributes": b"<p " + b"".join(b"a%d=1 " % i for i in range(400_000)) + b">x</p>",
    "attribute": b"<p title='" + b"a" * 10_000_000 + b"'>x</p>",
    "unclosed": b"<b><i><a><u>" + b"<p>x" * 20_000,
    "open comment": b"x<!--" * 500_000,
    "line ends": b"<p>x" + b"\r\n" * 1_000_000,
    "ends only": b"</p></b>" * 100_000,
    "tables": b"<table>" * 3_000 + b"x",
    "half a tag": b"<" * 500_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_pages_are_rejected_with_a_reason(quick: Extractor, name: str) -> None:
    html, reason = HOSTILE[name]
    assert reason_of(quick, html) == reason


@pytest.mark.parametrize("name", HARMLESS)
def test_odd_pages_are_extracted(name: str) -> None:
    with Extractor(ExtractSettings(), Caps(extract_timeout_seconds=15)) as extractor:
        assert reason_of(extractor, HARMLESS[name]) is None


def test_a_page_that_needs_too_much_memory_is_rejected() -> None:
    with Extractor(ExtractSettings(memory_bytes=512 << 20), Caps(extract_timeout_seconds=60)) as extractor:
        assert reason_of(extractor, b"<br>" * 990_000 + b"<p>text</p>" * 9_000 + b"<!--" + bytes(400 << 20)) in {
            "extraction_crashed",
            "extraction_failed",
        }


@pytest.mark.parametrize(
    ("html", "is_fine"),
    [
        ("<div>" * 64 + "</div>" * 64, True),
        ("<div>" * 65, False),
        ("<DIV class=a>" * 65, False),
        ("<div></div>" * 1_000, True),
        ("<br><p><li>" * 1_000, True),
        ("</b>" * 50 + "<b>" * 65, False),
        ("a < b and <3 " * 2_000, True),
        ("<i></i>" * 1_001, False),
    ],
)
def test_shape_is_estimated_from_the_tags(html: str, is_fine: bool) -> None:
    caps = Caps(max_nesting=64, max_dom_nodes=4_000 if "<br>" in html else 1_000)
    if is_fine:
        check_shape(html, caps)
    else:
        with pytest.raises(RecordRejected, match="too_many_nodes"):
            check_shape(html, caps)


def test_all_real_pages_give_text(shared_data: Path) -> None:
    pages = [page for path in sorted((shared_data / "web").glob("*.warc.gz")) for page in web_pages(path)]
    with Extractor(ExtractSettings(), Caps()) as extractor:
        results = extractor.extract_many(pages)
    assert len(results) == 559
    assert all(isinstance(result, Page) and result.text for result in results)


def test_no_real_page_disappears_with_trafilatura(shared_data: Path) -> None:
    pages = list(web_pages(shared_data / "web" / "real-00002.warc.gz"))
    with Extractor(settings("trafilatura"), Caps()) as extractor:
        results = extractor.extract_many(pages)
    assert len(results) == 186
    assert all(isinstance(result, Page) and result.text for result in results)


def test_main_content_is_the_library_s(shared_data: Path) -> None:
    make = page_maker((settings("resiliparse"), Caps()))
    same = checked = 0
    for payload, content_type, url, _, _ in web_pages(shared_data / "web" / "real-00000.warc.gz"):
        try:
            source = payload.decode()
        except UnicodeDecodeError:
            continue
        expected = extract_plain_text(source, main_content=True, alt_texts=False, comments=False).strip()
        if expected:
            checked += 1
            same += make(payload, content_type, url).text == expected
    assert same == checked > 150


def test_the_child_process_gives_what_this_process_gives(shared_data: Path) -> None:
    pages = list(web_pages(shared_data / "web" / "real-00000.warc.gz"))
    make = page_maker((ExtractSettings(), Caps()))
    with Extractor(ExtractSettings(), Caps()) as extractor:
        assert [make(*page) for page in pages] == extractor.extract_many(pages)


@pytest.mark.parametrize(
    ("name", "more", "message"),
    [
        ("trafilatura", {"form": "markdown"}, "form is for extractor lakesift; trafilatura ignores it"),
        ("resiliparse", {"model": "w.json"}, "model is for extractor lakesift; resiliparse ignores it"),
        ("lakesift", {"comments": True}, "comments is for extractor resiliparse or trafilatura; lakesift ignores"),
        ("resiliparse", {"favor": "recall"}, "favor is for extractor trafilatura"),
        ("lakesift", {"links": True}, "set form: markdown, too"),
    ],
)
def test_a_setting_that_the_extractor_ignores_is_rejected(name: str, more: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        settings(name, **more)


def test_ignored_settings_may_have_their_default_written_out() -> None:
    assert settings("trafilatura", form="plain", links=False) == settings("trafilatura")
