from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from pyspark.errors import PySparkException
from pyspark.sql import DataFrame, SparkSession

from declared import columns_of, declared, schema_of, table_of
from lakesift.errors import LakeError
from lakesift.lake.lake import Lake
from lakesift.operators.table import FORMAT_PROPERTY

pytestmark = pytest.mark.spark
VERDICT = [("a", True, [], "en", 3)]


@pytest.fixture
def lake(spark: SparkSession, tmp_path: Path) -> Lake:
    return Lake(str(tmp_path / "lake"), spark)


def verdicts(lake: Lake, rows: list[tuple[str, bool, list[str], str, int]]) -> int:
    return lake.write(
        table_of("verdicts"),
        lake.spark.createDataFrame(rows, schema_of("verdicts")),
        {"fingerprint": rows[0][0]},
    )


def empty(lake: Lake, table: str) -> DataFrame:
    return lake.spark.createDataFrame([], schema_of(table))


def test_a_write_gives_its_version_which_carries_its_facts(lake: Lake) -> None:
    version = verdicts(lake, VERDICT)
    newest = lake.history("verdicts")[0]
    assert newest.facts == {"fingerprint": "a"}
    assert newest.version == lake.version("verdicts") == version


def test_a_write_without_rows_is_a_commit_that_carries_its_facts(lake: Lake) -> None:
    versions = [lake.write(table_of("verdicts"), empty(lake, "verdicts"), {"fingerprint": name}) for name in "ab"]
    assert versions[0] < versions[1]
    assert {commit.version: commit.facts for commit in lake.history("verdicts") if commit.facts} == {
        versions[0]: {"fingerprint": "a"},
        versions[1]: {"fingerprint": "b"},
    }


def test_an_older_version_can_be_read(lake: Lake) -> None:
    verdicts(lake, VERDICT)
    first = lake.version("verdicts")
    verdicts(lake, [("b", True, [], "en", 3)])
    assert [row.doc_id for row in lake.read("verdicts", first).collect()] == ["a"]
    assert [row.doc_id for row in lake.read("verdicts").collect()] == ["b"]


def test_constraints_refuse_a_verdict_that_contradicts_itself(lake: Lake) -> None:
    with pytest.raises((LakeError, PySparkException), match=r"verdict_has_reasons|VIOLATE_CONSTRAINT"):
        verdicts(lake, [("a", True, ["some@rule.failed"], "en", 3)])


@pytest.mark.parametrize("table", sorted(declared()))
def test_every_table_can_be_made_with_its_layout(lake: Lake, table: str) -> None:
    lake.create(table_of(table))
    detail = lake.spark.sql(f"DESCRIBE DETAIL {lake.reference(table)}").first()
    assert detail is not None
    assert tuple(detail["clusteringColumns"]) == table_of(table).cluster_by


def test_replacing_a_table_with_other_signals_keeps_its_clustering(lake: Lake) -> None:
    for signal in ("x", "y"):
        rows = empty(lake, "documents").selectExpr("*", f"named_struct('{signal}', 1) AS signals")
        lake.write(table_of("documents"), rows, {"signal": signal})
    detail = lake.spark.sql(f"DESCRIBE DETAIL {lake.reference('documents')}").first()
    assert detail is not None
    assert tuple(detail["clusteringColumns"]) == table_of("documents").cluster_by
    assert lake.read("documents").schema["signals"].dataType.simpleString() == "struct<y:int>"
    assert {"signal": "y"} in [commit.facts for commit in lake.history("documents")]


def test_a_table_of_another_program_is_refused(lake: Lake) -> None:
    lake.spark.range(1).write.format("delta").save(f"{lake.location}/pages")
    with pytest.raises(LakeError, match="written by another program"):
        lake.exists("pages")


def test_a_lake_of_a_newer_lakesift_is_refused(lake: Lake) -> None:
    lake.create(table_of("pages"))
    lake.spark.sql(f"ALTER TABLE {lake.reference('pages')} SET TBLPROPERTIES ('{FORMAT_PROPERTY}' = '999')")
    with pytest.raises(LakeError, match=r"has format 999, from a newer lakesift.*pip install --upgrade"):
        Lake(lake.location, lake.spark).exists("pages")


def test_tables_of_an_older_lakesift_get_the_columns_that_they_lack(lake: Lake) -> None:
    lake.create(table_of("quarantine"))
    properties = "'delta.columnMapping.mode' = 'name', 'delta.minReaderVersion' = '2', 'delta.minWriterVersion' = '7'"
    lake.spark.sql(f"ALTER TABLE {lake.reference('quarantine')} SET TBLPROPERTIES ({properties})")
    lake.spark.sql(f"ALTER TABLE {lake.reference('quarantine')} DROP COLUMN detail")
    lake.write(table_of("quarantine"), empty(lake, "quarantine"), {}, replace_where="source_path IN ('a')")
    assert set(lake.read("quarantine").columns) == set(columns_of("quarantine"))


def test_a_folder_with_other_things_is_no_lake(lake: Lake) -> None:
    folder = Path(lake.location)
    folder.mkdir()
    (folder / "thesis.doc").write_text("mine")
    with pytest.raises(LakeError, match="is not empty and is no lake"), lake.locked():
        pass
    assert [file.name for file in folder.iterdir()] == ["thesis.doc"]


def test_a_second_run_on_one_lake_is_refused_and_a_killed_one_frees_it(lake: Lake) -> None:
    hold = f"import time, fcntl; file = open({lake.location + '/_lakesift.lock'!r}, 'a'); fcntl.flock(file, fcntl.LOCK_EX); print('held', flush=True); time.sleep(60)"
    Path(lake.location).mkdir()
    other = subprocess.Popen([sys.executable, "-c", hold], stdout=subprocess.PIPE)
    assert other.stdout is not None
    other.stdout.readline()
    with pytest.raises(LakeError, match=r"another run works on .*; next: wait for it"), lake.locked():
        pass
    other.kill()
    other.wait()
    with lake.locked():
        assert Path(lake.location, "_lakesift.lock").exists()


def test_a_stage_table_gives_back_what_was_written(lake: Lake) -> None:
    staged = lake.materialize(lake.spark.range(5), "numbers")
    assert staged.count() == 5
    lake.drop_materialized()
    assert not Path(lake.location, "_staging").exists()
