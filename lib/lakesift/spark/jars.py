"""The jars of the local Spark: fetched once from a Maven repository, then taken from a folder of this machine."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from lakesift.errors import SetupError

PACKAGES = (
    "io.delta:delta-spark_2.12:3.3.2",
    "com.johnsnowlabs.nlp:spark-nlp_2.12:5.5.3",
    "org.tensorflow:ndarray:0.4.0",
    "org.tensorflow:tensorflow-core-api:0.5.0",
)
# Native engines of Spark NLP's pretrained models: large, not needed for what is trained here, not served everywhere.
EXCLUDES = (
    "com.johnsnowlabs.nlp:tensorflow-cpu_2.12",
    "com.johnsnowlabs.nlp:jsl-llamacpp-cpu_2.12",
    "com.johnsnowlabs.nlp:jsl-openvino-cpu_2.12",
)
# Of Ivy's 200 lines: what is missing, and what the network said.
MISSING = re.compile(r"unresolved dependency: ([^;\s]+);(\S+?): |download failed: ([^;\s]+);(\S+?)!")
NETWORK = re.compile(r"\(java\.[\w.]+\.(\w+Exception): ([^)\n]+)\)")


def jar_folder() -> Path:
    """Where the jars of exactly this set of packages are kept on this machine."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return cache / "lakesift" / "jars-delta-3.3.2-nlp-5.5.3"


def local_jars() -> list[str]:
    """Paths of the jars, fetched by the first call on a machine.

    Raises:
        SetupError: they can neither be found nor fetched.
    """
    return _kept() or _fetched()


def local_class_path() -> list[str]:
    """Spark's own jars first, as where it loads the others itself, then those of `local_jars`.

    Raises:
        SetupError: as `local_jars`.
    """
    from pyspark.find_spark_home import _find_spark_home

    spark_home: str = _find_spark_home()  # type: ignore[no-untyped-call]
    return [f"{spark_home}/jars/*", *local_jars()]


def _kept() -> list[str]:
    listed = jar_folder() / "resolved.json"
    if not listed.is_file():
        return []
    jars: list[str] = json.loads(listed.read_text(encoding="utf-8"))
    return jars if all(Path(jar).is_file() for jar in jars) else []


def _fetched() -> list[str]:
    print(f"fetching Spark's jars into {jar_folder()}, once", file=sys.stderr)
    with tempfile.TemporaryDirectory() as folder:
        nothing = Path(folder) / "nothing.py"
        nothing.touch()
        # In a process of its own, because Ivy's report goes to standard error, where it would drown what matters.
        ended = subprocess.run([*_resolver(), str(nothing)], capture_output=True, text=True)
    jars = sorted(str(jar) for jar in (jar_folder() / "jars").glob("*.jar"))
    if ended.returncode or not jars:
        raise _not_fetched(ended.stderr)
    (jar_folder() / "resolved.json").write_text(json.dumps(jars), encoding="utf-8")
    return jars


def _resolver() -> list[str]:
    from pyspark.find_spark_home import _find_spark_home

    options = {
        "spark.jars.packages": ",".join(PACKAGES),
        "spark.jars.excludes": ",".join(EXCLUDES),
        "spark.jars.ivy": str(jar_folder()),
    }
    settings = [part for key, value in options.items() for part in ("--conf", f"{key}={value}")]
    spark_home: str = _find_spark_home()  # type: ignore[no-untyped-call]
    return [str(Path(spark_home) / "bin" / "spark-submit"), "--master", "local[1]", *settings]


def _not_fetched(report: str) -> SetupError:
    missing = sorted({" ".join(filter(None, found)).replace("#", ":") for found in MISSING.findall(report)})
    network = NETWORK.search(report)
    last = (report.strip().splitlines() or ["the resolver said nothing"])[-1].strip()
    reason = f"{missing[0]}" + (f" and {len(missing) - 1} more" if len(missing) > 1 else "") if missing else last
    if network:
        reason += f" ({network[2]})"
    return SetupError(
        f"Spark's jars could not be fetched: {reason}",
        next_step="check the way to repo1.maven.org (network, proxy in JAVA_TOOL_OPTIONS) and ~/.m2 with "
        "lakesift doctor, then run again",
    )
