"""The media type of a payload, from what the server said and from the bytes themselves."""

from __future__ import annotations

import re
from typing import Final

HTML: Final = "text/html"
XHTML: Final = "application/xhtml+xml"
PLAIN: Final = "text/plain"
XML: Final = "text/xml"
JSON: Final = "application/json"
BINARY: Final = "application/octet-stream"

HTML_TYPES: Final = frozenset({HTML, XHTML})
PAGE_TYPES: Final = frozenset({HTML, XHTML, PLAIN})
"""What is text for people to read, and so becomes a page; the rest is data, markup of other kinds, media or programs."""

RESOURCE_HEADER_BYTES: Final = 1445  # MIME Sniffing Standard, section 5.2
_MAX_BINARY_SHARE: Final = 0.05  # of a payload declared as text: stray control characters do not make it binary
_UNKNOWN: Final = frozenset({"", "unknown/unknown", "application/unknown", "*/*", BINARY, "application/x-unknown"})
_XML_TYPES: Final = frozenset({XML, "application/xml"})
_TYPE: Final = re.compile(r"\s*([!#$%&'*+.^_`|~0-9A-Za-z-]{1,127}/[!#$%&'*+.^_`|~0-9A-Za-z-]{1,127})")
# "Binary data byte", MIME Sniffing Standard, section 3. Escape (1B) is text: ISO-2022-JP.
_BINARY_BYTES: Final = bytes([*range(0x09), 0x0B, *range(0x0E, 0x1B), *range(0x1C, 0x20)])
_UTF16_BOMS: Final = (b"\xfe\xff", b"\xff\xfe")

# MIME Sniffing Standard, section 7.1, step 1; "<p" last, "<!--" apart because nothing need follow it.
_HTML_START: Final = re.compile(
    rb"(?:\xef\xbb\xbf)?(?:[\t\n\f\r ]+|<!--(?:(?!-->)[\s\S])*-->|<\?xml[^>]*>)*"
    rb"<(?:!DOCTYPE HTML|HTML|HEAD|SCRIPT|IFRAME|H1|DIV|FONT|TABLE|A|STYLE|TITLE|B|BODY|BR|P|META|LINK)(?=[\t\n\f\r />])",
    re.IGNORECASE,
)
_COMMENT_START: Final = re.compile(rb"(?:\xef\xbb\xbf)?[\t\n\f\r ]*<!--")
_XHTML_START: Final = re.compile(rb"(?:\xef\xbb\xbf)?\s*<\?xml", re.IGNORECASE)
_XML_START: Final = re.compile(rb"(?:\xef\xbb\xbf)?\s*<(?:\?xml|rss|feed|rdf:RDF|urlset|sitemapindex)[\s>?]", re.IGNORECASE)
_FEED_ROOT: Final = re.compile(rb"<(?:rss|feed|rdf:RDF|urlset|sitemapindex)[\s>]", re.IGNORECASE)
_JSON_START: Final = re.compile(rb'(?:\xef\xbb\xbf)?\s*(?:\{\s*["}]|\[\s*(?:[\[{"\]0-9-]|true|false|null))')

# Section 6 and 7 of the standard, and formats that crawls hold although browsers do not show them. Offset, bytes, type.
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
    (0, b"BZh", "application/x-bzip2"),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),
    (4, b"ftyp", "video/mp4"),
    (0, b"\x1aE\xdf\xa3", "video/webm"),
    (0, b"OggS\x00", "application/ogg"),
    (0, b"ID3", "audio/mpeg"),
    (8, b"WAVEfmt", "audio/wave"),
    (8, b"AVI LIST", "video/avi"),
    (0, b"FLV\x01", "video/x-flv"),
    (0, b"FWS", "application/x-shockwave-flash"),
    (0, b"CWS", "application/x-shockwave-flash"),
    (0, b"wOFF", "font/woff"),
    (0, b"wOF2", "font/woff2"),
    (0, b"\x00asm", "application/wasm"),
    (0, b"\x7fELF", "application/x-executable"),
)
