"""Roles: what the rows that an operator writes mean for the documents of a run.

From its role the engine derives the row account of a stage, the outcomes of documents, the funnel, the data card and what
`explain`, `diff` and the report say. An operator with a role needs no code of its own in any of them.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pyspark.sql import DataFrame

Columns = Callable[[Any], Mapping[str, Collection[str]]]
"""A stage -> by struct column, the fields that rules can name."""


@dataclass(frozen=True)
class Ingests:
    """Takes a source in, batch by batch; the operator's function reads units of it.

    Attributes:
        parts: by table, rows of the function -> rows of the table.
        counts: rows of the function -> one row of counts for each source.
        list_paths: paths as a recipe writes them, settings -> paths of the source.
        identities: paths of the source, paths as a recipe writes them, settings -> by path, what tells the file from
            another one that takes its name; None: gone, or not asked.
        is_named: a path, paths as a recipe writes them -> whether it lies where they look.
        crawl_of: a path, the name of crawls without one of their own -> the crawl's name.
        describe: paths, settings -> what each file is, or why it cannot be read.
        units: described files, settings -> the units that tasks read.
        unit_schema: columns of a unit, in SQL.
        import_rows: a table of the user's, the recipe's source, settings -> rows of the function.
        deciding: settings -> those that decide what a source becomes; `crawl` is the name of the crawl.
        deciding_import: settings -> those that decide what a table of the user's becomes.
        expected: what a source can be, for messages.
    """

    parts: Mapping[str, Callable[[DataFrame], DataFrame]]
    counts: Callable[[DataFrame], DataFrame]
    list_paths: Callable[[Sequence[str], Any], list[str]]
    identities: Callable[[Sequence[str], Sequence[str], Any], dict[str, str | None]]
    is_named: Callable[[str, Sequence[str]], bool]
    crawl_of: Callable[[str, str], str]
    describe: Callable[[Sequence[str], Any], Sequence[Any]]
    units: Callable[[Sequence[Any], Any], Sequence[Any]]
    unit_schema: str
    import_rows: Callable[[DataFrame, Any, Any], DataFrame]
    deciding: Callable[[Any], dict[str, Any]]
    deciding_import: Callable[[Any], dict[str, Any]]
    expected: str


@dataclass(frozen=True)
class Drops:
    """Decides over documents; those that it drops leave with a reason.

    Attributes:
        reasons: all reasons, in the order of the funnel; None: the full names of the stage's rules.
        when: SQL predicate over the table's rows; true: the document leaves.
        reason: SQL expression of the reason.
        cluster: column that names a group of documents of which one is kept; None: there are no groups.
        failed: SQL expression of all reasons against a document, where there can be several.
    """

    reasons: tuple[str, ...] | None
    when: str = "reason IS NOT NULL"
    reason: str = "reason"
    cluster: str | None = None
    failed: str | None = None


@dataclass(frozen=True)
class Cuts:
    """Cuts spans out of texts; a document in which nothing is left leaves with a reason.

    The table has the columns of `CUT_COLUMNS` (see `operators.outcome`).

    Attributes:
        reasons: for which whole documents leave.
    """

    reasons: tuple[str, ...]


@dataclass(frozen=True)
class Weighs:
    """Multiplies the sampling weights of documents by its column `weight`; documents without a row keep theirs."""


@dataclass(frozen=True)
class Measures:
    """Writes a table of its own, whose columns rules and reports can name; nothing leaves.

    Attributes:
        of: the parameter of whose rows each has one in the table; None: the rows are of another kind.
        missing: the reason of those that have none; None: all have one.
        sparse: rows of `of` without a row are no loss (what was looked for is not in them).
        columns: what rules can name.
    """

    of: str | None = None
    missing: str | None = None
    sparse: bool = False
    columns: Columns | None = None


@dataclass(frozen=True)
class Fits:
    """Fits something on the driver: its tables arrive as pandas frames, and it returns `Fitted`.

    Attributes:
        max_rows: most rows that a table may have; more are refused before any is collected.
    """

    max_rows: int


@dataclass(frozen=True)
class Publishes:
    """Makes a data set `dataset_<name>`.

    The operator's `leaves_out` says which rows it leaves out by itself, and why.

    Attributes:
        of: the parameter of which each row is in the data set or left out with a reason.
        key: the column that identifies a row.
    """

    of: str
    key: str


Role = Ingests | Drops | Cuts | Weighs | Measures | Fits | Publishes
OUTCOME_ROLES = (Drops, Cuts, Weighs)
"""Roles whose tables say what became of documents."""
