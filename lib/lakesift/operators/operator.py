"""The operator contract: one frozen value beside one pure function says all that lakesift has to know of an operator."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple, Protocol

from pyspark.sql import DataFrame

from lakesift.operators.roles import Role
from lakesift.operators.table import Table
from lakesift.settings import Settings

SETTINGS, MATERIALIZE, SCORERS, RULE_SETS = "settings", "materialize", "scorers", "rule_sets"
GIVEN = (SETTINGS, MATERIALIZE, SCORERS, RULE_SETS)
"""Parameters that are no tables."""
DOCUMENTS, UNCUT, ALL, OUTCOMES = "documents", "uncut_documents", "all_documents", "outcomes"
COUNTS = "counts"
"""A frame of name and count that is materialized under this name is recorded with the run."""


class Materialize(Protocol):
    """Writes a frame aside under a name that is unique within the stage, and reads it back.

    It breaks the lineage: what was computed is computed once.
    """

    def __call__(self, rows: DataFrame, name: str, /) -> DataFrame:
        """Return the rows, read back."""


class NoSettings(Settings):
    """An operator without settings."""


class Published(NamedTuple):
    """A table of a version that is published already: `dataset_fineweb` or `index_fineweb` as of `fineweb@1`."""

    table: str
    reference: str


class External(NamedTuple):
    """A table of the user's: a path, and whether it is a table or lines of text (column `value`)."""

    path: str
    is_text: bool = False


class Account(NamedTuple):
    """Row counts of an operator whose role does not say them: rows in, rows out, and a reason for each of the rest."""

    rows_in: DataFrame
    rows_out: DataFrame
    rejected: DataFrame | None = None
    counts: DataFrame | None = None


@dataclass(frozen=True)
class Fitted:
    """What an operator with the role `Fits` returns.

    Attributes:
        rows: tuples in the columns of its table.
        metrics: numbers for MLflow, by name.
    """

    rows: Sequence[tuple[Any, ...]]
    metrics: Mapping[str, float] = field(default_factory=dict)


class Parameter(NamedTuple):
    """A table that an operator reads.

    `is_optional`: None is passed where no stage makes it; `has_many`: all such tables are passed, by stage.
    """

    name: str
    is_optional: bool
    has_many: bool


class Stage(NamedTuple):
    """One stage of a recipe: an operator with checked settings, under the name that `as:` gave it."""

    name: str
    operator: Operator
    settings: Any

    @property
    def table(self) -> str:
        """Return the name of the table that the stage writes."""
        if self.operator.table_name is not None:
            return self.operator.table_name(self.settings)
        return self.operator.writes.name or self.name if self.name == self.operator.name else self.name


@dataclass(frozen=True)
class Operator:
    """One operator; its name is that of its function and of its file.

    Parameters of the function are what it reads: `documents` are the kept documents in the text that earlier cuts left,
    `uncut_documents` the kept ones as they were measured, `all_documents` all of them, `outcomes` what became of each so
    far; any other name is the table of an earlier stage. `settings`, `materialize`, `scorers` and `rule_sets` are given by
    the engine.

    Attributes:
        function: pure: frames and settings in, a frame out.
        role: what its rows mean for documents.
        writes: its table.
        example: a stage as a recipe writes it.
        version: to be raised where the same code comes to mean something else.
        more_tables: further tables that it writes; of `Ingests`.
        needs: columns of `documents` that it needs, each with its name for people and the step that makes it.
        uses: settings -> optional parameters that they ask for; all where it is left out.
        files: settings -> digests and versions of what decides its result beside settings, tables and code.
        code: settings -> further modules whose code decides its result.
        own_code: settings -> functions of a notebook whose code decides its result.
        scorer_names: settings -> (name, alias) of the registered scorers that it applies.
        published: settings -> by parameter, the published tables that it reads.
        external: settings -> by parameter, the user's tables that it reads.
        made: settings -> by parameter, the table of an earlier stage, where they decide it.
        table_name: settings -> name of its table, where they decide it.
        account: inputs, output, settings -> row counts, where the role does not say them.
        leaves_out: of `Publishes`: inputs, settings -> key and reason of the rows that it leaves out by itself.
        takes_over: rows of the version that is added to, inputs, settings -> those that stay; the same frame where all do.
        check: this stage, all stages -> (place in its settings, message, what was expected) of each mistake.
    """

    function: Callable[..., Any]
    role: Role
    writes: Table
    example: str
    version: int = 1
    more_tables: tuple[Table, ...] = ()
    needs: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    uses: Callable[[Any], Collection[str]] | None = None
    files: Callable[[Any], Mapping[str, str]] | None = None
    code: Callable[[Any], Sequence[str]] | None = None
    own_code: Callable[[Any], Sequence[Callable[..., Any]]] | None = None
    scorer_names: Callable[[Any], Sequence[tuple[str, str]]] | None = None
    published: Callable[[Any], Mapping[str, Sequence[Published]]] | None = None
    external: Callable[[Any], Mapping[str, External]] | None = None
    made: Callable[[Any], Mapping[str, str]] | None = None
    table_name: Callable[[Any], str] | None = None
    account: Callable[[Mapping[str, Any], DataFrame, Any], Account] | None = None
    leaves_out: Callable[[Mapping[str, Any], Any], DataFrame] | None = None
    takes_over: Callable[[DataFrame, Mapping[str, Any], Any], DataFrame] | None = None
    check: Callable[[Stage, Sequence[Stage]], Sequence[tuple[tuple[str | int, ...], str, str | None]]] | None = None

    @property
    def name(self) -> str:
        """Return the name by which recipes call it."""
        return self.function.__name__

    @property
    def doc(self) -> str:
        """Return the docstring of its module, else of its function: the text of its page."""
        module = inspect.getmodule(self.function)
        has_page = module is not None and module.__name__ != "__main__" and module.__doc__
        return inspect.cleandoc((module.__doc__ if has_page and module else self.function.__doc__) or "")

    @cached_property
    def settings(self) -> type[Settings]:
        """Return the class of its settings, from the annotation of the parameter `settings`."""
        parameter = inspect.signature(self.function).parameters.get(SETTINGS)
        if parameter is None:
            return NoSettings
        found = parameter.annotation
        if isinstance(found, str):
            found = eval(found, self.function.__globals__)
        if not (isinstance(found, type) and issubclass(found, Settings)):
            raise TypeError(
                f"{self.name}: settings must be annotated with a class derived from lakesift.settings.Settings"
            )
        return found

    @cached_property
    def parameters(self) -> tuple[Parameter, ...]:
        """Return the tables that it reads, in the order of its signature."""
        found = []
        for name, parameter in inspect.signature(self.function).parameters.items():
            if name not in GIVEN:
                kind = parameter.annotation
                text = kind if isinstance(kind, str) else inspect.formatannotation(kind)
                found.append(Parameter(name, "None" in text, "Mapping" in text))
        return tuple(found)

    def takes(self, name: str) -> bool:
        """Return whether its function has a parameter of this name."""
        return name in inspect.signature(self.function).parameters

    def reads(self, settings: Any) -> tuple[Parameter, ...]:
        """Return the tables that it reads with these settings."""
        used = None if self.uses is None else self.uses(settings)
        return tuple(
            each._replace(is_optional=each.is_optional and used is None)
            for each in self.parameters
            if used is None or not each.is_optional or each.name in used
        )
