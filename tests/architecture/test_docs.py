"""Documents tell the truth: links lead somewhere, excerpts are the code as it is, variables are documented."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
LINK = re.compile(r"\]\((?!https?:|mailto:)([^)#\s]*)(#[^)\s]*)?\)")
EXCERPT = re.compile(r"\[`[^`]+`\]\(([^)]+)\)\n\n```\w+\n(.*?)```", re.S)
TUTORIAL = ROOT / "docs" / "tutorial" / "follow-one-command.md"
VARIABLE = re.compile(r"\bGUITU_[A-Z_]+[A-Z]\b")


def prose(page: Path) -> str:
    """A page without its code."""
    return re.sub(r"```.*?```|`[^`\n]*`", "", page.read_text(encoding="utf-8"), flags=re.S)


@pytest.mark.parametrize("page", PAGES, ids=lambda p: str(p.relative_to(ROOT)))
def test_every_link_leads_to_a_file(page: Path):
    targets = [target for target, _ in LINK.findall(prose(page)) if target]
    assert [t for t in targets if not (page.parent / t).exists()] == []


@pytest.mark.parametrize(("target", "excerpt"), EXCERPT.findall(TUTORIAL.read_text(encoding="utf-8")))
def test_an_excerpt_is_the_code_as_it_is(target: str, excerpt: str):
    assert excerpt in (TUTORIAL.parent / target).read_text(encoding="utf-8")


def test_every_variable_of_the_environment_is_documented():
    page = (ROOT / "docs" / "reference" / "settings.md").read_text(encoding="utf-8")
    modules = [*ROOT.glob("libs/*/src/**/*.py"), *ROOT.glob("services/*/src/**/*.py")]
    named = {v for m in modules for v in VARIABLE.findall(m.read_text(encoding="utf-8"))}
    assert sorted(v for v in named if f"`{v}`" not in page) == []
