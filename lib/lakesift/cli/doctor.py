"""What a machine needs, checked for real: Python, Java, the packages, the kernels, the jars, and a Delta table."""

from __future__ import annotations

import importlib.util
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from lakesift.errors import LakesiftError, SetupError, first_line
from lakesift.shipped import conf_folder
from lakesift.spark.jars import jar_folder
from lakesift.spark.java import java_home, java_major

PACKAGES = {"pyspark": "local", "delta": "local", "sparknlp": "spark-nlp"}


@dataclass(frozen=True)
class Finding:
    """One thing that was checked."""

    good: bool
    text: str


def examine() -> list[Finding]:
    """Check everything; the last check starts Spark and writes a Delta table into a temporary folder."""
    checks: list[Callable[[], Iterator[Finding]]] = [_python, _packages, _java, _kernels, _maven, _delta]
    findings: list[Finding] = []
    for check in checks:
        try:
            findings += check()
        except LakesiftError as error:
            findings.append(Finding(False, str(error)))
        except Exception as error:
            # Whatever a broken installation raises: the other findings may say why.
            findings.append(Finding(False, f"{type(error).__name__}: {first_line(error)}"))
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


def _kernels() -> Iterator[Finding]:
    import pyarrow as pa

    from lakesift.extraction.main_content import MainContent
    from lakesift.text.edits import EDITS
    from lakesift.text.kernels.buffers import buffers_of
    from lakesift.text.kernels.compiled import cache_folder
    from lakesift.text.kernels.minhash import band_keys, signatures
    from lakesift.text.kernels.minhash_settings import MinHashSettings
    from lakesift.text.language.identify import LanguageSettings, identify
    from lakesift.text.signals import FAMILIES, measure
    from lakesift.text.signals.resources import Resources
    from lakesift.text.words import spaced_words

    # The first use compiles them, which takes most of a minute: here, and not in somebody's first run.
    texts = buffers_of(pa.array(["A text that has a few words, and an address: someone@example.org."]))
    identify(texts, LanguageSettings())
    chinese, folder = pa.array(["zh"]), conf_folder() / "languages"
    resources = Resources(languages=folder)
    users: list[Callable[[], object]] = [
        partial(measure, texts, [name], languages=chinese, resources=resources)
        for name, family in FAMILIES.items()
        if set(family.needs) <= {"languages"}
    ]
    users += [partial(edit.apply, texts) for edit in EDITS.values()]
    users.append(partial(spaced_words, texts, chinese, folder))
    users.append(partial(MainContent.of_file().text, "<p>A page.</p>"))
    lacking: dict[str, None] = {}
    for use in users:
        try:
            use()
        except SetupError as error:
            # Packages of an extra: whoever does without their signals lacks nothing.
            lacking[f"signals or edits that are not used: {error}"] = None
    yield from (Finding(True, text) for text in lacking)
    band_keys(signatures(texts, MinHashSettings()), MinHashSettings())
    cache = cache_folder()
    kept = f"kept in {cache}" if cache else "but no folder is writable: each process compiles them again"
    yield Finding(True, f"kernels are compiled, {kept}")


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
    from pyspark.sql import SparkSession

    from lakesift.spark.class_sharing import keep_classes
    from lakesift.spark.session import java_options, open_session

    # In a session that runs already (notebook, Databricks) its Java has its own options.
    if SparkSession.getActiveSession() is None and not keep_classes(java_options()):
        yield Finding(True, "this Java keeps no classes between sessions: each starts some seconds later")
    session = open_session()
    with tempfile.TemporaryDirectory() as folder:
        session.range(3).write.format("delta").save(f"{folder}/table")
        rows = session.read.format("delta").load(f"{folder}/table").count()
    yield Finding(rows == 3, f"Spark {session.version} writes and reads Delta tables; jars in {jar_folder()}")
