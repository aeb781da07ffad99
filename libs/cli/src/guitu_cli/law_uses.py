"""Which code uses which rule, read from the sources: literal ids, patterns of ids, options of the contracts."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import cast

import yaml
from lawkit import Law

from guitu_cli.law_reach import reached
from guitu_cli.output import Row
from guitu_cli.texts import head

_OPTION = re.compile(r'\b(?:rule|rules)\s*:\s*"([a-z0-9.-]+)"')
_LAWKIT = Path("libs", "lawkit", "src", "lawkit")
_ANY = r"[a-z0-9.-]+"
# whoever names the family of grounds asks for all of them
_FAMILY = ".ground."
_MEMBER = "[a-z-]+"


def repository(start: Path) -> Path | None:
    """The source tree around the folder, None when there is none."""
    return next(
        (p for p in (start, *start.resolve().parents) if (p / "libs" / "lawkit" / "src").is_dir()), None
    )


def uses(law: Law, root: Path) -> Mapping[str, tuple[str, ...]]:
    """The files (from the root) that use each rule, in order; of lawkit only what the services reach (law_reach).

    A rule that `guitu` completes is used by the function that reads that key, be it without naming the rule.
    """
    found: dict[str, set[str]] = {rule_id: set() for rule_id in law.rule_ids}
    texts = {path: path.read_text(encoding="utf-8") for path in sources(root)}
    inside = reached(texts, root / _LAWKIT)
    keys: dict[str, set[str]] = {}
    for path, text in texts.items():
        place = str(path.relative_to(root))
        if path.suffix == ".proto":
            named = set(_OPTION.findall(text))
            patterns: list[re.Pattern[str]] = []
        elif path in inside:
            named, patterns = ids_in(ast.Module(inside[path], []))
            keys[place] = _words(inside[path])
        else:
            named, patterns = ids_of(text)
        for rule_id in named & found.keys():
            found[rule_id].add(place)
        for pattern in patterns:
            for rule_id in filter(pattern.fullmatch, found):
                found[rule_id].add(place)
    for rule_id, places in found.items():
        if not places:
            places.update(p for p, words in keys.items() if words & law.rule(rule_id).guitu.keys())
    return {rule_id: tuple(sorted(places)) for rule_id, places in found.items()}


def _words(statements: list[ast.stmt]) -> set[str]:
    """Every text in the definitions."""
    nodes = (node for statement in statements for node in ast.walk(statement))
    return {n.value for n in nodes if isinstance(n, ast.Constant) and isinstance(n.value, str)}


def sources(root: Path) -> Iterator[Path]:
    """The code that may use a rule: services, libraries but the command line, contracts."""
    yield from sorted(root.glob("services/*/src/**/*.py"))
    yield from (p for p in sorted(root.glob("libs/*/src/**/*.py")) if "guitu_cli" not in p.parts)
    yield from sorted(root.glob("protos/**/*.proto"))


def ids_of(source: str) -> tuple[set[str], list[re.Pattern[str]]]:
    """Texts that may be ids, and patterns of f-strings that make ids."""
    return ids_in(ast.parse(source))


def ids_in(tree: ast.AST) -> tuple[set[str], list[re.Pattern[str]]]:
    """As ids_of, of parsed code."""
    named: set[str] = set()
    patterns: list[re.Pattern[str]] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and "." in node.value:
            named.add(node.value)
            if node.value.endswith(_FAMILY):
                patterns.append(re.compile(re.escape(node.value) + _MEMBER))
        elif isinstance(node, ast.JoinedStr):
            parts = [_part(value) for value in node.values]
            if parts and re.match(r"[a-z]+\\\.", parts[0]):
                made = "".join(parts)
                patterns.append(re.compile(made + _MEMBER if made.endswith(re.escape(_FAMILY)) else made))
    return named, patterns


def _part(value: ast.expr) -> str:
    fixed = isinstance(value, ast.Constant) and isinstance(value.value, str)
    return re.escape(cast(str, cast(ast.Constant, value).value)) if fixed else _ANY


def unused(law: Law, used: Mapping[str, tuple[str, ...]]) -> list[Row]:
    """Rules without a user, with the feature that will use them."""
    table: list[Row] = []
    for rule_id, places in used.items():
        if not places:
            number, title = feature_of(rule_id)
            table.append({"rule": rule_id, head("名称", "title"): law.rule(rule_id).title_zh,
                          head("功能", "feature"): number, head("功能名称", "feature title"): title})  # fmt: skip
    return table


def feature_of(rule_id: str) -> tuple[int | None, str]:
    """Number and title of the feature of features.md that uses the rule; the longest prefix decides."""
    known = features()
    parts = rule_id.split(".")
    for length in range(len(parts), 0, -1):
        if (found := known.get(".".join(parts[:length]))) is not None:
            return found
    return None, ""


@cache
def features() -> Mapping[str, tuple[int, str]]:
    """By prefix of rule ids, the feature that uses them."""
    text = (files("guitu_cli") / "features.yaml").read_text(encoding="utf-8")
    table = cast(list[dict[str, object]], yaml.safe_load(text))
    return {
        prefix: (cast(int, row["feature"]), cast(str, row["title"]))
        for row in table
        for prefix in cast(list[str], row["rules"])
    }
