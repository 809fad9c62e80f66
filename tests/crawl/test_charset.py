"""Promises of decode_text: legacy encodings, contradicting declarations, and text that every consumer can hold."""

from __future__ import annotations

import re
import time
from contextlib import suppress
from pathlib import Path
from random import Random

import pytest
from fastwarc.warc import ArchiveIterator, WarcRecordType
from hypothesis import event, given
from hypothesis import strategies as st

from lakesift.crawl.html.charset import charset_of, clean_text, decode_text
from lakesift.crawl.pages.rejection import RecordRejected

# Encoding Standard name, Python codec, language of the sample.
LEGACY = [
    ("windows-1251", "cp1251", "ru"),
    ("windows-1251", "cp1251", "bg"),
    ("koi8-u", "koi8-u", "uk"),
    ("iso-8859-5", "iso8859-5", "ru"),
    ("gbk", "gbk", "zh"),
    ("shift_jis", "cp932", "ja"),
    ("euc-jp", "euc_jp", "ja"),
    ("iso-2022-jp", "iso2022_jp", "ja"),
    ("euc-kr", "cp949", "ko"),
    ("windows-1252", "cp1252", "de"),
    ("windows-1252", "cp1252", "fr"),
    ("iso-8859-2", "iso8859-2", "pl"),
    ("windows-1250", "cp1250", "cs"),
    ("iso-8859-7", "iso8859-7", "el"),
    ("windows-1253", "cp1253", "el"),
    ("windows-1254", "cp1254", "tr"),
    ("windows-1255", "cp1255", "he"),
    ("windows-1256", "cp1256", "ar"),
    ("windows-1257", "cp1257", "lt"),
    ("windows-874", "cp874", "th"),
]
RUSSIAN = "Съешь же ещё этих мягких французских булок, да выпей чаю. "
JAPANESE = "いろはにほへと、散りぬるを。我が世誰ぞ、常ならむ。"


def sample(shared_data: Path, language: str, codec: str) -> tuple[bytes, str]:
    """A page of ten sentences in a legacy encoding, and its text: what the encoding lacks is left out."""
    sentences = (shared_data / "languages" / f"{language}.txt").read_text("utf-8").splitlines()
    # ISO-8859-7 and Windows-1253 differ in Ά and quotes only, and nothing but these can tell them apart.
    chosen = [re.sub("[\x7f-\x9fΆ‘’]", "", sentence) for sentence in Random(1).sample(sentences, 10)]
    body = "".join(f"<p>{sentence}</p>\n" for sentence in chosen)
    payload = f"<html><head><title>x</title></head><body>{body}</body></html>".encode(codec, "ignore")
    return payload, payload.decode(codec)


@pytest.mark.parametrize(("name", "codec", "language"), LEGACY)
@pytest.mark.parametrize("header", [None, "text/html; charset=utf-8"], ids=["undeclared", "declared as utf-8"])
def test_legacy_encodings_are_found_without_a_true_declaration(
    shared_data: Path, name: str, codec: str, language: str, header: str | None
) -> None:
    payload, text = sample(shared_data, language, codec)
    assert decode_text(payload, header, html=True)[0] == text


@pytest.mark.parametrize("header", [None, "text/html; charset=utf-8"])
def test_traditional_chinese_is_found(header: str | None) -> None:
    text = "人人生而自由，在尊嚴和權利上一律平等。他們賦有理性和良心，並應以兄弟關係的精神相對待。" * 2
    assert decode_text(text.encode("big5"), header, html=True) == (text, "big5")
    assert decode_text(b"<meta charset=Big5-HKSCS>" + text.encode("big5"), header, html=True)[1] == "big5"


@pytest.mark.parametrize(("name", "codec", "language"), LEGACY)
@pytest.mark.parametrize("place", ["header", "meta", "xml"])
def test_true_declarations_are_obeyed(shared_data: Path, name: str, codec: str, language: str, place: str) -> None:
    payload, text = sample(shared_data, language, codec)
    places = {"header": "", "meta": f"<meta charset='{name}'>", "xml": f'<?xml version="1.0" encoding="{name}"?>'}
    prefix = places[place]
    header = f"text/html;charset={name}" if place == "header" else "text/html"
    assert decode_text(prefix.encode() + payload, header, html=True) == (prefix + text, name)


