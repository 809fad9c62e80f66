"""Bytes to text: the declared character encoding, checked against the bytes."""

from __future__ import annotations

import codecs
import re
from itertools import islice
from typing import Final, NamedTuple

from resiliparse.parse.encoding import EncodingDetector

from lakesift.crawl.pages.rejection import RecordRejected

META_BYTES: Final = 4096  # HTML Standard 13.2.3.2 requires 1024; pages with long comments or scripts declare it later
DETECTION_BYTES: Final = 128 << 10
# Cut-off or pasted-in bytes do not refute a declaration; a wrong one gives errors in most places.
MAX_ERROR_SHARE: Final = 0.05
# UTF-8 is hard to hit by accident: one valid sequence per invalid one is far above chance (about 1 in 10 for GBK).
MAX_ERROR_SHARE_UTF8: Final = 0.5
# Two-byte legacy characters form valid UTF-8 by accident, but rarely this many times with no invalid one among them.
SURE_UTF8_SEQUENCES: Final = 4
MAX_UNREADABLE_SHARE: Final = 0.1

_DECLARED: Final = re.compile(r"charset\s*=\s*[\"']?\s*([A-Za-z0-9_.:()+-]{2,40})", re.IGNORECASE)
_META: Final = re.compile(rb"<meta\s[^>]{0,1000}?charset\s*=\s*[\"']?\s*([A-Za-z0-9_.:()+-]{2,40})", re.IGNORECASE)
_XML_DECLARATION: Final = re.compile(
    rb"\s*<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([A-Za-z0-9_.:+-]{2,40})", re.IGNORECASE
)
_COMMENT: Final = re.compile(rb"<!--.*?(?:-->|\Z)", re.DOTALL)
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f]")
# C1 controls are never meant: they are another encoding's quotes and letters.
_ERROR: Final = re.compile("[\ufffd\x80-\x9f]")
_NON_ASCII: Final = re.compile(r"[^\x00-\x7f]")
# Standard encodings that detection reports for Microsoft's variants, which have letters and quotes at 80-9F.
_WINDOWS: Final = {
    "iso-8859-2": "windows-1250",
    "iso-8859-7": "windows-1253",
    "iso-8859-8": "windows-1255",
    "iso-8859-13": "windows-1257",
    "iso-8859-15": "windows-1252",
}
_WIDE: Final = frozenset({"utf-16le", "utf-16be"})
_UNUSABLE: Final = re.compile("[\0\ud800-\udfff]")

