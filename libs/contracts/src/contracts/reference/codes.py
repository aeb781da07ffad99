"""Refusal codes as the code raises them, read from its source: code, rule and module of each."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

# Class that carries a code -> position of the code and of the rule among its arguments.
_CARRIERS: Mapping[str, tuple[int, int | None]] = {
    "Refused": (0, 1),
    "Finding": (0, 2),
    "Denied": (1, None),
    "BadRequest": (0, None),
}
_FIXED = {"NotYetDue": ("NOT_YET_DUE", 0)}
BY_THE_FACTS = "by the facts"


class CodeNotNamed(ValueError):
    """A refusal's code is not written where it is raised, nor in a constant of the service."""


@dataclass(frozen=True, slots=True, order=True)
class Raised:
    """One place that refuses. rule: id, "" for none, BY_THE_FACTS where the facts choose it."""

    code: str
    rule: str
    module: str


def raised(package: Path) -> list[Raised]:
    """All places of a package that refuse; CodeNotNamed where the code cannot be read."""
    trees = {p: ast.parse(p.read_text(encoding="utf-8")) for p in sorted(package.rglob("*.py"))}
    shared = {name: node for tree in trees.values() for name, node in _constants(tree).items()}
    found: set[Raised] = set()
    for path, tree in trees.items():
        known = {**shared, **_constants(tree)}
        module = path.relative_to(package).as_posix()
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                found |= {Raised(c, rule, module) for c, rule in _call(node, node.func.id, known, path)}
    return sorted(found)


def mentioned(package: Path, codes: Collection[str]) -> list[Raised]:
    """Modules of a package that name these codes in whatever way, without their rules."""
    found: set[Raised] = set()
    for path in package.rglob("*.py"):
        module = path.relative_to(package).as_posix()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value in codes:
                found.add(Raised(node.value, "", module))
    return sorted(found)


def sentences_in_code(package: Path) -> dict[str, str]:
    """Chinese sentences of a table named REMEDIES, by code."""
    found: dict[str, str] = {}
    for path in package.rglob("*.py"):
        table = _constants(ast.parse(path.read_text(encoding="utf-8"))).get("REMEDIES")
        if isinstance(table, ast.Dict):
            found |= ast.literal_eval(table)
    return found


def _constants(tree: ast.Module) -> dict[str, ast.expr]:
    found: dict[str, ast.expr] = {}
    for node in tree.body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            found[node.targets[0].id] = node.value
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value is not None:
            found[node.target.id] = node.value
    return found


def _call(node: ast.Call, name: str, known: Mapping[str, ast.expr], path: Path) -> Iterator[tuple[str, str]]:
    if name in _FIXED:
        code, at = _FIXED[name]
        yield code, _rule(node, at, known)
    elif name in _CARRIERS:
        at_code, at_rule = _CARRIERS[name]
        argument = _argument(node, at_code, "code")
        codes = list(_texts(argument, known)) if argument is not None else []
        if not codes:
            raise CodeNotNamed(f"{path}:{node.lineno}: {ast.unparse(node)}")
        for code in codes:
            yield code, _rule(node, at_rule, known) if at_rule is not None else ""


def _argument(node: ast.Call, at: int, keyword: str) -> ast.expr | None:
    if at < len(node.args):
        return node.args[at]
    return next((k.value for k in node.keywords if k.arg == keyword), None)


def _rule(node: ast.Call, at: int, known: Mapping[str, ast.expr]) -> str:
    argument = _argument(node, at, "rule")
    if argument is None:
        return ""
    texts = list(_texts(argument, known))
    return texts[0] if len(texts) == 1 else BY_THE_FACTS


def _texts(node: ast.expr, known: Mapping[str, ast.expr]) -> Iterator[str]:
    """The texts that an expression can be: a literal, a constant, an entry of a table, one of two."""
    match node:
        case ast.Constant(value=str(text)):
            yield text
        case ast.Name(id=name) if name in known:
            yield from _texts(known[name], {k: v for k, v in known.items() if k != name})
        case ast.Subscript(value=ast.Name(id=name)) if isinstance(table := known.get(name), ast.Dict):
            for value in table.values:
                yield from _texts(value, known)
        case ast.IfExp(body=body, orelse=otherwise):
            yield from _texts(body, known)
            yield from _texts(otherwise, known)
        case _:
            return
