"""The media type of a payload, from the server's header and the bytes themselves."""

from __future__ import annotations

import re
from typing import Final

from lakesift.crawl.html.utf16 import utf16_of

HTML: Final = "text/html"
XHTML: Final = "application/xhtml+xml"
PLAIN: Final = "text/plain"
XML: Final = "text/xml"
JSON: Final = "application/json"
BINARY: Final = "application/octet-stream"

HTML_TYPES: Final = frozenset({HTML, XHTML})
PAGE_TYPES: Final = frozenset({HTML, XHTML, PLAIN})
"""What is text for people to read, and so becomes a page; the rest is data, other markup, media or programs."""

_HEAD_BYTES: Final = 1445  # the "resource header", MIME Sniffing Standard, section 5.2
_ROOT_BYTES: Final = 8192  # licences in comments and blank templates may come before the root
_MAX_BINARY_SHARE: Final = 0.05  # of a payload declared as text: stray control characters do not make it binary
_UNKNOWN: Final = frozenset({"", "unknown/unknown", "application/unknown", "*/*", BINARY, "application/x-unknown"})
_XML_TYPES: Final = frozenset({XML, "application/xml"})
_TYPE: Final = re.compile(r"\s*([!#$%&'*+.^_`|~0-9A-Za-z-]{1,127}/[!#$%&'*+.^_`|~0-9A-Za-z-]{1,127})")
# "Binary data byte", MIME Sniffing Standard, section 3. Escape (1B) is text: ISO-2022-JP.
_BINARY_BYTES: Final = bytes([*range(0x09), 0x0B, *range(0x0E, 0x1B), *range(0x1C, 0x20)])
_UTF16_BOMS: Final = (b"\xfe\xff", b"\xff\xfe")

# MIME Sniffing Standard, section 7.1, step 1, and the two other elements that begin a page without <head>.
_MARKUP_START: Final = re.compile(
    rb"<(?:!DOCTYPE HTML|HTML|HEAD|SCRIPT|IFRAME|H1|DIV|FONT|TABLE|A|STYLE|TITLE|B|BODY|BR|P|META|LINK)(?=[\s/>])|<!--",
    re.IGNORECASE,
)
_PAGE_START: Final = re.compile(rb"<(?:!DOCTYPE HTML|HTML|HEAD)(?=[\s>])", re.IGNORECASE)
# A page behind a stray XML declaration, a notice or an answer in JSON; in a string of JSON a quote stands before it.
_LATE_PAGE: Final = re.compile(rb"([\s\S]?)<(?:!DOCTYPE HTML|HTML|HEAD|BODY)(?=[\s>])", re.IGNORECASE)
_QUOTES: Final = (b'"', b"'", b"\\")
_BEFORE_ROOT: Final = re.compile(rb"(?:\xef\xbb\xbf)?(?:\s+|<!--(?:(?!-->)[\s\S])*-->|<\?[^>]*>)*")
_XML_START: Final = re.compile(rb"<(?:\?xml|rss|feed|rdf:RDF|urlset|sitemapindex)[\s>]", re.IGNORECASE)
_FEED_START: Final = re.compile(rb"<(?:rss|feed|rdf:RDF|urlset|sitemapindex)[\s>]", re.IGNORECASE)
_JSON_START: Final = re.compile(rb'\{\s*["}]|\[\s*[{"]')
_SPACE: Final = re.compile(rb"(?:\xef\xbb\xbf)?\s*")

