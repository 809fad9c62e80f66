"""Bytes to text: the declared character encoding, checked against the bytes."""

from __future__ import annotations

import codecs
import re
from itertools import islice
from typing import Final, NamedTuple

from resiliparse.parse.encoding import EncodingDetector
from webencodings import LABELS, lookup

from lakesift.crawl.html.utf16 import utf16_of
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
# Of all characters, where header and page both say UTF-8: fewer are pasted-in bytes, more are a language's letters
# (French has 3 % accents, English typography 0.3 % quotes).
MAX_BAD_SHARE_AGREED: Final = 0.001

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
_BAD_SEQUENCE: Final = re.compile("\ufffd+")
# UTF-16 surrogates that were written in UTF-8 one by one (CESU-8, Unicode Technical Report 26).
_SURROGATES: Final = re.compile(rb"\xed[\xa0-\xaf][\x80-\xbf]\xed[\xb0-\xbf][\x80-\xbf]")
INVISIBLE: Final = re.compile("[\u00ad\u2060\ufeff]|(?<![\u0e00-\u0eff\u1000-\u107f\u1780-\u17ff])\u200b")
"""Marks for where a word may or may not be broken: unseen, they split words for programs. A zero width space stays behind
letters of Thai, Lao, Myanmar and Khmer, where it stands between words; joiners (U+200C, U+200D) change letters and stay."""
_UNUSABLE: Final = re.compile("[\0\ud800-\udfff]")

# Python's supersets of three encodings: pages use characters that the encoding they declare does not have.
_SUPERSETS: Final = {"gbk": "gb18030", "euc-jp": "euc_jis_2004", "iso-2022-jp": "iso2022_jp_ext"}
# The same bytes under another name; a page that says x-user-defined is in Windows-1252 (HTML Standard 13.2.3.2).
_SAME: Final = {"iso-8859-8-i": "iso-8859-8", "x-user-defined": "windows-1252"}
# Labels that pages write and the standard does not list.
_UNLISTED: Final = {
    "utf8sig": "utf-8",
    "utf8mb4": "utf-8",
    "latin9": "iso-8859-15",
    "maccyrillic": "x-mac-cyrillic",
    **{f"win{page}": f"windows-{page}" for page in range(1250, 1259)},
    "cp874": "windows-874",
    "cp932": "shift_jis",
    "cp936": "gbk",
    "ms936": "gbk",
    "cp949": "euc-kr",
    "uhc": "euc-kr",
    "cp950": "big5",
}


def decode_text(payload: bytes, content_type: str | None, html: bool) -> tuple[str, str]:
    """Decode a payload with its declared or detected encoding.

    The order is byte order mark, Content-Type, `<meta>` or XML declaration, detection.

    Unlike in a browser, no declaration is believed that the bytes refute: several valid UTF-8 sequences and no invalid
    one are UTF-8 despite any declaration; where header and page both say UTF-8, single bad bytes do not refute them
    (they become U+FFFD, as in browsers); many errors in the declared encoding, and header and page that disagree, are
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
    wide = utf16_of(payload, is_text=True)
    if wide is not None:
        return _checked(_attempt(payload, wide))
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
    utf8 = _attempt(_SURROGATES.sub(_character_of, payload), "utf-8")
    is_cut_utf8 = (
        utf8.errors <= MAX_ERROR_SHARE * utf8.non_ascii and utf8.non_ascii - utf8.errors >= SURE_UTF8_SEQUENCES
    )
    is_agreed = header == meta == "utf-8" and _bad_sequences(utf8.text) <= max(1, MAX_BAD_SHARE_AGREED * len(utf8.text))
    if (is_cut_utf8 and header not in _WIDE) or is_agreed:
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


def _character_of(surrogates: re.Match[bytes]) -> bytes:
    return surrogates[0].decode("utf-8", "surrogatepass").encode("utf-16", "surrogatepass").decode("utf-16").encode()


def _bad_sequences(text: str) -> int:
    return sum(1 for _ in _BAD_SEQUENCE.finditer(text))


def _as_utf8(payload: bytes) -> str | None:
    try:
        return payload.decode()
    except UnicodeDecodeError:
        return None


def _has_sure_sequences(text: str) -> bool:
    return sum(1 for _ in islice(_NON_ASCII.finditer(text), SURE_UTF8_SEQUENCES)) == SURE_UTF8_SEQUENCES


def _attempt(payload: bytes, name: str) -> _Attempt:
    text = payload.decode(_SUPERSETS.get(name) or lookup(name).codec_info.name, "replace")
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


# Labels are compared without case and punctuation, because pages write Windows-1251, win1251 and windows_1251. Those
# that the standard refuses to decode (its encoding `replacement`, ISO-2022-KR for one) are unknown: detection decides.
_NAMES: Final = _UNLISTED | {
    _folded(label): _SAME.get(name, name) for label, name in LABELS.items() if name != "replacement"
}
