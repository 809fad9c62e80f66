"""Records that need no row: the closed list of their classes."""

from __future__ import annotations

from typing import Final

COUNTED: Final[dict[str, str]] = {
    "warcinfo": "Description of the archive itself (also ARC's filedesc).",
    "request": "What the crawler sent.",
    "metadata": "The crawler's notes on a fetch; in WAT files, those on records that are no responses.",
    "revisit": "A page that had not changed since it was archived before.",
    "continuation": "A further segment of a record; the page is in its first segment.",
    "resource": "A file that was archived without HTTP and is no web page: logs, images.",
    "conversion": "A record converted to something else than plain text.",
    "other_type": "A record type that the WARC standard does not define; it says to skip these.",
    "dns": "The answer of a name server.",
    "other_protocol": "A response of another protocol than HTTP, such as FTP or WHOIS.",
    "redirect": "An HTTP status 3xx: the page is elsewhere.",
    "http_error": "Any other HTTP status that is not accepted, such as 404 or 503.",
    "robots_txt": "A site's rules for crawlers.",
    "empty_body": "A response without a body.",
    "not_text": "Images, PDF, scripts, feeds and whatever else is no text for people to read.",
    "no_images": "In WAT files: a page without an image.",
}
"""Records that need no row, because nothing is wrong with them: only their number is kept, by class.

After Common Crawl: its WET files have successful fetches only, and it archives redirects, errors and robots.txt apart.
"""

MAX_EXAMPLES: Final = 10
"""Offsets kept of each class in each archive, so that its records can be found again."""


class Counted(Exception):
    """The record is of a class that needs no row."""

    def __init__(self, name: str) -> None:
        COUNTED[name]
        super().__init__(name)
        self.name = name
