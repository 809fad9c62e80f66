"""What changes a fingerprint, and what does not."""

from __future__ import annotations

import importlib
import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from itertools import count
from pathlib import Path

import pytest

import lakesift
from lakesift.engine.fingerprints import code_digest

PACKAGE = Path(lakesift.__file__).parent
NUMBERS = count()
ONE = '''"""One."""

from __future__ import annotations

from {package}.inner.two import TIMES, Two

AGAIN = 2


def one(text: str) -> str:
    """Repeats a text."""
    return text * TIMES * AGAIN
'''
TWO = '''"""Two."""

from {package}.settings import Field, Settings

TIMES = 3


class Two(Settings):
    """Settings."""

    share: float = Field(0.5, ge=0, description="Share of all.")
'''
OTHERS = {
    "settings.py": "class Settings: ...\ndef Field(*_, **__): ...\n",
    "__init__.py": "",
    "inner/__init__.py": "",
}


@pytest.fixture
def digest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., str]]:
    """Digests the code of a made-up package, with replacements in its files, under a new name each time."""
    monkeypatch.syspath_prepend(str(tmp_path))
    made: list[str] = []

    def write(replaced: Mapping[str, str] | None = None, two: str = "inner/two.py", **more: str) -> str:
        package = f"made_up_{next(NUMBERS)}"
        made.append(package)
        files = {"one.py": ONE, two: TWO, **OTHERS, **{f"{name}.py": text for name, text in more.items()}}
        for name, text in files.items():
            for old, new in (replaced or {}).items():
                text = text.replace(old, new)
            file = tmp_path / package / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text.replace("{package}", package), encoding="utf-8")
        importlib.invalidate_caches()
        return code_digest([f"{package}.one"])

    yield write
    for name in [name for name in sys.modules if name.partition(".")[0] in made]:
        del sys.modules[name]


@pytest.mark.parametrize(
    "replaced",
    [
        {"AGAIN = 2": "AGAIN = 2  # as often as that"},
        {'"""Repeats a text."""': '"""Gives a text\n    several times."""'},
        {'"""Two."""': ""},
        {"text * TIMES * AGAIN": "(text\n        * TIMES * AGAIN)"},
        {"Share of all.": "What is kept, of all."},
    ],
    ids=["comment", "docstring", "no docstring", "formatting", "description of a setting"],
)
def test_what_decides_nothing_is_no_part_of_a_digest(digest: Callable[..., str], replaced: dict[str, str]) -> None:
    assert digest(replaced) == digest()


def test_a_module_may_move_and_one_that_is_not_imported_may_come(digest: Callable[..., str]) -> None:
    assert digest({"{package}.inner.two": "{package}.outer.moved"}, two="outer/moved.py") == digest()
    assert digest(three="TIMES = 4\n") == digest()


@pytest.mark.parametrize(
    "replaced",
    [{"AGAIN = 2": "AGAIN = 3"}, {"TIMES = 3": "TIMES = 4"}, {"0.5, ge=0": "0.25, ge=0"}, {"* AGAIN": "+ text"}],
    ids=["constant", "constant of an imported module", "default of a setting", "code"],
)
def test_what_decides_something_changes_the_digest(digest: Callable[..., str], replaced: dict[str, str]) -> None:
    assert digest(replaced) != digest()


CODES = """
import json, yaml
from lakesift.engine.planning import code_of
from lakesift.operators.operator import Stage
from lakesift.operators.registry import find, names

def code(name, settings):
    operator = find(name)
    return code_of(Stage(name, operator, operator.settings.model_validate(settings or {})))

found = {}
for name in names():
    if name not in ("nothing", "new_one"):
        ((settings,),) = (each.values() for each in yaml.safe_load(find(name).example))
        found[name] = code(name, settings)
for step in ({"signals": ["fineweb_quality@datatrove"]}, {"edit": "blank_lines@cc_net"}, {"minhash": {}}):
    found["documents " + " ".join(step)] = code("documents", {"steps": [step]})
print(json.dumps(found))
"""
OPERATOR = '''"""Does nothing."""

from pyspark.sql import DataFrame

from lakesift.operators.operator import Operator
from lakesift.operators.roles import Weighs
from lakesift.operators.table import DOC_ID, Double, Table


def new_one(documents: DataFrame) -> DataFrame:
    """Weighs nothing."""
    return documents.selectExpr("doc_id", "1D AS weight")


OPERATOR = Operator(
    new_one, role=Weighs(), writes=Table("a document", {"doc_id": DOC_ID, "weight": Double()}), example="- new_one: {}"
)
'''


class Copy:
    """The whole package in another folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        shutil.copytree(PACKAGE, folder / "lakesift", ignore=shutil.ignore_patterns("__pycache__"))

    def change(self, file: str, old: str, new: str) -> None:
        path = self.folder / "lakesift" / file
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new), encoding="utf-8")

    def codes(self) -> dict[str, str]:
        """The code of each operator in the stage of its example, and of `documents` with one step."""
        command = [sys.executable, "-c", CODES]
        environment = {"PYTHONPATH": str(self.folder), "PATH": "/usr/bin:/bin", "HOME": str(self.folder)}
        ended = subprocess.run(command, env=environment, cwd=self.folder, capture_output=True, text=True)
        assert ended.returncode == 0, ended.stderr
        found: dict[str, str] = json.loads(ended.stdout)
        return found


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> tuple[Copy, dict[str, str]]:
    made = Copy(tmp_path_factory.mktemp("copy"))
    return made, made.codes()


def test_a_new_operator_a_moved_module_and_prose_change_no_other_operators_fingerprint(
    copy: tuple[Copy, dict[str, str]],
) -> None:
    made, before = copy
    package = made.folder / "lakesift"
    (package / "dedup" / "nothing.py").write_text("")
    (package / "dedup" / "new_one.py").write_text(OPERATOR)
    (package / "dedup" / "shared" / "language_model.py").rename(package / "dedup" / "shared" / "smoothing.py")
    made.change("dedup/commonness.py", "dedup.shared.language_model", "dedup.shared.smoothing")
    made.change("dedup/commonness.py", "Weigh documents by how common", "How common")
    made.change("dedup/commonness.py", "of one segment have one", "in one segment have one")
    made.change("documents/rules/verdicts.py", "# Names are there once each.", "# Each name is there once.")
    assert len(before) > 20
    assert made.codes() == before


def test_a_changed_constant_changes_the_operators_that_import_it_and_documents_only_by_its_steps(
    copy: tuple[Copy, dict[str, str]],
) -> None:
    made, before = copy
    made.change("dedup/commonness.py", "BUCKETS_PER_UNIT = 1024", "BUCKETS_PER_UNIT = 512")
    made.change("text/signals/fineweb.py", "SHORT_LINE = 30", "SHORT_LINE = 31")
    made.change(
        "text/edits/newlines.py", "partial(collapse_newlines, max_run=1)", "partial(collapse_newlines, max_run=9)"
    )
    after = made.codes()
    changed = {name for name in before if before[name] != after[name]}
    assert changed == {"commonness", "documents signals", "documents edit"}


def test_operators_that_see_kept_documents_depend_on_how_these_are_found(copy: tuple[Copy, dict[str, str]]) -> None:
    made, _ = copy
    before = made.codes()
    made.change("operators/cuts.py", 'F.size("spans") > 0', 'F.size("spans") > 1')
    after = made.codes()
    assert {"near_duplicates", "verdicts", "repeated_substrings", "publish"} <= {
        name for name in before if before[name] != after[name]
    }
    assert before["documents"] == after["documents"]
