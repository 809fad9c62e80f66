"""Turns one archive record into a page, image links, a rejection, or a count."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from lakesift.crawl.html.charset import clean_text
from lakesift.crawl.html.extract import MESSAGE_BYTES, Page, PageInput
from lakesift.crawl.html.metadata.page import HEADERS
from lakesift.crawl.html.mime import PAGE_TYPES, sniff
from lakesift.crawl.html.payload import decode_payload
from lakesift.crawl.pages.caps import Caps
from lakesift.crawl.pages.counted import MAX_EXAMPLES, Counted
from lakesift.crawl.pages.provenance import (
    damage_of,
    digest_of,
    doc_id_of,
    fetch_time_of,
    is_robots_txt,
    is_web,
    target_url_of,
)
from lakesift.crawl.pages.rejection import RecordRejected
from lakesift.crawl.pages.rows import Row
from lakesift.crawl.sources.sources import Unit
from lakesift.crawl.warc.framing import Record
from lakesift.crawl.warc.http import STATUS_LINE, parse_response
from lakesift.crawl.warc.wat import parse_envelope
from lakesift.text.urls.urls import url_parts

SKIPPED_TYPES: Final = frozenset({"warcinfo", "request", "revisit", "continuation"})
REDIRECTS: Final = range(300, 400)
DRAFTS: Final = 64  # records that wait for the extractor together


class TextExtractor(Protocol):
    """An extractor of pages from payloads; see `extract.Extractor`."""

    def extract_many(self, pages: Sequence[PageInput]) -> list[Page | RecordRejected]:
        """Return one page or rejection per payload, in order."""
        ...


@dataclass(slots=True)
class _Draft:
    """A row that may still wait for its text."""

    row: Row
    head: bytes
    page: PageInput | None = None


class RecordReader:
    """Turns the records of one unit into rows.

    Args:
        unit: where they come from.
        caps: limits.
        extractor: extracts the pages.
        extractor_name: for the pages' column.
        accepted_status: HTTP statuses of pages.
        keep_html: whether pages carry their decoded payload.
    """

    def __init__(
        self,
        unit: Unit,
        caps: Caps,
        extractor: TextExtractor,
        *,
        extractor_name: str,
        accepted_status: frozenset[int],
        keep_html: bool,
    ) -> None:
        self._unit, self._caps = unit, caps
        self._extractor, self._extractor_name = extractor, extractor_name
        self._accepted_status, self._keep_html = accepted_status, keep_html

    def rows(self, records: Iterator[Record]) -> Iterator[Row]:
        """Yield the rows of a unit's records.

        There is one row per page, WAT links and quarantined record, in order, then one per counted class with its
        number and the offsets of its first records. The last row always comes, without a class, so that a unit without records is seen as well.
        """
        counts: Counter[str] = Counter()
        examples: defaultdict[str, list[int]] = defaultdict(list)
        drafts: list[_Draft] = []
        for record in records:
            try:
                drafts.append(self._draft(record))
            except Counted as counted:
                counts[counted.name] += 1
                if counts[counted.name] <= MAX_EXAMPLES:
                    examples[counted.name].append(record.offset)
            if _are_enough(drafts):
                yield from self._finished(drafts)
                drafts = []
        yield from self._finished(drafts)
        unit = self._unit
        for name in sorted(counts):
            yield Row(
                "counted", unit.source_path, unit.crawl, reason=name, records=counts[name], examples=examples[name]
            )
        yield Row("counted", unit.source_path, unit.crawl, records=0)

    def _finished(self, drafts: list[_Draft]) -> Iterator[Row]:
        """Yield the drafts' rows, in order, after extracting all their pages together."""
        results = iter(self._extractor.extract_many([draft.page for draft in drafts if draft.page is not None]))
        for draft in drafts:
            if draft.page is None:
                yield draft.row
                continue
            result, row = next(results), draft.row
            if isinstance(result, RecordRejected):
                yield quarantine_row(self._unit, row.source_offset or 0, result, draft.head)
                continue
            row.mime, row.charset, row.title, row.text = result.mime, result.charset, result.title, result.text
            row.extractor = result.extractor or self._extractor_name
            row.images, row.metadata, row.tables = result.images or None, result.metadata, result.tables
            yield row

    def _draft(self, record: Record) -> _Draft:
        try:
            return self._checked(record)
        except Counted:
            raise
        except RecordRejected as error:
            rejection = error
        except Exception as error:
            # Hostile records find bugs that tests missed; one of them must not stop a crawl of millions.
            rejection = RecordRejected("unexpected_error", repr(error))
        return _Draft(quarantine_row(self._unit, record.offset, rejection, record.head), record.head)

    def _checked(self, record: Record) -> _Draft:
        if record.rejected is not None:
            raise record.rejected
        record_type = record.fields["warc-type"].lower()
        if record_type in SKIPPED_TYPES:
            raise Counted(record_type)
        match record_type:
            case "response":
                return self._response(record)
            case "conversion":
                return self._conversion(record)
            case "resource":
                return self._resource(record)
            case "metadata":
                return self._metadata(record)
        raise Counted("other_type")

    def _response(self, record: Record) -> _Draft:
        url = target_url_of(record.fields, self._caps)
        content_type = record.fields.get("content-type", "").lower()
        is_http = content_type.startswith("application/http") or record.block.startswith(b"HTTP/")
        if url.lower().startswith("dns:") or content_type.startswith("text/dns"):
            raise Counted("dns")
        if not is_http:
            raise Counted("other_protocol")
        if self._unit.kind == "arc" and STATUS_LINE.match(record.block) is None:
            return self._bare(record, url, record.fields["arc-content-type"])
        response = parse_response(record.block, self._caps)
        self._check_status(response.status)
        if is_robots_txt(url):
            raise Counted("robots_txt")
        if not response.body:
            raise Counted("empty_body")
        payload = decode_payload(response.body, response.headers, self._caps)
        sent = {name: value for name in HEADERS if (value := response.headers.get(name))}
        draft = self._page(record, url, payload.data, response.headers.get("content-type"), sent)
        draft.row.http_status = response.status
        draft.row.damage = damage_of(record.fields, payload.damage)
        draft.row.payload_digest = digest_of(record.fields, response.body)
        return draft

    def _resource(self, record: Record) -> _Draft:
        url = target_url_of(record.fields, self._caps)
        if not is_web(url) or not record.block:
            raise Counted("resource")
        return self._bare(record, url, record.fields.get("content-type"))

    def _bare(self, record: Record, url: str, content_type: str | None) -> _Draft:
        """Take a block without HTTP headers for the page: a resource, or an answer of HTTP/0.9."""
        if not record.block:
            raise Counted("empty_body")
        draft = self._page(record, url, record.block, content_type)
        draft.row.payload_digest = digest_of(record.fields, record.block)
        return draft

    def _page(
        self,
        record: Record,
        url: str,
        payload: bytes,
        content_type: str | None,
        headers: dict[str, str] | None = None,
    ) -> _Draft:
        if sniff(payload, content_type) not in PAGE_TYPES:
            raise Counted("not_text")
        row = self._row_of(record, url, ("warc-record-id",))
        row.html = payload if self._keep_html else None
        return _Draft(row, record.head, PageInput(payload, content_type, url, headers, row.fetch_time))

    def _conversion(self, record: Record) -> _Draft:
        if not record.fields.get("content-type", "").lower().startswith("text/plain"):
            raise Counted("conversion")
        if len(record.block) > self._caps.max_text_bytes:
            raise RecordRejected("text_too_large", f"{len(record.block)} bytes")
        row = self._row_of(record, target_url_of(record.fields, self._caps), ("warc-refers-to", "warc-record-id"))
        # A text that was cut may end within a character: that is no reason to lose the page.
        row.text = clean_text(record.block.decode("utf-8", "replace")).strip()
        row.mime, row.charset, row.extractor = "text/plain", "utf-8", "wet"
        row.payload_digest = digest_of(record.fields, record.block)
        return _Draft(row, record.head)

    def _metadata(self, record: Record) -> _Draft:
        if not record.fields.get("content-type", "").lower().startswith("application/json"):
            raise Counted("metadata")
        url = record.fields.get("warc-target-uri", "")
        envelope = parse_envelope(record.block, url, self._caps) if self._unit.kind == "wat" else None
        if envelope is None or envelope.status is None:
            raise Counted("metadata")
        self._check_status(envelope.status)
        if not envelope.is_html:
            raise Counted("not_text")
        if not envelope.images:
            raise Counted("no_images")
        row = self._row_of(record, target_url_of(record.fields, self._caps), ("warc-refers-to", "warc-record-id"))
        row.kind, row.images = "links", envelope.images
        return _Draft(row, record.head)

    def _check_status(self, status: int) -> None:
        if status not in self._accepted_status:
            raise Counted("redirect" if status in REDIRECTS else "http_error")

    def _row_of(self, record: Record, url: str, id_fields: tuple[str, ...]) -> Row:
        unit = self._unit
        row = Row("page", unit.source_path, unit.crawl, record.offset, record.length, url=url)
        names = () if unit.repeats_ids else id_fields
        row.doc_id = doc_id_of(record.fields, names, unit.crawl, unit.source_path, record.offset)
        row.host, row.registered_domain = url_parts(url)
        row.fetch_time = fetch_time_of(record.fields)
        return row


def _are_enough(drafts: list[_Draft]) -> bool:
    waiting = sum(len(draft.page.payload) for draft in drafts if draft.page is not None)
    return len(drafts) >= DRAFTS or waiting >= MESSAGE_BYTES


def quarantine_row(unit: Unit, offset: int, rejection: RecordRejected, head: bytes = b"") -> Row:
    """Return the quarantine row of a record, or of a whole unit."""
    row = Row("quarantine", unit.source_path, unit.crawl, offset, head=head)
    row.reason, row.detail = rejection.reason, rejection.detail
    return row
