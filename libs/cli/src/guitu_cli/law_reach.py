"""Which parts of lawkit anything in the services reaches: a rule that only a function without callers names is not used.

By names, not by running: a definition is reached from code that imports it, or its module, or that reads its name beside
the import; from it, every name of lawkit that it reads is reached. Methods count with their class.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

_LAWKIT = "lawkit"
Node = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Module:
    """A module of lawkit: its top-level definitions, and the names of lawkit that it imports (None: a module)."""

    defined: Mapping[str, ast.stmt]
    imported: Mapping[str, tuple[str, str | None]]


def reached(sources: Mapping[Path, str], lawkit: Path) -> Mapping[Path, list[ast.stmt]]:
    """By file of lawkit (in the folder), the definitions that the other sources reach."""
    inside = {p: text for p, text in sources.items() if p.parent == lawkit}
    modules = {_name(path): _module(ast.parse(text)) for path, text in inside.items()}
    known: set[Node] = set()
    open_ = list(
        _named_outside((t for p, t in sources.items() if p not in inside and p.suffix == ".py"), modules)
    )
    while open_:
        node = open_.pop()
        if node not in known and node[1] in modules[node[0]].defined:
            known.add(node)
            open_ += _named_inside(node, modules)
    return {
        path: [
            statement
            for name, statement in modules[_name(path)].defined.items()
            if (_name(path), name) in known
        ]
        for path in inside
    }


def _name(path: Path) -> str:
    return _LAWKIT if path.stem == "__init__" else f"{_LAWKIT}.{path.stem}"


def _module(tree: ast.Module) -> Module:
    defined: dict[str, ast.stmt] = {}
    for statement in tree.body:
        for name in _defines(statement):
            defined[name] = statement
    return Module(defined, _imports(tree))


def _defines(statement: ast.stmt) -> Iterator[str]:
    if isinstance(statement, ast.FunctionDef | ast.ClassDef):
        yield statement.name
    targets = statement.targets if isinstance(statement, ast.Assign) else []
    targets = [statement.target] if isinstance(statement, ast.AnnAssign) else targets
    yield from (target.id for target in targets if isinstance(target, ast.Name))


def _imports(tree: ast.AST) -> dict[str, tuple[str, str | None]]:
    found: dict[str, tuple[str, str | None]] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == _LAWKIT:
            for alias in node.names:
                found[alias.asname or alias.name] = (node.module or "", alias.name)
    return found


def _named_outside(texts: Iterable[str], modules: Mapping[str, Module]) -> Iterator[Node]:
    for text in texts:
        if _LAWKIT in text:
            tree = ast.parse(text)
            yield from _resolved(tree, _imports(tree), modules)


def _named_inside(node: Node, modules: Mapping[str, Module]) -> Iterator[Node]:
    module = modules[node[0]]
    statement = module.defined[node[1]]
    yield from ((node[0], one.id) for one in ast.walk(statement) if isinstance(one, ast.Name))
    yield from _resolved(statement, module.imported, modules)


def _resolved(
    tree: ast.AST, imported: Mapping[str, tuple[str, str | None]], modules: Mapping[str, Module]
) -> Iterator[Node]:
    for one in ast.walk(tree):
        if isinstance(one, ast.Name) and one.id in imported:
            yield from _target(imported[one.id], None, modules)
        if isinstance(one, ast.Attribute) and isinstance(one.value, ast.Name) and one.value.id in imported:
            yield from _target(imported[one.value.id], one.attr, modules)


def _target(
    imported: tuple[str, str | None], attribute: str | None, modules: Mapping[str, Module]
) -> Iterator[Node]:
    module, name = imported
    if f"{module}.{name}" in modules:
        if attribute is not None:
            yield f"{module}.{name}", attribute
    elif module in modules and name is not None:
        # what a package offers under its own name stands in one of its modules
        again = modules[module].imported.get(name)
        yield (
            (again[0], again[1] or name) if again and name not in modules[module].defined else (module, name)
        )