@pytest.mark.parametrize("header", ["text/html", "text/html; charset=iso-8859-1", "text/html; charset=shift_jis"])
@pytest.mark.parametrize("language", ["ru", "de", "zh", "th"])
def test_utf8_is_utf8_whatever_is_declared(shared_data: Path, header: str, language: str) -> None:
    payload, text = sample(shared_data, language, "utf-8")
    assert decode_text(payload, header, html=True) == (text, "utf-8")
    # Common Crawl cuts pages at a byte, so possibly within a character.
    cut = payload[: payload.rindex(b"</p>") - 2]
    if not cut.decode("utf-8", "ignore").endswith(cut[-1:].decode("latin-1")):
        found, name = decode_text(cut, header, html=True)
        assert (found.rstrip("\ufffd"), name) == (cut.decode("utf-8", "ignore"), "utf-8")


@pytest.mark.parametrize(
    ("payload", "content_type", "expected"),
    [
        (b"\xef\xbb\xbfa\xc3\xbc", "text/html; charset=gbk", ("aü", "utf-8")),
        ("größer".encode("utf-16"), None, ("größer", "utf-16le")),
        (b"\xfe\xff" + "größer".encode("utf-16-be"), "text/html; charset=utf-8", ("größer", "utf-16be")),
        ("größer".encode("utf-16-le"), "text/html; charset=utf-16", ("größer", "utf-16le")),
        (b"plain", "text/html; charset=windows-1251", ("plain", "utf-8")),
        (b"", None, ("", "utf-8")),
        (b"caf\xe9 \x80", "text/html; charset=ISO-8859-1", ("café €", "windows-1252")),
        (b"caf\xe9 \x93x\x94", "text/html; charset=US-ASCII", ("café “x”", "windows-1252")),
        (b"<meta charset=utf-16>caf\xc3\xa9", None, ("<meta charset=utf-16>café", "utf-8")),
        (b"caf\xe9", 'text/html; charset="latin1" ; x', ("café", "windows-1252")),
        (b"\xa2\xe3\x87\x40", "text/html; charset=gb2312", ("€嘆"[:1] + b"\x87\x40".decode("gbk"), "gbk")),
        # Two bytes that are also one UTF-8 sequence: too little to refute a declaration.
        ("рК".encode("cp1251"), "text/html; charset=windows-1251", ("рК", "windows-1251")),
        ("Я–".encode("cp1251"), "text/html; charset=windows-1251", ("Я–", "windows-1251")),
        ("Я–".encode("cp1251"), None, ("\u07d6", "utf-8")),
    ],
)
def test_order_of_declarations(payload: bytes, content_type: str | None, expected: tuple[str, str]) -> None:
    assert decode_text(payload, content_type, html=True) == expected


def test_a_false_header_gives_way_to_the_page_and_to_the_bytes() -> None:
    body = (RUSSIAN * 5).encode("cp1251")
    page = b'<meta http-equiv="Content-Type" content="text/html; charset=windows-1251">' + body
    assert decode_text(page, "text/html; charset=utf-8", html=True)[0].endswith(RUSSIAN * 5)
    assert decode_text(page, "text/html; charset=iso-8859-1", html=True)[1] == "windows-1251"
    assert decode_text(b"<meta charset=euc-kr>" + body, "text/html; charset=utf-8", html=True)[1] == "windows-1251"


def test_declarations_in_comments_and_in_plain_text_do_not_count() -> None:
    payload = b"<!-- <meta charset=koi8-r> --><meta charset=windows-1251>" + RUSSIAN.encode("cp1251")
    assert decode_text(payload, None, html=True)[1] == "windows-1251"
    text = b"<meta charset=koi8-r>" + (RUSSIAN * 3).encode("cp1251")
    assert decode_text(text, None, html=False)[1] == "windows-1251"


def test_some_broken_bytes_do_not_change_the_encoding() -> None:
    page = (RUSSIAN * 3).encode() + "naïve café".encode("latin-1")
    assert decode_text(page, None, html=True) == (RUSSIAN * 3 + "na\ufffdve caf\ufffd", "utf-8")
    cut = JAPANESE.encode("euc-jp")[:-1]
    assert decode_text(cut, "text/html; charset=euc-jp", html=True) == (JAPANESE[:-1] + "\ufffd", "euc-jp")


