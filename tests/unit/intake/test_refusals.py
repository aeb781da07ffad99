"""Every refusal of intake has a Chinese sentence, and every sentence a refusal."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
import yaml
from lawkit import load_law

PACKAGE = Path(__file__).parents[3] / "services" / "intake" / "src" / "intake"
TEXTS: dict[str, str] = yaml.safe_load((PACKAGE / "errors_zh.yaml").read_text(encoding="utf-8"))


def codes() -> set[str]:
    """Codes raised, and the codes of tables that name them by rule."""
    found: set[str] = set()
    for path in PACKAGE.glob("domain/*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Refused":
                found |= {
                    a.value for a in node.args if isinstance(a, ast.Constant) and isinstance(a.value, str)
                }
            if isinstance(node, ast.Dict):
                values = [v.value for v in node.values if isinstance(v, ast.Constant)]
                found |= {v for v in values if isinstance(v, str) and v.startswith("GROUP_LACKS")}
    return found


def test_each_refusal_has_its_sentence_and_each_sentence_its_refusal():
    assert codes() == set(TEXTS)


@pytest.mark.parametrize("code", sorted(TEXTS))
def test_a_sentence_cites_the_article(code: str):
    assert "{article}" in TEXTS[code]


@pytest.mark.parametrize("rule_id", ["group.woman-member", "minor.group-expert", "release.conditions"])
def test_rules_that_tables_name_exist(rule_id: str):
    assert load_law().rule(rule_id).id == rule_id
