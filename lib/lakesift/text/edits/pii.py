"""`pii@datatrove`: replace e-mail and public IPv4 addresses with invented ones.

Addresses and their replacements are defined by huggingface/datatrove 0.10.1, pipeline/formatters/pii.py,
`PIIFormatter`. The replacements take turns. datatrove continues its turns from document to document, in the order in
which a process sees them; here each document begins with the first replacement, so that the result does not depend on
that order.
"""

from __future__ import annotations

import ipaddress
import re
from itertools import count

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from lakesift.text.edits.edit import Edit
from lakesift.text.kernels.buffers import TextBuffers
from lakesift.text.kernels.bytes import Bytes
from lakesift.text.kernels.compiled import compiled

EMAIL_REPLACEMENTS = ("email@example.com", "firstname.lastname@example.org")
# datatrove: drawn at random, and nobody answered at them when they were drawn.
IPV4_REPLACEMENTS = (
    "22.214.171.124",
    "126.96.36.199",
    "188.8.131.52",
    "184.108.40.206",
    "220.127.116.11",
    "18.104.22.168",
)

ALPHANUMERIC = "A-Za-z0-9"
LOCAL = ALPHANUMERIC + "!#$%&'*+/=?^_`{|}~-"
LOCAL_CHARACTERS = "".join(chr(point) for point in range(128) if re.match(f"[.{LOCAL}]", chr(point)))
LABEL = f"[{ALPHANUMERIC}](?:[{ALPHANUMERIC}-]*[{ALPHANUMERIC}])?"
NUMBER = "(?:25[0-5]|2[0-4][0-9]|[01]?[0-9]{1,2})"
IPV4 = re.compile(rf"(?:{NUMBER}\.){{3}}{NUMBER}")
LITERAL = rf"\[(?:{NUMBER}\.){{3}}(?:{NUMBER}|[{ALPHANUMERIC}-]*[{ALPHANUMERIC}]:)\]"
DOMAIN = re.compile(rf"@(?:(?:{LABEL}\.)+{LABEL}|{LITERAL})")
WORD_START = re.compile(rf"\b[{LOCAL}]")

AT_SIGN, FULL_STOP, ZERO, NINE = 64, 46, 48, 57
EMAIL, NUMERIC = 1, 2


def replace_addresses(buffers: TextBuffers) -> tuple[TextBuffers, pa.StructArray]:
    """Replace the addresses, and count those of each kind per text."""
    emails, ipv4 = np.zeros(len(buffers), np.int32), np.zeros(len(buffers), np.int32)
    edited = {}
    kinds = kinds_of_addresses(buffers.data, buffers.offsets)
    for index in np.flatnonzero(kinds).tolist():
        start, end = buffers.offsets[index], buffers.offsets[index + 1]
        text = buffers.data[start:end].tobytes().decode(errors="surrogateescape")
        if kinds[index] & EMAIL:
            text, emails[index] = replace_emails(text)
        if kinds[index] & NUMERIC:
            text, ipv4[index] = replace_ipv4(text)
        if emails[index] or ipv4[index]:
            edited[index] = text.encode(errors="surrogateescape")
    counts = pa.StructArray.from_arrays([pa.array(emails), pa.array(ipv4)], list(COLUMNS))
    return (with_texts(buffers, edited) if edited else buffers), counts


def replace_emails(text: str) -> tuple[str, int]:
    """Return the text with its e-mail addresses replaced, and their number.

    The local part is read backwards from each @, because a search for the whole pattern would start over at every word.
    That makes the time linear in the length.
    """
    pieces: list[str] = []
    turns, done, behind_last = count(), 0, 0
    at = text.find("@")
    while at >= 0:
        domain = DOMAIN.match(text, at)
        start = local_start(text, max(done, behind_last), at) if domain else None
        if domain and start is not None:
            pieces += text[done:start], EMAIL_REPLACEMENTS[next(turns) % len(EMAIL_REPLACEMENTS)]
            done = domain.end()
        behind_last = at + 1
        at = text.find("@", max(done, behind_last))
    return "".join(pieces) + text[done:], len(pieces) // 2


def local_start(text: str, first: int, at: int) -> int | None:
    """Return the start of the local part before an @, not before `first`, or None.

    The local part consists of words of allowed characters with single full stops between them, and begins at a word
    edge.
    """
    before = text[first:at]
    run = before[len(before.rstrip(LOCAL_CHARACTERS)) :]
    run = run[run.rfind("..") + 2 :] if ".." in run else run
    if not run or run.endswith("."):
        return None
    found = WORD_START.search(text, at - len(run.lstrip(".")), at)
    return found.start() if found else None


def replace_ipv4(text: str) -> tuple[str, int]:
    """Return the text with its public IPv4 addresses replaced, and their number."""
    turns = count()

    def replacement(found: re.Match[str]) -> str:
        return IPV4_REPLACEMENTS[next(turns) % len(IPV4_REPLACEMENTS)] if is_public(found[0]) else found[0]

    return IPV4.sub(replacement, text), next(turns)


def is_public(address: str) -> bool:
    """Return whether an address is well formed (no leading zeros) and public."""
    try:
        return ipaddress.IPv4Address(address).is_global
    except ValueError:
        return False


def with_texts(buffers: TextBuffers, edited: dict[int, bytes]) -> TextBuffers:
    """Return the texts with some of them replaced."""
    lengths = np.diff(buffers.offsets)
    pieces, copied = [], int(buffers.offsets[0])
    for index, text in sorted(edited.items()):
        pieces += [buffers.data[copied : buffers.offsets[index]], np.frombuffer(text, np.uint8)]
        copied, lengths[index] = int(buffers.offsets[index + 1]), len(text)
    pieces.append(buffers.data[copied : buffers.offsets[-1]])
    return TextBuffers(np.concatenate(pieces), np.concatenate([[0], np.cumsum(lengths)]))


@compiled
def kinds_of_addresses(data: Bytes, text_offsets: NDArray[np.int64]) -> NDArray[np.uint8]:
    """Return the kinds of addresses that each text may contain.

    EMAIL: an @. NUMERIC: three full stops between digits, at most four bytes apart.
    """
    kinds = np.zeros(text_offsets.size - 1, np.uint8)
    for text in range(text_offsets.size - 1):
        start, end = text_offsets[text], text_offsets[text + 1]
        stops, last = 0, start
        for place in range(start, end):
            if data[place] == AT_SIGN:
                kinds[text] |= EMAIL
            elif data[place] == FULL_STOP:
                is_inside = start < place < end - 1
                if is_inside and is_digit(data[place - 1]) and is_digit(data[place + 1]):
                    stops = stops + 1 if stops > 0 and place - last <= 4 else 1
                    last = place
                    if stops == 3:
                        kinds[text] |= NUMERIC
    return kinds


@compiled
def is_digit(byte: int) -> bool:
    """Return whether a byte is an ASCII digit."""
    return ZERO <= byte <= NINE


COLUMNS: dict[str, pa.DataType] = {"emails": pa.int32(), "ipv4": pa.int32()}
PII_DATATROVE = Edit("pii@datatrove", COLUMNS, replace_addresses)
