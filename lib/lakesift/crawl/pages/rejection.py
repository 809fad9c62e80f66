"""Reasons of rejected records: the closed list of the quarantine table."""

from __future__ import annotations

from typing import Final

MAX_DETAIL_CHARS: Final = 500

REASONS: Final[dict[str, str]] = {
    # The file.
    "unreadable_file": "The file could not be opened or read (missing, no permission, or the store kept failing).",
    "unknown_format": "The file is neither a WARC nor an ARC archive, in any of the compressions that are read.",
    "read_failed": "Reading stopped in the middle of the file because the store kept failing.",
    # The archive's structure.
    "damaged_bytes": "Bytes that belong to no record: damage, or something that is not an archive record.",
    "damaged_compression": "The compressed data of a record cannot be decompressed.",
    "truncated_record": "The file ends, or its data is cut, before the record does.",
    "bad_record_header": "The record's header block is malformed, or lacks a usable type or length.",
    "header_too_large": "The record's header block is longer than the cap.",
    "record_too_large": "The record is longer than the cap.",
    "wrong_length": "The record's stated length runs into the next record.",
    # HTTP and content.
    "bad_http": "The record says that it is an HTTP response, but its bytes are not one.",
    "bad_content_encoding": "The HTTP body cannot be decoded as its headers say.",
    "payload_too_large": "The HTTP body is longer than the cap, possibly only after decompression.",
    "bad_target_uri": "The record has no usable target URL.",
    "bad_envelope": "A metadata record says that it is JSON, but it cannot be used as such.",
    # Text.
    "undecodable": "The bytes cannot be decoded to text in any plausible character set.",
    "too_many_nodes": "The page has more elements, or deeper nesting, than the caps allow.",
    "extraction_failed": "The extractor raised an error on this page.",
    "extraction_timeout": "The extractor did not finish in time and was killed.",
    "extraction_crashed": "The extractor's process died on this page.",
    "text_too_large": "The text is longer than the cap.",
    "unexpected_error": "lakesift itself failed on this record; please report it with the detail.",
    # Imported documents.
    "no_text": "The imported row has no text.",
    "no_id": "The imported row has no id.",
    "no_image_url": "The imported row has no URL of an image.",
    "damaged_line": "The line of the imported JSONL file is no JSON.",
}


class RecordRejected(Exception):
    """One record goes to quarantine; the file goes on.

    Args:
        reason: a key of `REASONS`.
        detail: the exact finding; cut to 500 characters.

    Raises:
        KeyError: when the reason is not in `REASONS` (a programming error).
    """

    def __init__(self, reason: str, detail: str = "") -> None:
        REASONS[reason]
        self.reason = reason
        self.detail = detail[:MAX_DETAIL_CHARS]
        super().__init__(f"{reason}: {self.detail}" if detail else reason)

    def __reduce__(self) -> tuple[type[RecordRejected], tuple[str, str]]:
        """Pickle by both arguments, so that a child process can return a rejection."""
        return type(self), (self.reason, self.detail)
