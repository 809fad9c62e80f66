"""Small made-up rows of the tables that an operator reads, from their declarations: the same ones each time.

Row n of every table is of document n, so that tables fit together. Among the documents are copies and near-copies, an empty
text, one of white space and a long one, several languages and two crawls; the last document is null wherever it may be, and
every column that may be null is so elsewhere, too.
"""

from __future__ import annotations

import hashlib
import math
import random
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any, NamedTuple

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql.types import (
    ArrayType,
    BinaryType,
    BooleanType,
    DataType,
    DateType,
    DoubleType,
    FloatType,
    MapType,
    StructType,
    TimestampType,
)

from lakesift.errors import UsageError
from lakesift.operators.declarations import example_settings, known_tables
from lakesift.operators.operator import Operator
from lakesift.operators.table import Table

ROWS, ORIGINALS = 20, 13
"""Documents; those that are no copies."""
LANGUAGES = ("en", "de", "fr", "ja")
WORDS = {
    "en": "the of and river house stone morning letter carries slowly under because garden winter old bridge market",
    "de": "der die und Fluss Haus Stein Morgen Brief langsam unter weil Garten Winter alt Brücke Markt Straße",
    "fr": "le la et rivière maison pierre matin lettre porte lentement sous parce jardin hiver vieux pont marché",
    "ja": "川 家 石 朝 手紙 ゆっくり 下 庭 冬 古い 橋 市場 そして 運ぶ から 町 道",
}
NOTICE = (
    "This site uses cookies to remember what you have chosen; by reading on you agree to all of them, here and later."
)
EMPTY, BLANK, LONG = 10, 11, 12


class Row(NamedTuple):
    """A row: its number, and that of the document of which it is a copy, or itself."""

    number: int
    original: int


