"""Deciders contain no number, word or list of the law: a rule of lawkit is named instead (style.md, rule 14).

A literal other than 0, 1, -1 or an index (also as the length of a text), a day of a calendar, a Chinese term that
rules.yaml defines, or a collection of values that its records list (grounds, kinds, penalties, organs, items of a
dossier, states; as ids, words or values of an enum of the contracts) fails in every module that decides or acts on
decisions, unless its line says `# not the law's: why`. Sentences for people may
use the law's words. In lawkit itself the numbers come from rules.yaml too.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from itertools import chain
from pathlib import Path
from typing import TypeGuard

import pytest
from lawkit import load_law

ROOT = Path(__file__).parents[2]
LAW = load_law()
DECIDERS = [
    *sorted(ROOT.glob("services/*/src/*/domain/**/*.py")),
    *sorted(ROOT.glob("services/*/src/*/domain.py")),
]
# process managers send commands, projections show deadlines: a number of the law could hide there as well
ACTING = [
    *sorted(ROOT.glob("services/*/src/*/processes/**/*.py")),
    *sorted(ROOT.glob("services/*/src/*/processes.py")),
    *sorted(ROOT.glob("services/*/src/*/projections/**/*.py")),
    *sorted(ROOT.glob("services/*/src/*/projections.py")),
]
LAWKIT = sorted((ROOT / "libs" / "lawkit" / "src" / "lawkit").glob("*.py"))
EXCUSE = re.compile(r"# not the law's: \S")
DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
CHINESE = re.compile(r"[\u4e00-\u9fff]")
SENTENCE = re.compile(r"[,。,;;]")
READS_NUMBERS = {"int", "float", "Decimal", "Fraction", "timedelta"}


def terms() -> frozenset[str]:
    """The Chinese terms that rules.yaml defines: kinds, states, flags, roles, documents, measures."""
    file = LAW.catalogue
    named = chain(file.states, file.flags, file.roles, file.kinds, file.documents, file.settings)
    measures = {rule.title_zh.partition("：")[0] for rule in file.rules if "：" in rule.title_zh}
    return frozenset({one.title_zh for one in named} | measures)


TERMS = terms()


def numbers_of(source: str) -> list[str]:
    """`line: number` for each literal that could be the law's."""
    return _without_excuse(source, _numbers(ast.parse(source)))


def words_of(source: str) -> list[str]:
    """`line: term` for each literal that writes out a term or a day of the law."""
    return _without_excuse(source, _words(ast.parse(source)))


def _without_excuse(source: str, found: Iterator[tuple[ast.expr, object]]) -> list[str]:
    lines = source.splitlines()
    return [
        f"{node.lineno}: {value}"
        for node, value in found
        if not any(EXCUSE.search(line) for line in lines[node.lineno - 1 : node.end_lineno or node.lineno])
    ]


def _numbers(tree: ast.AST) -> Iterator[tuple[ast.expr, object]]:
    indexes = {
        id(leaf)
        for node in ast.walk(tree)
        if isinstance(node, ast.Subscript)
        for leaf in ast.walk(node.slice)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and not isinstance(node.value, bool) and id(node) not in indexes:
            if isinstance(node.value, int | float | complex) and node.value not in {0, 1}:
                yield node, node.value
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in READS_NUMBERS:
            for argument in node.args:
                text = argument.value if isinstance(argument, ast.Constant) else None
                if isinstance(text, str) and any(one.isdigit() for one in text):
                    yield argument, text
        elif _measures_a_literal(node):
            yield node, ast.unparse(node)


def _measures_a_literal(node: ast.AST) -> TypeGuard[ast.Call]:
    """The length of something written out is a number in disguise."""
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "len"
        and all(isinstance(one, ast.Constant | ast.Tuple | ast.List | ast.Set) for one in node.args)
    )


def _words(tree: ast.AST) -> Iterator[tuple[ast.expr, object]]:
    docs = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if not isinstance(node, ast.Constant) or not isinstance(node.value, str) or id(node) in docs:
            continue
        if DAY.search(node.value):
            yield node, node.value
        elif CHINESE.search(node.value) and not SENTENCE.search(node.value):
            yield from ((node, term) for term in sorted(TERMS) if term in node.value)


def lists_of(source: str) -> list[str]:
    """`line: values` for each collection of the law's own values, and for each enum taken as such a list."""
    return _without_excuse(source, _lists(ast.parse(source)))


def values() -> frozenset[str]:
    """What the records of rules.yaml are called and what their own lists hold: ids, codes, words."""
    file = LAW.catalogue
    named = {one.code for group in (file.roles, file.states, file.flags) for one in group}
    ids = {*LAW.rule_ids, *LAW.setting_ids, *LAW.kinds, *LAW.documents}
    listed = {word for rule in file.rules for value in rule.numbers.values() for word in _texts(value)}
    of_kinds = {word for kind in file.kinds for word in (*kind.penalties, *kind.device_grounds)}
    return frozenset(named | ids | listed | of_kinds)


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list | tuple):
        for inner in chain(value, value.values()) if isinstance(value, dict) else value:  # type: ignore[reportUnknownVariableType]
            yield from _texts(inner)  # type: ignore[reportUnknownArgumentType]


VALUES = values()
ENUM_VALUE = re.compile(r"[A-Z][A-Z0-9]*(_[A-Z0-9]+)+")


