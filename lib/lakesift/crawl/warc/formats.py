"""The two record formats, WARC and ARC: record starts and named header fields."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Final, NamedTuple

from lakesift.crawl.pages.rejection import RecordRejected

Fields = dict[str, str]

WARC_START: Final = re.compile(rb"WARC/\d\.\d{1,3}[ \t]*\r?\n")
# ARC version 1: URL IP-address Archive-date Content-type Archive-length. Version 2 puts Result-code Checksum Location
# Offset Filename between type and length (Internet Archive, "Arc File Format", 1996).
ARC_START: Final = re.compile(
    rb"[a-zA-Z][a-zA-Z0-9+.\-]{1,30}:[^\r\n]{0,8192} [0-9a-fA-F.:]{1,45} \d{8,17} [^\r\n]{0,200} "
    rb"(?:\S{1,20} \S{1,200} \S{1,8192} \d{1,20} \S{1,1024} )?\d{1,20}\r?\n"
)
_ARC_LINE: Final = re.compile(
    rb"(?P<url>.*) [0-9a-fA-F.:]{1,45} (?P<date>\d{8,17}) (?P<mime>.*?)"
    rb"(?: \S{1,20} \S{1,200} \S{1,8192} \d{1,20} \S{0,1023}\.\S{0,1023})? (?P<length>\d{1,20})"
)
BLANK_LINE: Final = re.compile(rb"\r?\n\r?\n")
LINE_END: Final = re.compile(rb"\n")


class Dialect(NamedTuple):
    """One record format."""

    name: str
    start: re.Pattern[bytes]  # a record's start, where one is expected
    inner_start: re.Pattern[
        bytes
    ]  # the same at the beginning of a line, group 1: for finding the next record after damage
    header_end: re.Pattern[bytes]
    fields: Callable[[bytes, int], Fields]  # header block, most lines -> fields


def text_of(raw: bytes) -> str:
    """Decode header bytes: UTF-8 as WARC says, else Latin-1, which never fails."""
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("latin-1")


def header_fields(lines: list[bytes], joined: Mapping[str, str]) -> Fields:
    """Parse header lines into named fields, names in lower case.

    Folded lines are unfolded, lines without a name left out.

    Args:
        lines: the lines, without their ends or with a trailing CR.
        joined: separators by name, to join repetitions; of all other names the last one counts.
    """
    fields: Fields = {}
    last = ""
    for line in lines:
        if line[:1] in (b" ", b"\t") and last:
            fields[last] = f"{fields[last]} {text_of(line.strip())}".strip()
            continue
        name, colon, value = line.partition(b":")
        if not colon:
            continue
        last = name.strip().lower().decode("latin-1")
        text = text_of(value.strip())
        fields[last] = fields[last] + joined[last] + text if last in joined and last in fields else text
    return fields


def _warc_fields(block: bytes, max_lines: int) -> Fields:
    lines = block.split(b"\n")
    if len(lines) > max_lines:
        raise RecordRejected("header_too_large", f"{len(lines)} header lines")
    fields = header_fields(lines[1:], joined={"content-length": ", "})
    lengths = set(fields.get("content-length", "").split(", "))
    if len(lengths) != 1 or not (length := lengths.pop()).isascii() or not length.isdigit():
        raise RecordRejected("bad_record_header", f"Content-Length is {fields.get('content-length', 'missing')!r}")
    if not fields.get("warc-type"):
        raise RecordRejected("bad_record_header", "WARC-Type is missing")
    fields["content-length"] = length
    return fields


def _arc_fields(block: bytes, max_lines: int) -> Fields:
    """Return an ARC header line in WARC's field names.

    Other code has to know one format only; `arc-content-type` is what the crawler noted of the page's type.
    """
    match = _ARC_LINE.fullmatch(block.strip())
    if match is None:
        raise RecordRejected("bad_record_header", f"no ARC header but {block[:60]!r}")
    url, date, mime = text_of(match["url"]), text_of(match["date"]), text_of(match["mime"]).strip()
    is_http = url.lower().startswith(("http:", "https:"))
    is_description = url.lower().startswith("filedesc:")
    return {
        "warc-type": "warcinfo" if is_description else "response",
        "warc-target-uri": url,
        "warc-date": f"{date[:4]}-{date[4:6]}-{date[6:8]}T{date[8:10]}:{date[10:12]}:{date[12:14]}Z"
        if len(date) >= 14
        else "",
        "content-type": "application/http; msgtype=response" if is_http else mime,
        "arc-content-type": mime,
        "content-length": text_of(match["length"]),
    }


WARC: Final = Dialect("warc", WARC_START, re.compile(rb"\n(" + WARC_START.pattern + rb")"), BLANK_LINE, _warc_fields)
ARC: Final = Dialect("arc", ARC_START, re.compile(rb"\n(" + ARC_START.pattern + rb")"), LINE_END, _arc_fields)
DIALECTS: Final[Mapping[str, Dialect]] = {dialect.name: dialect for dialect in (WARC, ARC)}
