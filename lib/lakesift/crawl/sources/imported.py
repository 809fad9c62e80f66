"""Text that someone already has (Parquet, JSONL, a Delta table) as pages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from typing import Final

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from lakesift.crawl.pages.caps import Caps
from lakesift.crawl.pages.rows import ROW_COLUMNS
from lakesift.errors import SourceError
from lakesift.text.ids import uuid5_of
from lakesift.text.urls.columns import parts_of_url

UUID_PATTERN: Final = "^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$"
HEAD_CHARS: Final = 256
_OF_IMPORTED: Final = {"mime": "text/plain", "charset": "utf-8", "extractor": "import"}
_NO_PARTS: Final = "struct<host: string, registered_domain: string>"
DAMAGED_LINE: Final = "_corrupt_record"
"""Column of a JSONL file's lines that are no JSON, beside their other columns, which are null (Spark's name for it)."""


def import_documents(
    documents: DataFrame,
    *,
    crawl: str,
    path: str,
    text: str,
    id: str,
    url: str | None,
    caps: Caps,
    columns: Sequence[str] = (),
) -> DataFrame:
    """Turn rows of text into the rows that archives give, so that all that follows is the same.

    A row without text or id, with more text than the cap, or of a damaged line becomes a quarantine row. The document's id is the row's
    own where it is a UUID, else UUIDv5 of crawl, path and id; imported rows have offset 0.

    Args:
        documents: any columns, among them the ones named below.
        crawl: name of the crawl.
        path: where the rows come from, the pages' source_path.
        text: column of the text.
        id: column of an id that is unique and lasting.
        url: column of the URL, if there is one.
        caps: `max_text_bytes`.
        columns: others that go with each text, as texts, through all tables into the data set (`given`).

    Returns:
        Rows of `rows.ROW_COLUMNS`, one per row.

    Raises:
        SourceError: when a named column is missing.
    """
    _check_columns(documents, path, [name for name in (text, id, url, *columns) if name is not None])
    key, content = _clean(F.col(f"`{id}`")), _clean(F.col(f"`{text}`"))
    damaged = _damaged_line(documents)
    reason = _reason(damaged, key, content, caps.max_text_bytes)
    is_page = reason.isNull()
    address = F.lit(None).cast("string") if url is None else _clean(F.col(f"`{url}`"))
    parts = parts_of_url(address) if url is not None else F.lit(None).cast(_NO_PARTS)
    own_id = uuid5_of(F.concat(F.lit(f"{crawl}\n{path}\n"), key))
    given = {
        "kind": F.when(is_page, "page").otherwise("quarantine"),
        **_place(crawl, path),
        "doc_id": F.when(is_page, F.when(key.rlike(UUID_PATTERN), F.lower(key)).otherwise(own_id)),
        "url": address,
        "host": parts["host"],
        "registered_domain": parts["registered_domain"],
        "source_id": F.when(is_page, key),
        "given": F.when(is_page, _given(columns)),
        "text": F.when(is_page, content),
        **{name: F.when(is_page, value) for name, value in _OF_IMPORTED.items()},
        **_rejected(reason, id, key, F.coalesce(damaged, content)),
    }
    return _in_columns(documents, given)


def import_pairs(pairs: DataFrame, *, crawl: str, path: str, image_url: str, caption: str, caps: Caps) -> DataFrame:
    """Turn rows of an image's URL and its text into links, as those of pages are.

    A row without URL or text, or of a damaged line, becomes a quarantine row. The id is the UUIDv5 of crawl, path, URL
    and text.

    Args:
        pairs: any columns, among them the ones named below.
        crawl: name of the crawl.
        path: where the rows come from, the links' source_path.
        image_url: column of the image's URL.
        caption: column of its text.
        caps: `max_url_bytes`, `max_alt_chars`; longer ones become a quarantine row.

    Returns:
        Rows of `rows.ROW_COLUMNS`, one per row.

    Raises:
        SourceError: when a named column is missing.
    """
    _check_columns(pairs, path, [image_url, caption])
    address, text = F.trim(_clean(F.col(f"`{image_url}`"))), _clean(F.col(f"`{caption}`"))
    damaged = _damaged_line(pairs)
    reason = (
        F.when(damaged.isNotNull(), "damaged_line")
        .when(address.isNull() | (address == ""), "no_image_url")
        .when(text.isNull() | ~text.rlike(r"(?U)\S"), "no_text")
        .when(F.octet_length(address) > caps.max_url_bytes, "bad_target_uri")
        .when(F.length(text) > caps.max_alt_chars, "text_too_large")
    )
    is_pair = reason.isNull()
    nothing = F.lit(None)
    image = F.struct(
        address.alias("url"), text.alias("alt"), nothing.alias("title"), nothing.alias("width"), nothing.alias("height")
    )
    given = {
        "kind": F.when(is_pair, "links").otherwise("quarantine"),
        **_place(crawl, path),
        "doc_id": F.when(is_pair, uuid5_of(F.concat_ws("\n", F.lit(crawl), F.lit(path), address, text))),
        "images": F.when(is_pair, F.array(image)),
        **_rejected(reason, image_url, address, F.coalesce(damaged, text)),
    }
    return _in_columns(pairs, given)


def _in_columns(rows: DataFrame, given: Mapping[str, Column]) -> DataFrame:
    columns = [given.get(name, F.lit(None)).cast(kind).alias(name) for name, kind in ROW_COLUMNS.items()]
    return rows.select(*columns)


def _damaged_line(rows: DataFrame) -> Column:
    return F.col(DAMAGED_LINE) if DAMAGED_LINE in rows.columns else F.lit(None).cast("string")


def _place(crawl: str, path: str) -> dict[str, Column]:
    return {"source_path": F.lit(path), "crawl": F.lit(crawl), "source_offset": F.lit(0)}


def _rejected(reason: Column, named: str, value: Column, head: Column) -> dict[str, Column]:
    """Return what a quarantine row says: the reason, what was in a named column, the beginning of the row's text."""
    told = F.concat(F.lit(f"{named}="), F.coalesce(F.substring(value, 1, HEAD_CHARS), F.lit("null")))
    is_rejected = reason.isNotNull()
    return {
        "reason": reason,
        "detail": F.when(is_rejected, told),
        "head": F.when(is_rejected, F.encode(F.substring(head, 1, HEAD_CHARS), "UTF-8")),
    }


