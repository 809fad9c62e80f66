"""Addresses in a page, made absolute."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import urljoin

WEB: Final = re.compile(r"https?://[^/?#\\]", re.IGNORECASE)


def web_address(written: str, base: str) -> str | None:
    """Return an absolute address of the web (http or https); None for any other.

    Args:
        written: without white space around it.
        base: absolute URL that it is resolved against.
    """
    if "[" in written or not WEB.match(written):
        try:
            written = urljoin(base, written)
        except ValueError:
            return None
    return written if WEB.match(written) else None
