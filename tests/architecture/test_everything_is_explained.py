"""Every refusal and every clock in the system can say which rule it rests on, and that rule where it is written.

Issue 4, point 6. The rules are read from the code; what the facts choose among is a rule of the catalogue, and every rule
of the catalogue explains itself.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

import pytest
from contracts import registry
from contracts.reference import errors
from contracts.reference.codes import BY_THE_FACTS, raised
from handoff.domain.refusals import REMEDIES, Finding, refusal
from handoff.reasons import explanation
from lawkit import load_law
from lawkit.why import why

ROOT = Path(__file__).parents[2]
LAW = load_law()
refusals = cache(raised)
# the platform's own codes are of transport, the sandbox is the other side: neither applies the law
PACKAGES = {
    name: path for name, path in errors.packages(ROOT).items() if name not in (errors.PLATFORM, "sandbox")
}
CLOCKS = {"deadline", "watch"}
# what breaks the exchange's contract and no law: the receipt says so (handoff.domain.refusals)
OF_THE_CONTRACT = frozenset({
    "BIRTH_DATE_CONTRADICTS_NUMBER", "DATE_IMPOSSIBLE", "DATES_OUT_OF_ORDER", "DEFENDANT_NUMBER_REPEATED", "FIELD_INVALID", "IDENTITY_NUMBER_INVALID", "IDENTITY_NUMBER_REPEATED",
    "KEY_UNKNOWN", "MESSAGE_ID_REUSED", "MESSAGE_TOO_LARGE", "RULING_CONTRADICTS_ITSELF", "SIGNATURE_INVALID",
    "SIGNATURE_MISSING", "SIGNATURES_TOO_MANY", "UNKNOWN_TYPE", "UNREADABLE_BODY",
})  # fmt: skip


@pytest.mark.parametrize("service", sorted(PACKAGES))
def test_every_refusal_names_a_rule_with_an_article(service: str):
    found = [one for one in refusals(PACKAGES[service]) if one.code not in OF_THE_CONTRACT]
    assert [one for one in found if not one.rule] == []
    assert [one for one in found if one.rule != BY_THE_FACTS and not _explained(one.rule)] == []


def test_every_rule_that_facts_can_choose_explains_itself():
    assert [one for one in LAW.rule_ids if not _explained(one)] == []


@pytest.mark.parametrize("code", sorted(REMEDIES))
def test_every_receipt_of_a_refusal_carries_its_explanation(code: str):
    rules = {one.rule for one in refusals(PACKAGES["handoff"]) if one.code == code}
    assert rules
    for rule in rules - {BY_THE_FACTS}:
        told = explanation(LAW, refusal(LAW, Finding(code, rule=rule)))
        assert told.sentences_zh[0] == f"{code}：{REMEDIES[code]}"
        assert len(told.sentences_zh) > 1
        assert bool(told.rules) is bool(rule)
        assert all(one.articles and one.articles[0].title_zh for one in told.rules)


def test_every_clock_names_a_rule_with_an_article():
    found = {place: rule for path in _processes() for place, rule in _clocks(path)}
    assert found
    assert {place: rule for place, rule in found.items() if rule and not _explained(rule)} == {}
    assert {place for place, rule in found.items() if rule is None} == set()


def test_every_event_rests_on_a_rule_with_an_article():
    assert [name for name in registry.event_types() if not _explained(registry.rule(name))] == []


def _explained(rule: str) -> bool:
    if rule not in LAW.rule_ids:
        return False
    first = why(LAW, rule)
    return bool(first.article_zh and first.sentences)


def _processes() -> list[Path]:
    return sorted(ROOT.glob("services/*/src/*/processes/*.py"))


def _clocks(path: Path) -> Iterator[tuple[str, str | None]]:
    """Each place that starts a clock, with its rule: "" where the event or a table names it, None where nothing does."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    known = {
        target.id: value.value
        for node in tree.body
        if isinstance(node, ast.Assign) and isinstance(value := node.value, ast.Constant)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    for node in ast.walk(tree):
        if not (
            isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in CLOCKS
        ):
            continue
        given = next((one.value for one in node.keywords if one.arg == "rule"), None)
        if given is None and node.func.attr == "watch":
            given = node.args[2]
        place = f"{path.parent.parent.name}/{path.name}:{node.lineno}"
        yield place, None if given is None else _text(given, known)


def _text(node: ast.expr, known: Mapping[str, object]) -> str:
    if isinstance(node, ast.Constant):
        return str(node.value)
    return str(known.get(node.id, "")) if isinstance(node, ast.Name) else ""