def _given(columns: Sequence[str]) -> Column:
    """Return named columns as a map of texts, without those that are null."""
    if not columns:
        return F.lit(None)
    pairs = F.create_map(*[part for name in columns for part in (F.lit(name), _clean(F.col(f"`{name}`")))])
    return F.map_filter(pairs, lambda _, value: value.isNotNull())


def _reason(damaged: Column, key: Column, content: Column, most_bytes: int) -> Column:
    """Why a row is no page; null where it is one."""
    return (
        F.when(damaged.isNotNull(), "damaged_line")
        .when(key.isNull(), "no_id")
        .when(content.isNull() | ~content.rlike(r"(?U)\S"), "no_text")
        .when(F.octet_length(content) > most_bytes, "text_too_large")
    )


def _clean(column: Column) -> Column:
    """Return a text as archives' texts are: U+FFFD for bytes that are no UTF-8, no NUL.

    A file's writer may put any bytes into a column of strings, and Spark hands them on as they are.
    """
    return F.regexp_replace(F.decode(column.cast("string").cast("binary"), "UTF-8"), "\\x00", "")


def _check_columns(documents: DataFrame, path: str, names: list[str]) -> None:
    known = [name for name in documents.columns if name != DAMAGED_LINE]
    if not known:
        raise SourceError("no line is JSON", where=path, expected="one object per line", next_step="check the file")
    for name in names:
        if name not in known:
            near = get_close_matches(name, known, n=1)
            raise SourceError(
                f"there is no column {name!r}" + (f"; did you mean {near[0]!r}?" if near else ""),
                where=path,
                expected="one of " + ", ".join(known[:20]),
                next_step="name the column in the recipe's source",
            )
