"""What a machine needs, checked for real: Python, Java, the packages, the jars, and one Delta table written and read."""

from __future__ import annotations

import importlib.util
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from lakesift.errors import LakesiftError
from lakesift.jars import jar_folder
from lakesift.java import java_home, java_major

PACKAGES = {"pyspark": "local", "delta": "local", "sparknlp": "spark-nlp"}


@dataclass(frozen=True)
class Finding:
    """One thing that was checked."""

    good: bool
    text: str


def examine() -> list[Finding]:
    """Check everything; the last check starts Spark and writes a Delta table into a temporary folder."""
    checks: list[Callable[[], Iterator[Finding]]] = [_python, _packages, _java, _maven, _delta]
    findings: list[Finding] = []
    for check in checks:
        try:
            findings += check()
        except LakesiftError as error:
            findings.append(Finding(False, str(error)))
    return findings


def _python() -> Iterator[Finding]:
    version = ".".join(map(str, sys.version_info[:3]))
    yield Finding(sys.version_info >= (3, 11), f"Python {version} (3.11 or newer is needed)")


def _packages() -> Iterator[Finding]:
    for module, extra in PACKAGES.items():
        there = importlib.util.find_spec(module) is not None
        yield Finding(
            there or extra == "spark-nlp",
            f"package {module}" + ("" if there else f" is missing: pip install 'lakesift[{extra}]'"),
        )


def _java() -> Iterator[Finding]:
    home = java_home()
    yield Finding(True, f"Java {java_major(Path(home))} in {home}")


def _maven() -> Iterator[Finding]:
    # Ivy trusts a local Maven folder: a description without its jar there makes the resolver fail.
    repository = Path.home() / ".m2" / "repository"
    for group in ("io/delta", "com/johnsnowlabs", "org/tensorflow"):
        for pom in sorted((repository / group).rglob("*.pom")):
            if not any(pom.parent.glob("*.jar")) and "<packaging>pom" not in pom.read_text(
                encoding="utf-8", errors="replace"
            ):
                yield Finding(
                    False, f"{pom} has no jar beside it and breaks the resolver: remove the folder {pom.parent}"
                )


def _delta() -> Iterator[Finding]:
    from lakesift.session import open_session

    session = open_session()
    with tempfile.TemporaryDirectory() as folder:
        session.range(3).write.format("delta").save(f"{folder}/table")
        rows = session.read.format("delta").load(f"{folder}/table").count()
    yield Finding(rows == 3, f"Spark {session.version} writes and reads Delta tables; jars in {jar_folder()}")
