"""The tables of pages and of their image links."""

from __future__ import annotations

from typing import Final

from lakesift.crawl.html.metadata.columns import sql_type as metadata_type
from lakesift.crawl.pages.nested_types import DATA_TABLES, IMAGES
from lakesift.operators.table import (
    CRAWL,
    DOC_ID,
    EXTRACTION,
    GIVEN,
    Binary,
    Column,
    Int,
    Long,
    String,
    Table,
    Timestamp,
)
from lakesift.text.kernels.sql_types import sql_type

PAGES: Final = Table(
    "one archived page with its text, or one imported text, of one extraction",
    {
        "doc_id": String("UUID of the WARC-Record-ID of the response"),
        "crawl": CRAWL,
        "extraction": EXTRACTION,
        "url": String("as the archive has it", null="imported without one"),
        "host": String("in lower case", null="no usable one"),
        "registered_domain": String("by the Public Suffix List", null="no usable one"),
        "fetch_time": Timestamp("UTC", null="not known"),
        "http_status": Int("of the response", null="not a response"),
        "mime": String("as identified", null="not known"),
        "charset": String("as identified", null="not known"),
        "title": String("of the page", null="none"),
        "text": String("as extracted"),
        "extractor": String("resiliparse, trafilatura, lakesift, wet or import"),
        "source_path": String("the archive"),
        "source_offset": Long("bytes from the start of the archive"),
        "source_length": Long("bytes of the record in the archive", null="imported"),
        "payload_digest": String("as the archive has it", null="not said"),
        "damage": String("why the archived body is not whole: `truncated: ...` or the decoder's error", null="it is"),
        "source_id": String("its id in the table that it was imported from", null="from an archive"),
        "given": GIVEN,
        "html": Binary("the decoded payload", null="the recipe does not ask for it"),
        "metadata": Column(metadata_type(), "what the page and its HTTP headers say of it", null="imported, or WET"),
        "tables": Column(sql_type(DATA_TABLES), "data tables", null="ingest.extract.tables does not ask for them"),
    },
    "pages",
    cluster_by=("extraction", "crawl", "registered_domain"),
    grows=True,
)
LINKS: Final = Table(
    "image links of one page of one extraction, from its HTML or its WAT record",
    {
        "doc_id": DOC_ID,
        "crawl": CRAWL,
        "extraction": EXTRACTION,
        "url": String("of the page", null="not known"),
        "images": Column(sql_type(IMAGES), "in the order of the page", null="none"),
        "source_path": String("the archive"),
        "source_offset": Long("bytes from the start of the archive"),
    },
    "links",
    grows=True,
)