def _lists(tree: ast.AST) -> Iterator[tuple[ast.expr, object]]:
    for node in ast.walk(tree):
        found = [one for one in _elements(node) if _is_value(one)]
        if isinstance(node, ast.expr) and len(found) > 1:
            yield node, ", ".join(map(ast.unparse, found))
        if isinstance(node, ast.Call) and _lists_an_enum(node):
            yield node, ast.unparse(node)


def _elements(node: ast.AST) -> list[ast.expr]:
    match node:
        case ast.Set(elts=elements) | ast.List(elts=elements) | ast.Tuple(elts=elements):
            return elements
        case ast.Dict(keys=keys):
            return [key for key in keys if key is not None]
        case ast.Call(func=ast.Attribute(value=ast.Constant(value=str(text)), attr="split")):
            return [ast.Constant(one) for one in text.split()]
        case _:
            return []


def _is_value(node: ast.expr) -> bool:
    match node:
        case ast.Constant(value=str(text)):
            return text in VALUES
        case ast.Attribute(attr=name):
            return ENUM_VALUE.fullmatch(name) is not None
        case _:
            return False


def _lists_an_enum(call: ast.Call) -> bool:
    match call.func:
        case ast.Attribute(value=ast.Attribute(attr=name), attr="values" | "keys" | "items"):
            return name[0].isupper() and not name.isupper()
        case ast.Attribute(value=ast.Name(id=name), attr="values" | "keys" | "items"):
            return name[0].isupper() and not name.isupper()
        case _:
            return False


def _found(modules: list[Path], read: Callable[[str], list[str]]) -> list[str]:
    return [
        f"{path.relative_to(ROOT)}:{one}"
        for path in modules
        for one in read(path.read_text(encoding="utf-8"))
    ]


@pytest.mark.parametrize("modules", [DECIDERS, ACTING, LAWKIT], ids=["deciders", "acting", "lawkit"])
def test_no_code_contains_a_number_of_the_law(modules: list[Path]) -> None:
    found = _found(modules, numbers_of)
    assert found == [], "name a rule of lawkit, or say `# not the law's: why` on the line"


@pytest.mark.parametrize("modules", [DECIDERS, ACTING], ids=["deciders", "acting"])
def test_no_code_writes_out_a_term_or_a_day_of_the_law(modules: list[Path]) -> None:
    found = _found(modules, words_of)
    assert found == [], "take the words from lawkit, or say `# not the law's: why` on the line"


@pytest.mark.parametrize("modules", [DECIDERS, ACTING], ids=["deciders", "acting"])
def test_no_code_lists_what_the_law_lists(modules: list[Path]) -> None:
    found = _found(modules, lists_of)
    assert found == [], "ask lawkit for the list, or say `# not the law's: why` on one of its lines"


def test_deciders_are_found() -> None:
    assert len(DECIDERS) > len(list(ROOT.glob("services/*")))
    assert ACTING
    assert {"警告", "训诫", "管制", "脱管", "社区矫正告知书"} <= TERMS


@pytest.mark.parametrize(
    "allowed",
    [
        "n = 0",
        "n = -1",
        "n = x[1]",
        "n = x[2]",
        "n = x[:3]",
        "n = True",
        "n = '10'",
        "n = float('inf')",
        '"""10 days"""',
    ],
)
def test_counting_from_nothing_to_one_and_indexes_are_allowed(allowed: str) -> None:
    assert numbers_of(allowed) == []


@pytest.mark.parametrize(
    "number",
    ["10", "-2", "0.5", "f(days=30)", "2j", "int('30')", "Decimal('0.5')", "len('110')", "len((0, 1))"],
)
def test_any_other_number_needs_a_reason(number: str) -> None:
    assert len(numbers_of(f"n = {number}")) == 1
    assert len(numbers_of(f"n = {number}  # not the law's:")) == 1
    assert numbers_of(f"n = {number}  # not the law's: width of a column") == []


@pytest.mark.parametrize("text", ["警告", "给予训诫", "2020-07-01", "社区矫正告知书"])
def test_a_term_or_a_day_of_the_law_needs_a_reason(text: str) -> None:
    assert words_of(f"n = '{text}'")
    assert words_of(f"n = '{text}'  # not the law's: a name on a screen") == []


@pytest.mark.parametrize("text", ["warning", "其他", "请核对裁判主文,管制不适用。"])
def test_other_words_and_sentences_for_people_are_allowed(text: str) -> None:
    assert words_of(f"n = '{text}'") == []
    assert words_of(f'"""警告 {text}"""') == []


@pytest.mark.parametrize(
    "listed",
    [
        "{'reduction.must', 'reduction.probation.exception'}",
        "frozenset({facts.PENALTY_FIXED_TERM, facts.PENALTY_LIFE})",
        "{facts.SUBJECT_KIND_PROBATION: 1, facts.SUBJECT_KIND_PAROLE: 2}",
        "ev.DossierItem.values()",
        "Penalty.items()",
        "('PSB', 'PSB_COUNTY')",
        "['proposal', 'evidence']",
        "'injunction-breach psa-penalised'.split()",
    ],
)
def test_a_list_of_the_laws_own_values_needs_a_reason(listed: str) -> None:
    assert len(lists_of(f"n = {listed}")) == 1
    assert lists_of(f"n = {listed}  # not the law's: a column's order") == []


@pytest.mark.parametrize(
    "other",
    [
        "('due_at', 'occurred_at')",
        "{cmd.WarnRequest: f}",
        "case.leaves.values()",
        "('COURT',)",
        "_DAYS.items()",
    ],
)
def test_other_collections_are_allowed(other: str) -> None:
    assert lists_of(f"n = {other}") == []
