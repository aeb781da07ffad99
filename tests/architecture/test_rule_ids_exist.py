"""A rule named in code is a rule of the catalogue: a misspelt id would only show when the law is asked."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from lawkit import load_law

ROOT = Path(__file__).parents[2]
LAW = load_law()
ASKED_BY_ID = {
    "rule", "due", "due_after", "threshold", "article_zh", "in_force", "setting", "due_by_setting", "versions",
    "adopted", "law_ref",
}  # fmt: skip
CODE = [
    *ROOT.glob("services/*/src/*/**/*.py"),
    *ROOT.glob("libs/lawkit/src/**/*.py"),
    *ROOT.glob("libs/servicekit/src/**/*.py"),
    *ROOT.glob("libs/eventcore/src/**/*.py"),
]
OPTION = re.compile(r'\brules?\s*:\s*"([^"]+)"')
# what the ids of the catalogue begin with: a literal that begins so and has the shape of an id is meant as one
AREAS = {one.partition(".")[0] for one in (*LAW.rule_ids, *LAW.setting_ids)} | {"forbid", "trap", "doc", "tr"}
SHAPE = re.compile(r"[a-z]+(?:\.[a-z0-9]+(?:-[a-z0-9]+)*)+")
# names of services and of their parts have the same shape
NOT_IDS = re.compile(r".*\.(?:v\d+|events|commands|py|json|yaml|sql|main|domain|key|pem)(?:\..*)?")


def known_ids() -> frozenset[str]:
    """Every id of the catalogue, of whatever group."""
    file = LAW.catalogue
    groups = (file.forbidden_features, file.traps, file.documents, file.transitions, file.approvals)
    others = {record.id for group in groups for record in group}
    table = {file.quarterly_assessment.id, *(row.id for row in file.quarterly_assessment.rows)}
    return frozenset({*LAW.rule_ids, *LAW.setting_ids, *others, *table})


KNOWN = known_ids()


def ids_named(source: str) -> set[str]:
    """The literal ids in `rule="…"`, in the calls of a Law's questions, and the texts that have an id's shape."""
    tree = ast.parse(source)
    named = {text for node in ast.walk(tree) if isinstance(node, ast.Call) for text in _asked(node)}
    texts = {n.value for n in ast.walk(tree) if isinstance(n, ast.Constant) and isinstance(n.value, str)}
    shaped = {
        t for t in texts if SHAPE.fullmatch(t) and t.partition(".")[0] in AREAS and not NOT_IDS.match(t)
    }
    return {one for one in named if "." in one} | shaped


def _asked(call: ast.Call) -> Iterator[str]:
    candidates = [keyword.value for keyword in call.keywords if keyword.arg in {"rule", "rule_id"}]
    if isinstance(call.func, ast.Attribute) and call.func.attr in ASKED_BY_ID:
        candidates += call.args[:1]
    for one in candidates:
        if isinstance(one, ast.Constant) and isinstance(one.value, str):
            yield one.value


def test_every_rule_named_in_code_exists() -> None:
    unknown = {
        f"{path.relative_to(ROOT)}: {rule_id}"
        for path in CODE
        for rule_id in ids_named(path.read_text(encoding="utf-8"))
        if rule_id not in KNOWN
    }
    assert unknown == set()


def test_every_rule_named_in_the_contracts_exists() -> None:
    unknown = {
        f"{path.relative_to(ROOT)}: {rule_id}"
        for path in ROOT.glob("protos/**/*.proto")
        for rule_id in OPTION.findall(path.read_text(encoding="utf-8"))
        if rule_id not in KNOWN
    }
    assert unknown == set()


def test_a_misspelt_rule_is_seen() -> None:
    source = 'law.due("intake.report.deadlin", day)\nRefused("X", rule="group.woman-membr")\nLADDER = "leave.retrn"'
    assert not ids_named(source) & KNOWN
    assert len(ids_named(source)) == 3