def test_replacement_characters_of_the_page_are_no_errors() -> None:
    page = "\ufffd" * 50 + "ü\xe9"
    assert decode_text(page.encode(), "text/html; charset=utf-8", html=True) == (page, "utf-8")
    assert decode_text(page.encode() + b"\xff", "text/html; charset=utf-8", html=True)[1] == "utf-8"


def test_noise_is_undecodable() -> None:
    with pytest.raises(RecordRejected, match="undecodable"):
        decode_text(Random(1).randbytes(5_000), "text/html; charset=utf-8", html=True)


@pytest.mark.parametrize("text", ["a\0b", "a\ud800b", "\udfff\0ab"])
def test_unusable_characters_go(text: str) -> None:
    assert clean_text(text) == "ab"


def test_nul_bytes_go() -> None:
    assert decode_text(b"one\0 tw\0o and more text", None, html=True)[0] == "one two and more text"
    assert decode_text("größer und größer\0 ".encode("cp1252") * 3, None, html=True)[0] == "größer und größer " * 3


@given(
    payload=st.binary(max_size=300),
    content_type=st.sampled_from(
        [None, *(f"a/b;charset={name}" for name in ("utf-8", "utf-16", "gbk", "x", "euc-jp"))]
    ),
    html=st.booleans(),
)
def test_any_bytes_give_valid_text_or_are_rejected(payload: bytes, content_type: str | None, html: bool) -> None:
    try:
        text, name = decode_text(payload, content_type, html=html)
    except RecordRejected as rejection:
        event(rejection.reason)
        return
    assert "\0" not in text
    assert text.encode("utf-8").decode("utf-8") == text
    assert charset_of(f"x; charset={name}") == name


@pytest.mark.parametrize("label", ["hex", "rot13", "idna", "utf-7", "unicode_escape", "undefined", "../x", "", "none"])
def test_labels_that_are_no_encodings_of_the_web_are_unknown(label: str) -> None:
    assert charset_of(f"text/html; charset={label}") is None


@pytest.mark.parametrize(
    ("label", "name"),
    [
        ("Win-1251", "windows-1251"),
        ("windows_1251", "windows-1251"),
        ("CP936", "gbk"),
        ("UHC", "euc-kr"),
        ("utf8mb4", "utf-8"),
        ("latin-9", "iso-8859-15"),
        ("logical", "iso-8859-8"),
        ("x-user-defined", "windows-1252"),
        ("iso-2022-kr", None),
        ("replacement", None),
    ],
)
def test_labels_are_known_as_pages_write_them(label: str, name: str | None) -> None:
    assert charset_of(f"text/html; charset={label}") == name


@pytest.mark.parametrize(
    ("text", "codec", "label"),
    [("镕㐂", "gb18030", "gb2312"), ("①", "euc_jis_2004", "euc-jp"), ("ｶ", "iso2022_jp_ext", "iso-2022-jp")],
)
def test_characters_beyond_the_declared_encoding_are_read(text: str, codec: str, label: str) -> None:
    assert decode_text(text.encode(codec), f"text/html; charset={label}", html=True)[0] == text


@pytest.mark.parametrize("start", [b"<meta ", b"<!--", b"<?xml ", b"<meta charset=", b"\x1b$", b"\xc3"])
def test_hostile_bytes_take_no_time(start: bytes) -> None:
    started = time.process_time()
    with suppress(RecordRejected):
        decode_text(start * 1_000_000, "text/html;" + "charset=" * 1000, html=True)
    assert time.process_time() - started < 5


def test_clueweb_pages_are_japanese(shared_data: Path) -> None:
    kana, pages = 0, 0
    with (shared_data / "archives" / "clueweb-quirk.warc.gz").open("rb") as stream:
        for record in ArchiveIterator(stream, record_types=WarcRecordType.response):
            payload = record.reader.read()
            text, _ = decode_text(payload, None, html=True)
            pages += 1
            kana += len(re.findall("[ぁ-ん]", text)) >= 10
            assert text.count("\ufffd") <= 0.01 * len(text)
    assert pages == 29
    assert kana >= 28
