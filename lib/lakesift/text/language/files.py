"""Files of one language each, such as `conf/languages/de.yml`.

A file says how the language's words are found, and lists its stop words and thresholds.
"""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path
from typing import Literal, Self

import yaml
from pydantic import Field, ValidationError, model_validator

from lakesift.errors import UsageError
from lakesift.settings import Settings

KEPT_FOLDERS = 8
Value = float | str
"""One value of a threshold."""


class LanguageFile(Settings):
    """The settings of one language; thresholds are by rule set, rule and name."""

    language: str = Field(pattern=r"^[a-z]{2,3}$", description="as `documents` has it: ISO 639-1 where there is one")
    words: Literal["unicode", "icu"] = Field(
        default="unicode",
        description="unicode: the segments of Unicode's Standard Annex 29; icu: those of the library ICU, which splits "
        "scripts without spaces by its dictionaries (package icu4py of the extra signals)",
    )
    stop_words: Path | None = Field(
        default=None, description="file with one word a line; its path from the folder of this file"
    )
    source: str = Field(default="", description="where the thresholds come from")
    thresholds: dict[str, dict[str, dict[str, Value]]] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _thresholds_have_a_source(self) -> Self:
        if self.thresholds and not self.source:
            raise ValueError("thresholds need a source: where do these numbers come from?")
        return self


def language_files(folder: Path) -> dict[str, LanguageFile]:
    """Read the files `*.yml` of a folder, by language.

    Paths of `stop_words` begin with the folder. A changed file is read anew.

    Raises:
        UsageError: there are none, one is wrong, or two are of one language.
    """
    files = sorted(folder.glob("*.yml"))
    if not files:
        raise UsageError("there are no files of languages", where=str(folder), expected="a folder with files XX.yml")
    return _read_all(tuple((file, file.stat().st_size, file.stat().st_mtime_ns) for file in files))


def languages_with_icu(folder: Path) -> frozenset[str]:
    """Return the languages of a folder whose words ICU finds."""
    return frozenset(code for code, file in language_files(folder).items() if file.words == "icu")


def digests_of_measuring(folder: Path) -> dict[str, str]:
    """Return the SHA-256 of each file's words and stop words, by path.

    Thresholds are left out, because they measure nothing.

    Raises:
        UsageError: a file is wrong, or a list of stop words is not there.
    """
    found = {}
    for code, file in language_files(folder).items():
        digest = hashlib.sha256(f"{code} {file.words}\n".encode())
        if file.stop_words is not None:
            try:
                digest.update(file.stop_words.read_bytes())
            except OSError as error:
                raise UsageError(
                    f"cannot read the stop words of {code}: {error.strerror}", where=str(file.stop_words)
                ) from error
        found[str(folder / code)] = digest.hexdigest()
    return found


@lru_cache(maxsize=KEPT_FOLDERS)
def _read_all(files: tuple[tuple[Path, int, int], ...]) -> dict[str, LanguageFile]:
    found: dict[str, LanguageFile] = {}
    for path, _, _ in files:
        file = _read(path)
        if file.language in found:
            raise UsageError(f"language {file.language} has two files", where=str(path), expected="one a language")
        if file.stop_words is not None:
            file = file.model_copy(update={"stop_words": path.parent / file.stop_words})
        found[file.language] = file
    return found


def _read(path: Path) -> LanguageFile:
    try:
        return LanguageFile.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise UsageError(f"not YAML in UTF-8: {error}", where=str(path)) from error
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"]))
        raise UsageError(f"{place}: {first['msg']}" if place else first["msg"], where=str(path)) from error
