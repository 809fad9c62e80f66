"""The folder of a trained scorer: its files, and a note on its kind and bytes."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lakesift.errors import ScorerError

NOTE = "scorer.json"


@dataclass(frozen=True)
class ModelFolder:
    """A trained scorer on disk.

    Attributes:
        path: the folder; every worker reads it at this path, so on a cluster it lies on shared storage.
        kind: key of `KINDS`.
        settings: settings of its training.
        digest: SHA-256 hex of its files, the note left out.
    """

    path: Path
    kind: str
    settings: dict[str, Any]
    digest: str


def seal(path: Path, settings: dict[str, Any]) -> ModelFolder:
    """Write the note of a folder whose model files are complete.

    Args:
        path: the folder.
        settings: of the kind, `kind` included.
    """
    model = ModelFolder(path, settings["kind"], settings, _digest(path))
    note = {"kind": model.kind, "settings": settings, "digest": model.digest}
    (path / NOTE).write_text(json.dumps(note, sort_keys=True, indent=1), encoding="utf-8")
    return model


def open_model(path: Path) -> ModelFolder:
    """Read the note of a folder.

    Raises:
        ScorerError: the folder is missing or has no scorer.
    """
    try:
        note = json.loads((path / NOTE).read_text(encoding="utf-8"))
        return ModelFolder(path, note["kind"], note["settings"], note["digest"])
    except (OSError, ValueError, KeyError) as error:
        raise ScorerError(
            f"{path} has no scorer: {error}",
            expected=f"a folder with {NOTE}",
            next_step="lakesift scorer train NAME ...",
        ) from error


def _digest(path: Path) -> str:
    digest = hashlib.sha256()
    for file in sorted(path.rglob("*")):
        if file.is_file() and file != path / NOTE:
            with file.open("rb") as stream:
                inner = hashlib.file_digest(stream, "sha256").hexdigest()
            digest.update(f"{file.relative_to(path).as_posix()} {inner}\n".encode())
    return digest.hexdigest()