def sample_inputs(
    spark: SparkSession, operator: Operator, settings: Any = None, given: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """Return a frame for each table that an operator reads, as the engine gives them to its function.

    Args:
        spark: the session.
        operator: the operator.
        settings: None: those of its example.
        given: what there is already, by parameter.

    Raises:
        UsageError: no operator makes a table that it reads; or its settings name one of the user's.
    """
    settings = example_settings(operator) if settings is None else settings
    published = {
        name: [each.table for each in tables]
        for name, tables in (operator.published(settings) if operator.published else {}).items()
    }
    made = operator.made(settings) if operator.made else {}
    read = {parameter.name for parameter in operator.reads(settings)}
    found = dict(given or {})
    for parameter in operator.parameters:
        if parameter.name in found:
            continue
        names = published.get(parameter.name, [made.get(parameter.name, parameter.name)])
        tables = {name: _table_named(name) for name in names if parameter.name in read}
        if None in tables.values() and not parameter.is_optional:
            raise UsageError(
                f"{operator.name} reads {parameter.name}, which no operator makes", next_step="pass a frame for it"
            )
        frames = {name: sample_of(spark, table) for name, table in tables.items() if table is not None}
        found[parameter.name] = frames if parameter.has_many else next(iter(frames.values()), None)
    return found


def _table_named(name: str) -> Table | None:
    tables = known_tables()
    prefix = next((each for each in ("dataset_pairs_", "dataset_", "index_") if name.startswith(each)), None)
    # A published table is named by whoever publishes it.
    return tables.get(name) or next((each for key, each in tables.items() if prefix and key.startswith(prefix)), None)


def sample_of(spark: SparkSession, table: Table) -> DataFrame:
    """Return made-up rows of one table."""
    schema = spark.createDataFrame([], table.schema).schema
    rows = []
    for number in range(ROWS):
        row = Row(number, number if number < ORIGINALS else (number - ORIGINALS) % 4)
        values = []
        for place, field in enumerate(schema):
            may_be_null = table.columns[field.name].null is not None
            is_null = may_be_null and (number == ROWS - 1 or ((number + place) % 5 == 0 and number >= ORIGINALS))
            if field.name == "reason" and may_be_null:
                is_null = "kept" not in schema.names or KNOWN["kept"](row)
            values.append(None if is_null else value_of(field.name, field.dataType, row))
        rows.append(tuple(values))
    return spark.createDataFrame(rows, schema)


def text_of(row: Row) -> str:
    """Return the text of a document: words of its language in lines and paragraphs; copies of a document differ or not."""
    text = _text(row.original)
    # Of the copies every other one is a near-copy.
    return text if row.number == row.original or row.number % 2 else f"{text}\nAnd one more line, {row.number}."


@cache
def _text(original: int) -> str:
    if original in (EMPTY, BLANK):
        return "" if original == EMPTY else " \n\t"
    draw = random.Random(original)
    words = WORDS[LANGUAGES[original % len(LANGUAGES)]].split()
    lines = []
    for _ in range(400 if original == LONG else draw.randint(3, 8)):
        line = " ".join(draw.choice(words) for _ in range(draw.randint(6, 30)))
        lines.append(f"{line[0].upper()}{line[1:]}.")
    return "\n\n".join([*lines, NOTICE] if original % 2 else lines)


def _url(row: Row) -> str:
    return f"https://{_host(row)}/page-{row.original}"


def _host(row: Row) -> str:
    return f"www.site-{row.original % 2}.example"


def _band_keys(row: Row) -> list[int]:
    """Copies share keys, near-copies some; the first four documents are linked in pairs by one key each."""
    own = row.number if text_of(row) != _text(row.original) else row.original
    return [own, 1000 + row.original, 2000 + own, 3000 + (row.original // 2 if row.original < 4 else row.original)]


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


KNOWN: Mapping[str, Callable[[Row], Any]] = {
    "doc_id": lambda row: f"doc-{row.number:04d}",
    "pair_id": lambda row: f"{row.number:032x}",
    "entry_id": lambda row: row.number,
    "crawl": lambda row: f"crawl-{row.number % 2}",
    "text": text_of,
    "caption": lambda row: " ".join(text_of(row).split())[:200],
    "entry": lambda row: WORDS[LANGUAGES[row.number % len(LANGUAGES)]].split()[row.number // len(LANGUAGES)],
    "content_hash": lambda row: _digest(text_of(row)),
    "payload_digest": lambda row: _digest(str(row.original)),
    "words": lambda row: len(text_of(row).split()),
    "language": lambda row: LANGUAGES[row.original % len(LANGUAGES)],
    "url": _url,
    "image_url": lambda row: f"{_url(row)}.jpg",
    "host": _host,
    "registered_domain": lambda row: _host(row).removeprefix("www."),
    "source_path": lambda row: f"crawl-{row.number % 2}/{row.number % 3}.warc.gz",
    "minhash": _band_keys,
    "cluster": lambda row: row.original % 3,
    "cluster_id": lambda row: f"doc-{row.original:04d}",
    "keeper_id": lambda row: f"doc-{row.original:04d}",
    "kept": lambda row: row.number % 4 > 0,
    "place": lambda row: 0,
    "alt": lambda row: " ".join(text_of(row).split())[:200],
}
"""Values of columns whose names say more than their types."""
TYPES: Mapping[type, tuple[str, ...]] = {
    bool: ("boolean",),
    int: ("long", "integer"),
    str: ("string",),
    list: ("array",),
}


def value_of(name: str, kind: DataType, row: Row) -> Any:
    """Return a value of a column: by its name where that is known, else by its type."""
    known = KNOWN[name](row) if name in KNOWN else None
    if kind.typeName() in TYPES.get(type(known), ()):
        return known
    if isinstance(kind, StructType):
        return tuple(value_of(field.name, field.dataType, row) for field in kind)
    if isinstance(kind, MapType):
        return {f"{name}_{row.original % 2}": value_of(name, kind.valueType, row)}
    if isinstance(kind, ArrayType):
        return _array(name, kind.elementType, row)
    if isinstance(kind, BooleanType):
        return row.number % 2 == 0
    if isinstance(kind, FloatType | DoubleType):
        return (row.number % 8 + 1) / 8
    if isinstance(kind, BinaryType):
        return hashlib.sha256(f"{name} {row.original}".encode()).digest()
    if isinstance(kind, TimestampType):
        return datetime(2024, 1, 1, tzinfo=UTC) + timedelta(days=row.number)
    if isinstance(kind, DateType):
        return date(2024, 1, 1 + row.number)
    return f"{name} {row.original}" if kind.typeName() == "string" else row.number


def _array(name: str, kind: DataType, row: Row) -> list[Any]:
    if isinstance(kind, FloatType | DoubleType):
        # Angles of a document's own, so that only copies point where it does.
        return [round(math.cos(1 + row.original * place), 6) for place in range(1, 9)]
    if kind.typeName() in ("long", "integer"):
        return sorted({row.original, (row.original * 7 + 3) % ROWS})
    return [value_of(name, kind, row)]