# Sections 6 and 7 of the standard, and formats of crawls that browsers do not show. Offset, bytes, type.
_SIGNATURES: Final[tuple[tuple[int, bytes, str], ...]] = (
    (0, b"%PDF-", "application/pdf"),
    (0, b"%!PS-Adobe-", "application/postscript"),
    (0, b"{\\rtf", "application/rtf"),
    (0, b"\x89PNG\r\n\x1a\n", "image/png"),
    (0, b"GIF87a", "image/gif"),
    (0, b"GIF89a", "image/gif"),
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (8, b"WEBPVP", "image/webp"),
    (0, b"\x00\x00\x01\x00", "image/x-icon"),
    (0, b"II*\x00", "image/tiff"),
    (0, b"MM\x00*", "image/tiff"),
    (0, b"PK\x03\x04", "application/zip"),
    (0, b"\x1f\x8b\x08", "application/gzip"),
    (0, b"\x28\xb5\x2f\xfd", "application/zstd"),
    (0, b"Rar!\x1a\x07", "application/x-rar-compressed"),
    (0, b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),
    (4, b"ftyp", "video/mp4"),
    (0, b"\x1aE\xdf\xa3", "video/webm"),
    (0, b"OggS\x00", "application/ogg"),
    (8, b"WAVEfmt", "audio/wave"),
    (8, b"AVI LIST", "video/avi"),
    (0, b"FLV\x01", "video/x-flv"),
    (0, b"wOFF", "font/woff"),
    (0, b"wOF2", "font/woff2"),
    (0, b"\x00asm", "application/wasm"),
    (0, b"\x7fELF", "application/x-executable"),
)


def sniff(payload: bytes, content_type: str | None) -> str:
    """Return the media type, without parameters, in lower case.

    Follows the MIME Sniffing Standard (mimesniff.spec.whatwg.org) in separating text from media. Servers are believed
    less than in browsers, because the question is whether bytes are readable text, not whether they are safe to run:
    bytes of a known binary format or a `<!doctype html>`, `<html>` or `<head>` at the start win over any header; XML
    and JSON win over `text/html` and `text/plain`, but not over `text/html` where such a tag follows them.

    Args:
        payload: the decoded body; the first 8 KiB are looked at.
        content_type: the header's value, if there was one.
    """
    declared = _essence(content_type)
    signature = _signature(payload)
    if signature is not None:
        return signature
    head = payload[:_ROOT_BYTES]
    wide = utf16_of(payload, _is_textual(declared))
    if wide is not None:
        head = head.decode(wide, "replace").encode()
    elif _is_binary(payload, content_type):
        return BINARY if declared in _UNKNOWN or _is_textual(declared) else declared
    return _textual(head, declared)


def _textual(head: bytes, declared: str) -> str:
    start = _SPACE.match(head)
    root = _BEFORE_ROOT.match(head)
    position = start.end() if start else 0
    root_position = root.end() if root else 0
    is_xml = _XML_START.match(head, position) is not None
    if _PAGE_START.match(head, root_position):
        is_xhtml = declared == XHTML or (is_xml and declared not in (HTML, PLAIN))
        return XHTML if is_xhtml else HTML
    is_feed = _FEED_START.match(head, root_position) is not None
    late = _LATE_PAGE.search(head) if declared in HTML_TYPES and not is_feed else None
    if late is not None and late[1] not in _QUOTES:
        return declared
    is_guess = declared in _UNKNOWN
    may_be_wrong = is_guess or declared in PAGE_TYPES
    if may_be_wrong and (is_xml or _XML_START.match(head, root_position)):
        return XML if declared != XHTML else XHTML
    if may_be_wrong and _JSON_START.match(head, position):
        return JSON
    if not is_guess:
        return declared
    return HTML if _MARKUP_START.match(head, position) else PLAIN


def _essence(content_type: str | None) -> str:
    match = _TYPE.match(content_type or "")
    return match[1].lower() if match else ""


def _is_textual(media_type: str) -> bool:
    return media_type.startswith("text/") or media_type in {XHTML, JSON} or media_type.endswith(("xml", "+json"))


def _signature(payload: bytes) -> str | None:
    for offset, magic, media_type in _SIGNATURES:
        if payload.startswith(magic, offset):
            return media_type
    return None


def _is_binary(payload: bytes, content_type: str | None) -> bool:
    is_utf16 = payload.startswith(_UTF16_BOMS) or "utf-16" in (content_type or "").lower()
    head = payload[:_HEAD_BYTES]
    count = 0 if is_utf16 else _binary_bytes(head)
    tolerated = 0 if _essence(content_type) in _UNKNOWN else _MAX_BINARY_SHARE * len(head)
    return count > tolerated


def _binary_bytes(head: bytes) -> int:
    return len(head) - len(head.translate(None, _BINARY_BYTES))
