"""The notebook runs from top to bottom on the demo's lake, reads every table, and leaves all logic to the library."""

from __future__ import annotations

import ast
import contextlib
import io
import re
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode
from pyspark.sql import SparkSession

import lakesift
from lakesift.lake.ledger import LEDGER
from lakesift.operators.names import DATASET_PREFIX, INGESTED, OUTCOMES_PREFIX, PAIRS_PREFIX
from lakesift.recipe.recipe import Recipe

NOTEBOOK = Path(__file__).resolve().parents[1] / "notebooks" / "demo.ipynb"
LOGIC = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda, ast.If, ast.For, ast.While, ast.Try)
DATASETS = {f"{DATASET_PREFIX}sample", f"{PAIRS_PREFIX}sample"}
WRITTEN = {stage.table for stage in Recipe.load("sample").stages}
OF_THE_DEMO = [*LEDGER, *INGESTED, *sorted(WRITTEN - {*INGESTED, *DATASETS})]


def read_notebook() -> NotebookNode:
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    nbformat.validate(notebook)
    return notebook


def code_cells(notebook: NotebookNode) -> list[NotebookNode]:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def tables_read(notebook: NotebookNode) -> set[str]:
    return set(re.findall(r'lake\.read\("(\w+)"\)', "\n".join(cell.source for cell in code_cells(notebook))))


def test_every_table_is_read() -> None:
    assert tables_read(read_notebook()) == {*OF_THE_DEMO, *DATASETS, f"{OUTCOMES_PREFIX}sample"}


def test_no_output_is_stored() -> None:
    assert all(cell.outputs == [] and cell.execution_count is None for cell in code_cells(read_notebook()))


def test_the_notebook_calls_the_library_and_defines_no_logic() -> None:
    tree = ast.parse("\n".join(cell.source for cell in code_cells(read_notebook())))
    nodes = list(ast.walk(tree))
    assert not [type(node).__name__ for node in nodes if isinstance(node, LOGIC)]
    imported = {node.module: [name.name for name in node.names] for node in nodes if isinstance(node, ast.ImportFrom)}
    assert set(imported) == {"pathlib", "lakesift"}
    assert set(imported["lakesift"]) <= set(lakesift.__all__)


def run_cell(source: str, names: dict[str, object]) -> object:
    """Run a cell as a kernel does: its statements, and the value of its last line where that is an expression."""
    tree = ast.parse(source)
    last = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
    exec(compile(tree, source, "exec"), names)
    return eval(compile(ast.Expression(last.value), source, "eval"), names) if isinstance(last, ast.Expr) else None


@pytest.mark.slow
@pytest.mark.spark
def test_no_cell_fails_on_the_demos_lake(
    spark: SparkSession, demo_lake: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LAKESIFT_LAKE", str(demo_lake))
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        values = [run_cell(cell.source, names) for cell in code_cells(read_notebook())]
    assert values[0] == [*OF_THE_DEMO, f"{OUTCOMES_PREFIX}sample", *sorted(DATASETS)]
    shown = printed.getvalue()
    assert "[12/12] publish_pairs" in shown
    rules = sum(len(rule_set.rules) for rule_set in Recipe.load("sample").rule_sets)
    assert f"rules        {rules} judged" in shown
    assert list(tmp_path.iterdir()) == []
