"""Every cap on hostile input, in bytes or counts, in one settings class."""

from __future__ import annotations

from pydantic import Field

from lakesift.settings import Settings

MEBIBYTE = 1 << 20


class Caps(Settings):
    """Limits of one record of an archive.

    A record that exceeds them is quarantined or cut, as each limit says.
    """

    max_header_bytes: int = Field(
        default=64 << 10,
        ge=1 << 10,
        description="Longest WARC/ARC header block and longest HTTP header block, in bytes; larger: quarantined. "
        "Servers stop at 8 KiB (Apache LimitRequestFieldSize) to 80 KiB (Node.js with raised limits).",
    )
    max_header_lines: int = Field(
        default=512,
        ge=16,
        description="Most lines of one header block; larger: quarantined. Apache's LimitRequestFields is 100.",
    )
    max_record_bytes: int = Field(
        default=64 * MEBIBYTE,
        ge=1 << 10,
        description="Longest record block kept in memory, in decompressed bytes; larger: quarantined unread. "
        "Common Crawl cuts bodies at 1 MiB until early 2025 and at 5 MiB since (commoncrawl.org, CC-MAIN-2025-13).",
    )
    max_resyncs: int = Field(
        default=10_000,
        ge=0,
        description="So often is the next record looked for behind damage in one file or range; what follows then is "
        "one quarantined stretch. Bounds the work on a file made of false starts.",
    )
    max_payload_bytes: int = Field(
        default=32 * MEBIBYTE,
        ge=1 << 10,
        description="Longest HTTP body after chunked and content decoding, in bytes (zip bombs); larger: quarantined. "
        "Brotli and zstd expand more than 1000-fold.",
    )
    max_text_bytes: int = Field(
        default=8 * MEBIBYTE,
        ge=1 << 10,
        description="Longest text of one page in UTF-8 bytes; larger: quarantined. The largest books are about 5 MiB.",
    )
    max_title_chars: int = Field(
        default=1_000, ge=1, description="Longest title, in characters; the rest is cut. Search engines show about 60."
    )
    max_url_bytes: int = Field(
        default=8_192,
        ge=64,
        description="Longest URL of a page or image, in bytes; a page's: quarantined, an image's: left out. "
        "RFC 9110 section 4.1 recommends support of at least 8,000 octets.",
    )
    max_images_per_page: int = Field(
        default=2_000, ge=0, description="Most images kept per page, in document order; the rest is left out."
    )
    max_alt_chars: int = Field(
        default=4_000, ge=1, description="Longest alt or title text of an image, in characters; the rest is cut."
    )
    max_tables_per_page: int = Field(
        default=200, ge=0, description="Most data tables kept per page, in document order; the rest is left out."
    )
    max_table_cells: int = Field(
        default=20_000, ge=0, description="Most cells in the data tables of one page; the rows behind are left out."
    )
    max_table_context_chars: int = Field(
        default=1_000,
        ge=1,
        description="Longest caption, heading or text around a table, in characters; the rest is cut.",
    )
    max_metadata_elements: int = Field(
        default=2_000,
        ge=0,
        description="Most elements of a page that are looked at for its metadata, in document order. The largest of "
        "the web's heads have some hundred, mostly links to translations.",
    )
    max_metadata_values: int = Field(
        default=20, ge=1, description="Most authors, licences, language hints and robot rules kept of one page each."
    )
    max_metadata_chars: int = Field(
        default=2_000, ge=1, description="Longest description or statement of rights, in characters; the rest is cut."
    )
    max_author_chars: int = Field(default=200, ge=1, description="Longest name of an author; the rest is cut.")
    max_json_ld_chars: int = Field(
        default=256 << 10, ge=0, description="JSON-LD read of one page, in characters; further scripts are left out."
    )
    max_dom_nodes: int = Field(
        default=1_000_000,
        ge=1_000,
        description="Most elements of a page that is parsed; larger: quarantined. "
        "Chrome Lighthouse calls 1,400 excessive; the largest specifications have about 500,000.",
    )
    max_nesting: int = Field(
        default=4_000,
        ge=64,
        description="Deepest nesting of elements that is parsed; deeper: quarantined. Browsers stop at 512 (Blink).",
    )
    max_attributes: int = Field(
        default=500,
        ge=16,
        description="Attributes of one tag that are parsed; the rest is left out. Parsing takes time in their square.",
    )
    max_options: int = Field(
        default=5_000, ge=16, description="Options of lists in one page that are parsed; of the rest the text alone."
    )
    max_open_formatting: int = Field(
        default=200,
        ge=16,
        description="Formatting elements (`<b>`, `<font>`) that may be open together; further start tags are left "
        "out, their text stays. Parsers open them anew in each block.",
    )
    extract_timeout_seconds: float = Field(
        default=20.0,
        gt=0,
        description="Time for one page in the extractor's process, after which it is killed. A thousand times the "
        "usual 2-20 ms, so that slow machines decide as fast ones do.",
    )
