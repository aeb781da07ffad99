"""A rule named in code is a rule of the catalogue: a misspelt id would only show when the law is asked."""

import ast
from pathlib import Path

from lawkit import load_law

ROOT = Path(__file__).parents[2]
LAW = load_law()
ASKED_BY_ID = {"rule", "due", "threshold", "article_zh", "in_force", "setting", "due_by_setting"}


def ids_named(source: str) -> set[str]:
    """The literal ids in `rule="…"` and in the calls of a Law's questions."""
    named: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        candidates = [keyword.value for keyword in node.keywords if keyword.arg in {"rule", "rule_id"}]
        if isinstance(node.func, ast.Attribute) and node.func.attr in ASKED_BY_ID:
            candidates += node.args[:1]
        named |= {c.value for c in candidates if isinstance(c, ast.Constant) and isinstance(c.value, str)}
    return {one for one in named if "." in one}


def known(rule_id: str) -> bool:
    """Whether the catalogue has it, as a rule or as a setting."""
    return rule_id in LAW.rule_ids or rule_id in LAW.setting_ids


def test_every_rule_named_in_services_and_lawkit_exists() -> None:
    modules = [*ROOT.glob("services/*/src/*/**/*.py"), *ROOT.glob("libs/lawkit/src/**/*.py")]
    unknown = {
        f"{path.relative_to(ROOT)}: {rule_id}"
        for path in modules
        for rule_id in ids_named(path.read_text(encoding="utf-8"))
        if not known(rule_id)
    }
    assert unknown == set()


def test_a_misspelt_rule_is_seen() -> None:
    source = 'law.due("intake.report.deadlin", day)\nRefused("X", rule="group.woman-membr")'
    assert not any(map(known, ids_named(source)))
    assert len(ids_named(source)) == 2
