"""Write the files that follow from the operators' declarations: `make reference`, in a checkout."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from lakesift.commands.bundle import DEFAULT as JOB
from lakesift.commands.bundle import bundle_text
from lakesift.lake.ledger import LEDGER
from lakesift.operators.reference import operator_page, operators_page, page_name, tables_page
from lakesift.operators.registry import find, names, shipped
from lakesift.recipe.schema import recipe_schema

OPERATORS: Final = Path("docs/operators")
SCHEMA: Final = Path("conf/recipe.schema.json")
JOB_RECIPE: Final = "fineweb"


def pages() -> dict[Path, str]:
    """Return the text of every generated file of the checkout, by its path."""
    found = {Path("docs/tables.md"): tables_page(LEDGER), OPERATORS / "index.md": operators_page()}
    found |= {OPERATORS / page_name(name): operator_page(find(name)) for name in shipped()}
    return found | {SCHEMA: schema_text(shipped()), JOB: bundle_text(JOB_RECIPE, JOB)}


def schema_text(operators: Iterable[str] | None = None) -> str:
    """Return the JSON Schema of recipes.

    Args:
        operators: their names; all that are installed or registered when left out.
    """
    chosen = names() if operators is None else operators
    return json.dumps(recipe_schema(map(find, chosen)), indent=1, ensure_ascii=False) + "\n"


def stale(root: Path) -> list[Path]:
    """Return the generated files that are not as they should be, and pages of operators that are no more.

    Args:
        root: of the checkout.
    """
    written = pages()
    changed = [path for path, text in written.items() if not _has(root / path, text)]
    there = [path.relative_to(root) for path in sorted((root / OPERATORS).glob("*.md"))]
    return changed + [path for path in there if path not in written]


def write(root: Path) -> list[Path]:
    """Write the generated files that are stale, and remove the pages of operators that are no more.

    Args:
        root: of the checkout.

    Returns:
        The paths of what was changed.
    """
    written, changed = pages(), stale(root)
    for path in changed:
        if path in written:
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_text(written[path], encoding="utf-8")
        else:
            (root / path).unlink()
    return changed


def _has(path: Path, text: str) -> bool:
    return path.is_file() and path.read_text(encoding="utf-8") == text


if __name__ == "__main__":
    print("\n".join(map(str, write(Path.cwd()))) or "nothing was stale")
