"""Names of hosts as browsers send them."""

from __future__ import annotations

from typing import Final

import idna

MAX_HOST_CHARS: Final = 253  # RFC 1035 section 2.3.4, as text


def ascii_host(name: str) -> str | None:
    """Return a host name in ASCII lower case, None where it has no such form.

    Other scripts become punycode (IDNA 2008 with UTS 46 mapping).
    """
    lower = name.lower()
    if lower.isascii():
        return lower
    if len(lower) > MAX_HOST_CHARS:
        return None
    try:
        return idna.encode(lower, uts46=True).decode("ascii")
    except (idna.IDNAError, UnicodeError):
        return None
