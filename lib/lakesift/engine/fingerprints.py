"""Fingerprints: equal ones mean that a stage would write the same table again."""

from __future__ import annotations

import ast
import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any

OUTSIDE = ("lakesift.operators", "lakesift.errors", "lakesift.settings", "lakesift.shipped", "lakesift.clock")
"""Modules that no result depends on: the contract, messages, the base of settings."""
LIBRARIES = {
    "fasttext": ("fasttext", "fasttext-wheel", "fasttext-predict"),
    "idna": ("idna",),
    "py3langid": ("py3langid",),
    "pycld2": ("pycld2",),
    "regex": ("regex",),
    "resiliparse": ("resiliparse",),
    "tldextract": ("tldextract",),
    "trafilatura": ("trafilatura", "lxml", "justext"),
    "webencodings": ("webencodings",),
}
"""Packages whose versions decide a result, with the distributions that bring them. Of those that only carry bytes and
numbers (numpy, pyarrow, Spark) the same results are expected of all versions; ICU is in `documents`, where it decides."""
INSIDE = ("lakesift.operators.outcome", "lakesift.operators.cuts")
"""Modules of the contract that make the documents which operators see."""


def fingerprint(facts: Mapping[str, Any]) -> str:
    """Return SHA-256, hexadecimal, of facts as canonical JSON (sorted keys, no spaces)."""
    text = json.dumps(facts, sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def code_digest(modules: Iterable[str]) -> str:
    """Digest the code that some modules import inside their own package, the modules included.

    Comments, docstrings, formatting, the modules' names and their imports of one another do not count: a module that
    moves, or a typo that is mended, changes nothing. A module elsewhere that none of these imports does not count either.
    Of the libraries that they import the versions of `LIBRARIES` count.

    Args:
        modules: names.

    Returns:
        16 hexadecimal digits.
    """
    closure: set[str] = set()
    waiting = list(modules)
    while waiting:
        name = waiting.pop()
        if name in closure or (name.startswith(OUTSIDE) and name not in INSIDE):
            continue
        closure.add(name)
        waiting += _parsed(name)[1]
    digests = sorted(_parsed(name)[0] for name in closure)
    libraries = {library for name in closure for library in _parsed(name)[2]}
    digests += [f"{library} {versions_of(library)}" for library in sorted(libraries)]
    return hashlib.sha256("".join(digests).encode()).hexdigest()[:16]


def function_digest(function: Callable[..., Any]) -> str:
    """Digest a function that has no file to read (a notebook's), by its bytecode and those of the functions it calls."""
    digest = hashlib.sha256()
    for part in _code_of(function, set()):
        digest.update(part)
    return digest.hexdigest()[:16]


def _code_of(function: Callable[..., Any], seen: set[int]) -> Iterator[bytes]:
    if not isinstance(function, FunctionType) or id(function) in seen:
        return
    seen.add(id(function))
    yield from _bytes_of(function.__code__)
    for name in function.__code__.co_names:
        value = function.__globals__.get(name)
        if isinstance(value, FunctionType) and value.__module__ == function.__module__:
            yield from _code_of(value, seen)
        elif isinstance(value, int | float | str | bytes | tuple):
            yield f"{name}={value!r}".encode()


def _bytes_of(code: CodeType) -> Iterator[bytes]:
    yield code.co_code
    yield repr(code.co_names).encode()
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _bytes_of(constant)
        else:
            yield repr(constant).encode()


def versions_of(library: str) -> str:
    """Return the versions of the distributions that bring a library, those that are installed."""
    found = []
    for name in LIBRARIES[library]:
        with suppress(PackageNotFoundError):
            found.append(f"{name} {version(name)}")
    return ", ".join(found)


@cache
def _parsed(module: str) -> tuple[str, tuple[str, ...], frozenset[str]]:
    """Digest of a module's syntax tree, the modules of its package and the libraries of `LIBRARIES` that it imports."""
    spec = find_spec(module)
    if spec is None or spec.origin is None or not spec.origin.endswith(".py"):
        return "", (), frozenset()
    tree = ast.parse(Path(spec.origin).read_bytes())
    package = module.partition(".")[0]
    imported: set[str] = set()
    _Stripped(package, imported).visit(tree)
    own = sorted(name for name in imported if name.partition(".")[0] == package)
    libraries = frozenset(name.partition(".")[0] for name in imported) & LIBRARIES.keys()
    return hashlib.sha256(ast.dump(tree).encode()).hexdigest(), tuple(own), libraries


class _Stripped(ast.NodeTransformer):
    """Takes docstrings and the package's own imports out of a tree, and notes what is imported."""

    def __init__(self, package: str, imported: set[str]) -> None:
        self.package, self.imported = package, imported

    def visit_Import(self, node: ast.Import) -> ast.AST | None:
        own = [name.name for name in node.names if name.name.partition(".")[0] == self.package]
        self.imported.update(name.name for name in node.names)
        return node if not own else None

    def visit_ImportFrom(self, node: ast.ImportFrom) -> ast.AST | None:
        module = node.module or ""
        if node.level or module.partition(".")[0] != self.package:
            self.imported.add(module)
            return node
        for name in node.names:
            inner = f"{module}.{name.name}"
            # A name can be a module of the package, or something in it.
            self.imported.add(inner if _is_module(inner) else module)
        return None

    def visit_If(self, node: ast.If) -> ast.AST | None:
        # What only the type checker sees decides nothing.
        if isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING":
            return None
        return self.generic_visit(node)

    def visit_Expr(self, node: ast.Expr) -> ast.AST | None:
        is_text = isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
        return None if is_text else self.generic_visit(node)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST:
        return self._without_description(self.generic_visit(node))

    def _without_description(self, node: ast.AST) -> ast.AST:
        """Take the description of a setting out: prose, not code."""
        for call in ast.walk(node):
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "Field":
                call.keywords = [each for each in call.keywords if each.arg != "description"]
        return node


@cache
def _is_module(name: str) -> bool:
    try:
        return find_spec(name) is not None
    except (ModuleNotFoundError, AttributeError):
        return False
