"""Java's class-data sharing: the classes of the local Spark kept loaded and verified in a file, so that it starts faster.

Measured on two cores: a session is there after 3.3 s, without the file after 6.3 s. The Java that runs checks that the file
fits (build, class path, times of the jars) and starts without it when it does not.
Source: JEP 310 and JEP 350 (application and dynamic class-data sharing), Java 13 and later.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
import sys
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

from lakesift.spark.jars import jar_folder, local_class_path
from lakesift.spark.java import java_home

BASE, CLASSES, LENGTHS = "base.jsa", "classes.jsa", "lengths.json"
WARM_UP = """
import sys, tempfile
from pyspark.sql import functions
from lakesift.spark.session import open_session
session = open_session({"spark.driver.extraJavaOptions": sys.argv[1]})
with tempfile.TemporaryDirectory() as folder:
    for mode in ("error", "overwrite", "append"):
        session.range(3).write.format("delta").mode(mode).save(f"{folder}/table")
    read = session.read.format("delta").load(f"{folder}/table")
    read.groupBy("id").count().collect()
    rows = read.selectExpr("id", "string(id) AS name", "array(id) AS ids", "binary(string(id)) AS bytes")
    passed = rows.mapInArrow(lambda batches: batches, rows.schema).repartition("id").sortWithinPartitions("id", "name")
    passed.write.parquet(f"{folder}/rows")
    rows = session.read.schema(rows.schema).parquet(f"{folder}/rows")
    best = rows.groupBy("name").agg(functions.min_by("id", functions.struct("bytes", "id")).alias("best"))
    rows.join(best, "name").where("best >= 0").distinct().write.parquet(f"{folder}/best")
    exploded = rows.select("id", functions.explode("ids").alias("one"))
    exploded.hint("merge").join(best.hint("merge"), exploded["one"] == best["best"], "left").crossJoin(rows).count()
session.stop()
"""
SECONDS = 600
# What looks at classes as they are loaded: Java 17.0.15 died of a flight recording beside kept classes.
OBSERVERS = re.compile("agent|FlightRecord")
FROM_OUTSIDE = ("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS")


def sharing_options(java: str, class_path: Sequence[str]) -> str:
    """Options that make Java use the file; empty where there is none, or what Java would die of: one that was cut, agents.

    Args:
        java: home of the Java that will run.
        class_path: its class path.
    """
    if any(OBSERVERS.search(os.environ.get(name, "")) for name in FROM_OUTSIDE):
        return ""
    folder = _folder(java, class_path)
    if not (folder / LENGTHS).is_file():
        return ""
    lengths: dict[str, int] = json.loads((folder / LENGTHS).read_text(encoding="utf-8"))
    if _lengths(folder) != lengths:
        return ""
    # What does not fit any more is no news to whoever runs a recipe.
    return f"-Xlog:cds=off -Xlog:cds+dynamic=off -XX:SharedArchiveFile={folder / BASE}:{folder / CLASSES}"


def keep_classes(options: str) -> bool:
    """Make the file where there is none: starts a session of its own, takes half a minute and 180 MB.

    Args:
        options: the Java options that sessions will have.

    Returns:
        Whether it is there; Java 8 and 11 cannot make it, a full disk cannot hold it.
    """
    java, class_path = java_home(), local_class_path()
    try:
        return bool(sharing_options(java, class_path)) or _made(_folder(java, class_path), java, options)
    except (OSError, subprocess.TimeoutExpired):
        return False


def _made(folder: Path, java: str, options: str) -> bool:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / LENGTHS).unlink(missing_ok=True)
    base, classes = f"-XX:SharedArchiveFile={folder / BASE}", f"-XX:ArchiveClassesAtExit={folder / CLASSES}"
    of_java = [f"{java}/bin/java", *options.split(), "-Xshare:dump", base]
    of_spark = [sys.executable, "-c", WARM_UP, f"{options} -Xlog:disable {base} {classes}"]
    if any(subprocess.run(command, capture_output=True, timeout=SECONDS).returncode for command in (of_java, of_spark)):
        return False
    lengths = _lengths(folder)
    (folder / LENGTHS).write_text(json.dumps(lengths), encoding="utf-8")
    return len(lengths) == len((BASE, CLASSES))


def _lengths(folder: Path) -> dict[str, int]:
    return {file.name: file.stat().st_size for file in sorted(folder.glob("*.jsa"))}


def _folder(java: str, class_path: Sequence[str]) -> Path:
    release = Path(java) / "release"
    built = release.read_bytes() if release.is_file() else b""
    named = "\n".join([java, version("pyspark"), WARM_UP, *class_path]).encode() + built
    return jar_folder() / "classes" / hashlib.sha256(named).hexdigest()[:16]
