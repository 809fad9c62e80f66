"""Tables as values: what a row is, and typed columns with comments; the SQL follows from them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

FORMAT = "1"
"""Format of lakesift's tables; a lake with a higher one was written by a newer lakesift."""
FORMAT_PROPERTY = "lakesift.format"
KEPT = "interval 3650 days"
RETENTION = {"delta.logRetentionDuration": KEPT, "delta.deletedFileRetentionDuration": KEPT}
"""Keeps versions readable: without it a VACUUM, which some platforms run by themselves, ends them after a week (docs.delta.io,
"Data retention")."""


@dataclass(frozen=True)
class Column:
    """One column of a table.

    Attributes:
        sql: its type in Spark's SQL.
        comment: what the name does not say: unit, range, meaning.
        null: what a null means, where there can be one; None: never null.
    """

    sql: str
    comment: str = ""
    null: str | None = None

    @property
    def about(self) -> str:
        """Return the comment together with the meaning of a null."""
        return "; ".join(filter(None, [self.comment, f"null: {self.null}" if self.null else ""]))

    def definition(self, name: str) -> str:
        """Return the column as CREATE TABLE has it."""
        comment = self.about.replace("\\", "\\\\").replace("'", "\\'")
        parts = [f"`{name}`", self.sql, "NOT NULL" if self.null is None else ""]
        return " ".join(filter(None, [*parts, f"COMMENT '{comment}'" if comment else ""]))


def String(comment: str = "", null: str | None = None) -> Column:
    """Declare a column of texts."""
    return Column("STRING", comment, null)


def Boolean(comment: str = "", null: str | None = None) -> Column:
    """Declare a column of truth values."""
    return Column("BOOLEAN", comment, null)


def Int(comment: str = "", null: str | None = None) -> Column:
    """Declare a column of 32-bit whole numbers."""
    return Column("INT", comment, null)


def Long(comment: str = "", null: str | None = None) -> Column:
    """Declare a column of 64-bit whole numbers."""
    return Column("BIGINT", comment, null)


def Float(comment: str = "", null: str | None = None) -> Column:
    """Declare a column of single-precision numbers."""
    return Column("FLOAT", comment, null)


def Double(comment: str = "", null: str | None = None) -> Column:
    """Declare a column of double-precision numbers."""
    return Column("DOUBLE", comment, null)


def Binary(comment: str = "", null: str | None = None) -> Column:
    """Declare a column of bytes."""
    return Column("BINARY", comment, null)


def Timestamp(comment: str = "", null: str | None = None) -> Column:
    """Declare a column of times in UTC."""
    return Column("TIMESTAMP", comment, null)


DOC_ID = String("the document")
CRAWL = String("as ingest.crawl names it", null="not known")
EXTRACTION = String("digest of the settings it was taken in with", null="taken in before lakesift noted it")
PROVENANCE = Column(
    "STRUCT<url: STRING, crawl: STRING, source_path: STRING, source_offset: BIGINT, fetch_time: TIMESTAMP, "
    "source_id: STRING>",
    "the record that it was read from",
    null="not known",
)
GIVEN = Column("MAP<STRING, STRING>", "columns of the imported table that the source names", null="none")
WHY = Column("MAP<STRING, STRING>", "what kept it", null="nothing is known")


@dataclass(frozen=True)
class Table:
    """One table.

    Attributes:
        row: what a row is, such as `one document and its sampling weight`.
        columns: by name, in order.
        name: of the table; empty: that of the stage which writes it.
        cluster_by: columns that the files are clustered by.
        constraints: CHECK constraints, by name.
        grows: True where runs add rows; False where each commit replaces the whole table.
        open_schema: True where further columns depend on the recipe (the signals that it measures).
    """

    row: str
    columns: Mapping[str, Column]
    name: str = ""
    cluster_by: tuple[str, ...] = ()
    constraints: Mapping[str, str] = field(default_factory=dict)
    grows: bool = False
    open_schema: bool = False

    @property
    def schema(self) -> str:
        """Return the columns as a schema string, for empty frames and for casts."""
        return ", ".join(f"`{name}` {column.sql}" for name, column in self.columns.items())

    def named(self, name: str) -> Table:
        """Return the same table under another name."""
        return replace(self, name=name)

    def create_statement(self, reference: str, more_columns: Sequence[str] = ()) -> str:
        """Return CREATE TABLE, with lakesift's format as a property.

        The constraints are properties too (Delta's protocol, "CHECK Constraints"): one commit makes the whole table, so
        that a run killed meanwhile cannot leave a table without them.

        Args:
            reference: the table as SQL names it.
            more_columns: definitions of the columns that depend on the recipe.
        """
        checks = {f"delta.constraints.{name}": check for name, check in self.constraints.items()}
        properties = {FORMAT_PROPERTY: FORMAT, **RETENTION, **checks}
        listed = ", ".join("'{}' = '{}'".format(name, value.replace("'", "\\'")) for name, value in properties.items())
        columns = ",\n  ".join([*(each.definition(name) for name, each in self.columns.items()), *more_columns])
        clustering = f"CLUSTER BY ({', '.join(self.cluster_by)}) " if self.cluster_by else ""
        layout = f"{clustering}COMMENT '{self.row}' TBLPROPERTIES ({listed})"
        return f"CREATE TABLE IF NOT EXISTS {reference} (\n  {columns}\n) USING delta {layout}"
