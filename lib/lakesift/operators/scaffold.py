"""Write the three files of a new operator, `make operator`: its own, its test, and a recipe that uses it."""

from __future__ import annotations

import argparse
import keyword
import re
from pathlib import Path
from string import Template

from lakesift.errors import LakesiftError, UsageError, nearest
from lakesift.operators.names import LEDGER_TABLES, RESERVED
from lakesift.operators.registry import DOMAINS, NO_OPERATORS, names
from lakesift.operators.scaffold_templates import RECIPE, TEMPLATES


def scaffold(root: Path, name: str, kind: str, package: str) -> list[Path]:
    """Write the files of a new operator into a checkout; nothing that is there is changed.

    Args:
        root: of the checkout.
        name: of the operator: lower-case letters, digits and _.
        kind: map (a value for each text), aggregate (weights from groups of documents) or fit (on the driver).
        package: one of the domain packages; its folder is made where it is missing.

    Returns:
        The paths of what was written.

    Raises:
        UsageError: the name is taken or is no name, there is no such kind or package, or one of the files is there.
    """
    _check(name, kind, package)
    template = TEMPLATES[kind]
    title = "".join(part.capitalize() for part in name.split("_"))
    values = {"name": name, "title": title, "package": package, "settings": template.settings}
    files = {
        root / "lib" / "lakesift" / package / f"{name}.py": template.operator,
        root / "tests" / package / f"test_{name}.py": template.test,
        root / "conf" / f"{name}.yml": RECIPE,
    }
    there = [str(path) for path in files if path.exists()]
    if there:
        raise UsageError(f"{', '.join(there)} is there already", next_step="choose another name, or remove it")
    first = root / "lib" / "lakesift" / package / "__init__.py"
    if not first.exists():
        files[first] = f'"""Operators of {package}; machinery sits in folders below."""\n'
    for path, text in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(Template(text).substitute(values), encoding="utf-8")
    return list(files)


def _check(name: str, kind: str, package: str) -> None:
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name) or keyword.iskeyword(name):
        raise UsageError(f"{name} is no name of an operator", expected="lower-case letters, digits and _, such as dsir")
    if name in {*names(), *NO_OPERATORS, *RESERVED, *LEDGER_TABLES}:
        raise UsageError(f"the name {name} is taken", next_step="choose another one")
    if kind not in TEMPLATES:
        raise UsageError(
            f"there is no kind {kind}{nearest(kind, TEMPLATES)}", expected=f"one of {', '.join(TEMPLATES)}"
        )
    if package not in DOMAINS:
        raise UsageError(
            f"there is no package {package}{nearest(package, DOMAINS)}", expected=f"one of {', '.join(DOMAINS)}"
        )


def main() -> None:
    """Write an operator's files into the working directory, a checkout."""
    parser = argparse.ArgumentParser(prog="make operator", description="Write the files of a new operator.")
    parser.add_argument("name")
    parser.add_argument("kind", help="map, aggregate or fit")
    parser.add_argument("package", help="such as selection")
    given = parser.parse_args()
    try:
        written = scaffold(Path.cwd(), given.name, given.kind, given.package)
    except LakesiftError as error:
        raise SystemExit(f"make operator: {error}") from error
    print("\n".join(str(path.relative_to(Path.cwd())) for path in written))
    print("next: fill in what is marked TODO and the paper's numbers in the test; then make reference, make check")


if __name__ == "__main__":
    main()
