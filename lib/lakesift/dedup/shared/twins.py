"""The table of documents that have a twin, as exact, near and semantic duplicates write it."""

from __future__ import annotations

from lakesift.operators.roles import Drops
from lakesift.operators.table import CRAWL, DOC_ID, Double, String, Table


def twins_table(row: str, name: str = "") -> Table:
    """Return the table of documents in clusters, the keeper among them.

    Args:
        row: what a row is.
        name: of the table; empty: the operator's.
    """
    columns = {
        "doc_id": DOC_ID,
        "cluster_id": String("smallest doc_id of the cluster"),
        "keeper_id": String("the document that stays"),
        "method": String("how it was found"),
        "similarity": Double("to the keeper, 0 to 1", null="the method has none"),
        "crawl": CRAWL,
    }
    return Table(row, columns, name)


def drops_twins(reason: str) -> Drops:
    """Return the role of such a table: all documents of a cluster but its keeper leave."""
    return Drops((reason,), when="doc_id <> keeper_id", reason=f"'{reason}'", cluster="cluster_id")
