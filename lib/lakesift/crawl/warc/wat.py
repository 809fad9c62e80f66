"""WAT records: the JSON that Common Crawl writes about each record of an archive."""

from __future__ import annotations

import json
from typing import Any, NamedTuple

from lakesift.crawl.html.images import Image, wat_images, web_url
from lakesift.crawl.pages.caps import Caps
from lakesift.crawl.pages.rejection import RecordRejected


class Envelope(NamedTuple):
    """The useful parts of a WAT record: HTTP status, whether it is HTML, and images.

    The status is None if the record is not about a response.
    """

    status: int | None
    is_html: bool
    images: list[Image]


def parse_envelope(block: bytes, url: str, caps: Caps) -> Envelope | None:
    """Read a WAT record's block.

    The format is described in commoncrawl.org/blog/web-archiving-file-formats-explained and written by ia-web-commons.

    Args:
        block: JSON.
        url: the page's URL, which relative addresses are resolved against (or its own base).
        caps: for `images.wat_images`.

    Returns:
        None when the JSON has no envelope: it is some other metadata.

    Raises:
        RecordRejected: `bad_envelope` when it is no JSON object.
    """
    try:
        content = json.loads(block)
    except (ValueError, RecursionError) as error:
        raise RecordRejected("bad_envelope", f"{type(error).__name__}: {error}") from None
    if not isinstance(content, dict):
        raise RecordRejected("bad_envelope", f"{type(content).__name__} instead of an object")
    if "Envelope" not in content:
        return None
    response = _inner(content, "Envelope", "Payload-Metadata", "HTTP-Response-Metadata")
    status = str(_inner(response, "Response-Message").get("Status", ""))
    html = _inner(response, "HTML-Metadata")
    stated = _inner(html, "Head").get("Base")
    base = (web_url(stated, url, caps) if isinstance(stated, str) else None) or url
    links = html.get("Links")
    images = wat_images(links if isinstance(links, list) else [], base, caps)
    return Envelope(int(status) if status.isascii() and status.isdigit() else None, bool(html), images)


def _inner(content: dict[str, Any], *keys: str) -> dict[str, Any]:
    """Return the object behind a path of keys.

    It is an empty one where anything on the way is not an object.
    """
    for key in keys:
        found = content.get(key)
        content = found if isinstance(found, dict) else {}
    return content