# Encoding Standard (encoding.spec.whatwg.org) 4.2: name, Python's nearest codec (a superset where there is one), more
# labels. Labels are compared without case and punctuation, because pages write Windows-1251, win1251 and windows_1251.
_TABLE: Final = """
utf-8 utf-8 unicode-1-1-utf-8 unicode11utf8 unicode20utf8 x-unicode20utf8 utf-8-sig utf8mb4
ibm866 cp866 866 cp866 csibm866
iso-8859-2 iso8859-2 csisolatin2 iso-ir-101 l2 latin2 iso_8859-2:1987
iso-8859-3 iso8859-3 csisolatin3 iso-ir-109 l3 latin3 iso_8859-3:1988
iso-8859-4 iso8859-4 csisolatin4 iso-ir-110 l4 latin4 iso_8859-4:1988
iso-8859-5 iso8859-5 csisolatincyrillic cyrillic iso-ir-144 iso_8859-5:1988
iso-8859-6 iso8859-6 arabic asmo-708 csisolatinarabic ecma-114 iso-8859-6-e iso-8859-6-i iso-ir-127 iso_8859-6:1987
iso-8859-7 iso8859-7 csisolatingreek ecma-118 elot_928 greek greek8 iso-ir-126 sun_eu_greek iso_8859-7:1987
iso-8859-8 iso8859-8 csisolatinhebrew hebrew iso-8859-8-e iso-8859-8-i iso-ir-138 logical visual csiso88598e csiso88598i
iso-8859-10 iso8859-10 csisolatin6 iso-ir-157 l6 latin6
iso-8859-13 iso8859-13
iso-8859-14 iso8859-14
iso-8859-15 iso8859-15 csisolatin9 l9 latin9
iso-8859-16 iso8859-16
koi8-r koi8-r cskoi8r koi koi8
koi8-u koi8-u koi8-ru
macintosh mac-roman csmacintosh mac x-mac-roman
windows-874 cp874 cp874 dos-874 iso-8859-11 tis-620
windows-1250 cp1250 cp1250 win1250 x-cp1250
windows-1251 cp1251 cp1251 win1251 x-cp1251
windows-1252 cp1252 cp1252 win1252 x-cp1252 ansi_x3.4-1968 ascii us-ascii cp819 csisolatin1 ibm819 iso-8859-1 \
    iso-ir-100 l1 latin1 iso_8859-1:1987 x-user-defined
windows-1253 cp1253 cp1253 win1253 x-cp1253
windows-1254 cp1254 cp1254 win1254 x-cp1254 csisolatin5 iso-8859-9 iso-ir-148 l5 latin5 iso_8859-9:1989
windows-1255 cp1255 cp1255 win1255 x-cp1255
windows-1256 cp1256 cp1256 win1256 x-cp1256
windows-1257 cp1257 cp1257 win1257 x-cp1257
windows-1258 cp1258 cp1258 win1258 x-cp1258
x-mac-cyrillic mac-cyrillic x-mac-ukrainian maccyrillic
gbk gb18030 chinese csgb2312 csiso58gb231280 gb2312 gb_2312-80 iso-ir-58 x-gbk cp936 ms936
gb18030 gb18030
big5 big5hkscs big5-hkscs cn-big5 csbig5 x-x-big5 cp950
euc-jp euc_jis_2004 cseucpkdfmtjapanese x-euc-jp
iso-2022-jp iso2022_jp_ext csiso2022jp
shift_jis cp932 csshiftjis ms932 ms_kanji sjis windows-31j x-sjis cp932
euc-kr cp949 cseuckr csksc56011987 iso-ir-149 korean ks_c_5601-1987 ks_c_5601-1989 ksc5601 windows-949 cp949 uhc
utf-16be utf-16-be unicodefffe
utf-16le utf-16-le csunicode iso-10646-ucs-2 ucs-2 unicode unicodefeff utf-16
"""


def decode_text(payload: bytes, content_type: str | None, html: bool) -> tuple[str, str]:
    """Decode a payload with its declared or detected encoding.

    The order is byte order mark, Content-Type, `<meta>` or XML declaration, detection.

    Unlike in a browser, no declaration is believed that the bytes refute: several valid UTF-8 sequences and no invalid
    one are UTF-8 despite any declaration; many errors in the declared encoding, and header and page that disagree, are
    settled by detection (resiliparse's uchardet: on ten-sentence samples in 20 legacy encodings it was right more often
    than charset-normalizer at a tenth of the cost).

    Args:
        payload: the decoded body.
        content_type: the header's value, if there was one.
        html: whether the page may declare its encoding itself.

    Returns:
        The text without NUL and lone surrogates, with U+FFFD for single bytes that could not be decoded, and
        the encoding's name in the Encoding Standard (encoding.spec.whatwg.org), in lower case. ASCII is `utf-8`.

    Raises:
        RecordRejected: `undecodable` when a tenth of the characters are errors or control characters.
    """
    for bom, name in ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16le"), (codecs.BOM_UTF16_BE, "utf-16be")):
        if payload.startswith(bom):
            return _checked(_attempt(payload[len(bom) :], name))
    header = charset_of(content_type)
    if header not in _WIDE and not _has_escapes(payload):
        text = _as_utf8(payload)
        if text is not None:
            declared = header or (_declared_in(payload) if html else None)
            if declared in (None, "utf-8") or text.isascii() or _has_sure_sequences(text):
                return text.replace("\0", "") if b"\0" in payload else text, "utf-8"
    return _checked(_best(payload, header, _declared_in(payload) if html else None))


def charset_of(content_type: str | None) -> str | None:
    """Read the encoding's name from a Content-Type value.

    It is None where there is none or it is unknown.

    Args:
        content_type: as sent, possibly malformed.
    """
    match = _DECLARED.search(content_type or "")
    return _NAMES.get(_folded(match[1])) if match else None


def clean_text(text: str) -> str:
    """Remove NUL and lone surrogates from a text.

    The result is valid UTF-8 and fits C strings.

    Args:
        text: any Python string.
    """
    if "\0" not in text:
        try:
            text.encode()
        except UnicodeEncodeError:
            pass
        else:
            return text
    return _UNUSABLE.sub("", text)


