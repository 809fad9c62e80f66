"""The only module that reads and writes tables: a folder or object-store prefix, or `catalog.schema`."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from lakesift.errors import LakeError
from lakesift.lake.aside import drop_aside, set_aside
from lakesift.lake.commits import Commit, check_format, commit_of, storage_error
from lakesift.lake.folder import CATALOG, held, local_folder, make_room, tables_in
from lakesift.lake.ledger import LEDGER
from lakesift.lake.upgrades import lacking_retention, upgrades
from lakesift.operators.names import DATASET_PREFIX, INGESTED, OUTCOMES_PREFIX
from lakesift.operators.table import FORMAT_PROPERTY, Table

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, DataFrameWriter, SparkSession

# Delta sets it at each commit of the session (docs.delta.io, "Find the last commit's version in the Spark session").
LAST_COMMIT = "spark.databricks.delta.lastCommitVersionInSession"
NO_TABLE = ("DELTA_PATH_DOES_NOT_EXIST", "DELTA_MISSING_DELTA_TABLE", "TABLE_OR_VIEW_NOT_FOUND", "SCHEMA_NOT_FOUND")


class Lake:
    """The tables at one place.

    Args:
        location: a folder (`./lake`), an object-store prefix (`s3a://bucket/lake`) or `catalog.schema`.
        spark: the session to read and write with; lakesift's own when left out.

    Raises:
        LakeError: on opening, when a table there was written by another program or by a newer lakesift.
    """

    def __init__(self, location: str, spark: SparkSession | None = None) -> None:
        if spark is None:
            from lakesift.spark.session import open_session

            spark = open_session()
        self.spark = spark
        self.folder = local_folder(location)
        # Delta takes a relative path in SQL for the name of a schema.
        self.location = location.rstrip("/") if self.folder is None else str(self.folder)
        self.in_catalog = self.folder is None and CATALOG.fullmatch(self.location) is not None
        self._checked: set[str] = set()
        self._forgetful: dict[str, dict[str, str]] = {}

    def __repr__(self) -> str:
        return f"Lake({self.location!r})"

    def reference(self, table: str) -> str:
        """How SQL names a table: "delta.`folder/table`" or `catalog.schema.table`."""
        if self.in_catalog:
            return f"{self.location}.{table}"
        return f"delta.`{f'{self.location}/{table}'.replace('`', '``')}`"

    def exists(self, table: str) -> bool:
        """Whether the table is there and is ours.

        Raises:
            LakeError: it is there, but another program or a newer lakesift wrote it.
        """
        if table in self._checked:
            return True
        try:
            # DESCRIBE DETAIL would read the list of all files, which in a large table takes long.
            rows = self.spark.sql(f"SHOW TBLPROPERTIES {self.reference(table)}").collect()
        except Exception as error:
            # A damaged log is raised as whatever Java error it ends in.
            if any(code in str(error) for code in NO_TABLE):
                return False
            raise storage_error("read", table, self.location, error) from error
        properties = {row["key"]: row["value"] for row in rows}
        check_format(table, self.location, properties.get(FORMAT_PROPERTY))
        self._forgetful[table] = lacking_retention(properties)
        self._checked.add(table)
        return True

    def read(self, table: str, version: int | None = None) -> DataFrame:
        """A table as a DataFrame, at a version or as it is now.

        Raises:
            LakeError: there is no such table, or the version is gone.
        """
        if not self.exists(table):
            step = "Lake.dataset reads name@version" if "@" in table else "lakesift run RECIPE --lake ..."
            raise LakeError(f"there is no table {table} in {self.location}", next_step=step)
        at = "" if version is None else f" VERSION AS OF {version}"
        return self.spark.sql(f"SELECT * FROM {self.reference(table)}{at}")

    def dataset(self, reference: str) -> DataFrame:
        """A published data set: `name` (its newest version) or `name@version`.

        Raises:
            UsageError: there is no such data set or version.
        """
        from lakesift.lake.datasets import dataset_row

        row = dataset_row(self, reference)
        return self.read(f"{DATASET_PREFIX}{row['name']}", int(row["delta_version"]))

    def tables(self) -> list[str]:
        """Return the names of the tables that are there: the ledger's, those that runs wrote, outcomes, then the data sets."""
        found = [name for name in (*LEDGER, *INGESTED) if self.exists(name)]
        if "runs" in found:
            written = self.read("runs").where("output IS NOT NULL").select("output").distinct().orderBy("output")
            found += [row["output"] for row in written.collect() if row["output"] not in found]
        sets = [name for name in found if name.startswith(DATASET_PREFIX)]
        kept = [f"{OUTCOMES_PREFIX}{name.removeprefix(DATASET_PREFIX)}" for name in sets]
        return [name for name in (*(each for each in found if each not in sets), *kept, *sets) if self.exists(name)]

    def history(self, table: str) -> list[Commit]:
        """Commits of a table, newest first; empty where there is none."""
        if not self.exists(table):
            return []
        return [commit_of(row) for row in self.spark.sql(f"DESCRIBE HISTORY {self.reference(table)}").collect()]

    def version(self, table: str) -> int:
        """Newest version of a table that exists."""
        row = self.spark.sql(f"DESCRIBE HISTORY {self.reference(table)} LIMIT 1").first()
        assert row is not None
        return commit_of(row).version

    def create(self, table: Table, columns: Sequence[str] = ()) -> bool:
        """Make a table that is not there yet, with comments, clustering and constraints.

        Args:
            table: its declaration, with its name.
            columns: SQL definitions of the columns that depend on the recipe, where its schema is open.

        Returns:
            Whether it was not there.

        Raises:
            LakeError: its folder holds something else, or the storage refused.
        """
        if self.exists(table.name):
            return False
        if self.folder is not None:
            make_room(self.folder / table.name)
        try:
            self.spark.sql(table.create_statement(self.reference(table.name), columns))
        except Exception as error:
            raise storage_error("write", table.name, self.location, error) from error
        self._checked.add(table.name)
        return True

    def write(
        self,
        table: Table,
        rows: DataFrame,
        facts: dict[str, Any],
        *,
        replace_where: str | None = None,
        append: bool = False,
    ) -> int:
        """Commit rows to a table as one version.

        Args:
            table: its declaration, with its name; it is made when it is not there.
            rows: rows in its columns.
            facts: written into the commit's user metadata, as JSON.
            replace_where: replace only the rows of this predicate.
            append: add the rows.

        Returns:
            The Delta version that holds them.

        Raises:
            LakeError: another run changed the table meanwhile, or the storage refused the write.
        """
        try:
            # Nothing is there to replace: Delta need not list it, which takes longer than to write a few rows. Where no
            # lock keeps others away it must, for two that add rows are no conflict to it.
            more = [
                f"{each.name} {each.dataType.simpleString()}" for each in rows.schema if each.name not in table.columns
            ]
            is_made = self.create(table, more if table.open_schema else ())
            if not is_made and (replace_where is not None or self._forgetful.get(table.name)):
                self._upgrade(table)
            is_new = is_made and self.folder is not None
            changes_schema = table.open_schema and not is_new and not self._fits(table.name, rows)
            writer = rows.write.format("delta").option("userMetadata", json.dumps(facts))
            if replace_where is not None and not is_new:
                writer = writer.option("replaceWhere", replace_where)
            if append or not table.open_schema:
                # A lake of an older lakesift gets the columns that its tables lack.
                writer = writer.option("mergeSchema", "true")
            if changes_schema:
                writer = writer.option("overwriteSchema", "true")
            self.spark.conf.unset(LAST_COMMIT)
            self._save(writer.mode("append" if append or is_new else "overwrite"), table.name)
        except LakeError:
            raise
        except Exception as error:
            raise storage_error("write", table.name, self.location, error) from error
        committed = self.spark.conf.get(LAST_COMMIT, None)
        version = self.version(table.name) if committed is None else int(committed)
        if changes_schema and table.cluster_by:
            # Overwriting the schema drops the clustering; a run killed before this commit only lacks the layout.
            self.spark.sql(f"ALTER TABLE {self.reference(table.name)} CLUSTER BY ({', '.join(table.cluster_by)})")
        return version

    def _upgrade(self, table: Table) -> None:
        """Give a table of an earlier lakesift what it lacks."""
        for change in upgrades(table, self._forgetful.pop(table.name, {}), self.read(table.name).columns):
            self.spark.sql(f"ALTER TABLE {self.reference(table.name)} {change}")

    def _fits(self, table: str, rows: DataFrame) -> bool:
        there = {field.name: field.dataType.simpleString() for field in self.read(table).schema}
        return there == {field.name: field.dataType.simpleString() for field in rows.schema}

    def _save(self, writer: DataFrameWriter, table: str) -> None:
        if self.in_catalog:
            writer.saveAsTable(self.reference(table))
        else:
            writer.save(f"{self.location}/{table}")

    def materialize(self, rows: DataFrame, name: str) -> DataFrame:
        """Write a frame aside and read it back: breaks lineage, and what was computed is computed once.

        Args:
            rows: any frame.
            name: unique within the stage.
        """
        return set_aside(rows, name, self.location, self.in_catalog)

    def drop_materialized(self) -> None:
        """Remove what `materialize` wrote; on an object store it stays until the next run overwrites it."""
        drop_aside(self.spark, self.location, self.folder, self.in_catalog)

    @contextmanager
    def locked(self, tables: Iterable[str] = ()) -> Iterator[None]:
        """Hold the lake for one run; a killed run frees it.

        A folder is held by a file lock. Elsewhere Delta's own commits decide: the slower of two runs fails cleanly.

        Args:
            tables: those that the run will write.

        Raises:
            LakeError: another run holds it, the folder cannot be made, it or a table in it is not ours, or a table is damaged.
        """
        if self.folder is not None:
            with held(self.folder):
                # Before anything is written: a run must not stop halfway at a table that is not ours.
                for table in set(tables_in(self.folder)) & {*tables, *LEDGER, *INGESTED}:
                    self.exists(table)
                yield
        else:
            yield
