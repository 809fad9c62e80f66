"""UTF-16 that no byte order mark announces, told by the bytes."""

from __future__ import annotations

import re
from typing import Final, Literal

Utf16 = Literal["utf-16le", "utf-16be"]

# The HTML Standard (13.2.3.2) knows `<?x`; here any ASCII that begins a page does, at two bytes a character.
_STARTS: Final[tuple[tuple[Utf16, re.Pattern[bytes]], ...]] = (
    ("utf-16le", re.compile(rb"(?:[ \t\r\n]\0){0,512}<\0[!?A-Za-z]\0[\x20-\x7e]\0")),
    ("utf-16be", re.compile(rb"(?:\0[ \t\r\n]){0,512}\0<\0[!?A-Za-z]\0[\x20-\x7e]")),
)
_SAMPLE: Final = 1_444
_MIN_SAMPLE: Final = 16
# Of a text in Latin letters nine in ten characters have a zero for their upper byte, and next to none for their lower.
_MIN_ZEROS: Final = 0.7
_MAX_OTHER_ZEROS: Final = 0.02


def utf16_of(payload: bytes, is_text: bool) -> Utf16 | None:
    """Return the UTF-16 that a payload without byte order mark is in; None for anything else.

    Args:
        payload: the decoded body; its first 1,444 bytes are looked at.
        is_text: the server says that it is text, so that zeros at every second byte are enough.
    """
    if b"\0" not in payload[:4]:
        return None
    for name, start in _STARTS:
        if start.match(payload):
            return name
    head = payload[:_SAMPLE]
    pairs = len(head) // 2
    if not is_text or pairs < _MIN_SAMPLE:
        return None
    even, odd = head[0 : 2 * pairs : 2].count(0) / pairs, head[1 : 2 * pairs : 2].count(0) / pairs
    if odd >= _MIN_ZEROS and even <= _MAX_OTHER_ZEROS:
        return "utf-16le"
    return "utf-16be" if even >= _MIN_ZEROS and odd <= _MAX_OTHER_ZEROS else None