class _Attempt(NamedTuple):
    text: str
    name: str
    errors: int
    non_ascii: int  # characters, errors included

    def is_plausible(self) -> bool:
        share = MAX_ERROR_SHARE_UTF8 if self.name == "utf-8" else MAX_ERROR_SHARE
        is_cut = self.errors == 1 and self.text.endswith("\N{REPLACEMENT CHARACTER}")
        return is_cut or self.errors <= share * self.non_ascii


def _best(payload: bytes, header: str | None, meta: str | None) -> _Attempt:
    utf8 = _attempt(payload, "utf-8")
    is_cut_utf8 = (
        utf8.errors <= MAX_ERROR_SHARE * utf8.non_ascii and utf8.non_ascii - utf8.errors >= SURE_UTF8_SEQUENCES
    )
    if is_cut_utf8 and header not in _WIDE:
        return utf8
    detected = None
    # Bytes with escapes are ASCII, so they cannot refute UTF-8, which templates around ISO-2022-JP declare.
    refuted = "utf-8" if _has_escapes(payload) and utf8.non_ascii == 0 else None
    names = [name for name in (header, meta) if name not in (None, refuted)]
    if len(set(names)) > 1:
        detected = _detected(payload)
        names.sort(key=lambda name: name != detected)
    attempts = []
    for name in dict.fromkeys(names if refuted else [*names, "utf-8"]):
        attempt = utf8 if name == "utf-8" else _attempt(payload, name)
        if attempt.is_plausible():
            return attempt
        attempts.append(attempt)
    detected = detected or _detected(payload)
    attempts += [_attempt(payload, name) for name in (detected, _WINDOWS.get(detected)) if name]
    return min(attempts, key=lambda attempt: attempt.errors)


def _as_utf8(payload: bytes) -> str | None:
    try:
        return payload.decode()
    except UnicodeDecodeError:
        return None


def _has_sure_sequences(text: str) -> bool:
    return sum(1 for _ in islice(_NON_ASCII.finditer(text), SURE_UTF8_SEQUENCES)) == SURE_UTF8_SEQUENCES


def _attempt(payload: bytes, name: str) -> _Attempt:
    codec = _CODECS[name]
    text = payload.decode(codec, "replace")
    stated = payload.count(b"\xef\xbf\xbd") if name == "utf-8" else 0
    errors = max(0, len(_ERROR.findall(text)) - stated)
    return _Attempt(text, name, errors, len(text) - len(text.encode("ascii", "ignore")))


def _checked(attempt: _Attempt) -> tuple[str, str]:
    text = attempt.text
    controls = sum(1 for _ in _CONTROL.finditer(text))
    if attempt.errors + controls > MAX_UNREADABLE_SHARE * len(text):
        detail = f"{attempt.errors} errors and {controls} control characters of {len(text)} as {attempt.name}"
        raise RecordRejected("undecodable", detail)
    return text.replace("\0", ""), attempt.name


def _declared_in(payload: bytes) -> str | None:
    head = _COMMENT.sub(b"", payload[:META_BYTES])
    match = _XML_DECLARATION.match(head) or _META.search(head)
    name = _NAMES.get(_folded(match[1].decode("ascii"))) if match else None
    # A declaration that can be read as ASCII is not in UTF-16 (Encoding sniffing algorithm, prescan, step "utf-16").
    return "utf-8" if name in _WIDE else name


def _has_escapes(payload: bytes) -> bool:
    # One byte first: that search is the C library's, sixty times as fast.
    return b"\x1b" in payload and (b"\x1b$" in payload or b"\x1b(" in payload)


def _detected(payload: bytes) -> str:
    detector = EncodingDetector()
    detector.update(payload[:DETECTION_BYTES])
    # Its own mapping to the standard's names turns UHC (Korean) into UTF-8.
    found = detector.encoding(html5_compatible=False)
    name = _NAMES.get(_folded(found or ""), "windows-1252")
    # The same letters and the Ukrainian ones, in place of rare box drawings.
    return "koi8-u" if name == "koi8-r" else name


def _folded(label: str) -> str:
    return "".join(filter(str.isalnum, label.lower()))


_CODECS: Final = {row.split()[0]: row.split()[1] for row in _TABLE.strip().splitlines()}
_NAMES: Final = {
    _folded(label): row.split()[0]
    for row in _TABLE.strip().splitlines()
    for label in (row.split()[0], *row.split()[2:])
}
