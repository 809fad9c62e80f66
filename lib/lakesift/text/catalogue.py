"""Catalogues of named things that a package, other distributions and notebooks add to: signal families, edits, rule sets."""

from __future__ import annotations

import ast
import inspect
import pkgutil
from collections.abc import Iterable, Iterator, Mapping
from importlib import import_module
from importlib.metadata import entry_points
from typing import Generic, Protocol, TypeVar

from lakesift.errors import UsageError


class Named(Protocol):
    """Anything with a name, such as `gopher_quality@datatrove`."""

    @property
    def name(self) -> str:
        """Return its name."""


Kind = TypeVar("Kind", bound=Named)


class Catalogue(Mapping[str, Kind], Generic[Kind]):
    """Things of one kind by name; what the package has is imported at the first look.

    Args:
        kind: their class.
        package: whose modules define some at their top; empty: none.
        group: entry points of other distributions that give one, or several in a tuple.
    """

    def __init__(self, kind: type[Kind], package: str, group: str) -> None:
        self.kind, self.package, self.group = kind, package, group
        self._found: dict[str, tuple[Kind, list[str]]] = {}
        self._registered: dict[str, Kind] = {}

    def __getitem__(self, name: str) -> Kind:
        return self._registered[name] if name in self._registered else self._shipped()[name][0]

    def __iter__(self) -> Iterator[str]:
        return iter(dict.fromkeys([*self._shipped(), *self._registered]))

    def __len__(self) -> int:
        return len(list(iter(self)))

    def register(self, thing: Kind) -> Kind:
        """Add a thing for this process; one of the same name that was registered before is replaced.

        Raises:
            UsageError: its name is that of a shipped one.
        """
        if thing.name in self._shipped():
            raise UsageError(f"{thing.name} is there already", next_step="give it another name")
        self._registered[thing.name] = thing
        return thing

    def registered(self, names: Iterable[str]) -> list[Kind]:
        """Return those of some names that were registered in this process: workers do not find them by themselves."""
        return [self._registered[name] for name in names if name in self._registered]

    def adopt(self, things: Iterable[Kind]) -> None:
        """Take over what another process has registered."""
        self._registered.update({thing.name: thing for thing in things})

    def module_of(self, name: str) -> str:
        """Return the module that defines a shipped thing; others may import it from there."""
        modules = self._shipped()[name][1]
        return next((each for each in modules if not _imported_by(each) & set(modules)), modules[0])

    def _shipped(self) -> Mapping[str, tuple[Kind, list[str]]]:
        if not self._found:
            modules = pkgutil.iter_modules(import_module(self.package).__path__) if self.package else ()
            for module in sorted(f"{self.package}.{each.name}" for each in modules):
                for value in vars(import_module(module)).values():
                    self._take(value, module)
            for point in entry_points(group=self.group):
                self._take(point.load(), point.module)
        return self._found

    def _take(self, value: object, module: str) -> None:
        for each in value if isinstance(value, tuple) else (value,):
            if isinstance(each, self.kind):
                known, modules = self._found.setdefault(each.name, (each, []))
                if known is not each:
                    raise UsageError(f"{each.name} is defined by {modules[0]} and by {module}", next_step="remove one")
                modules.append(module)


def _imported_by(module: str) -> set[str]:
    tree = ast.parse(inspect.getsource(import_module(module)))
    return {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module}
