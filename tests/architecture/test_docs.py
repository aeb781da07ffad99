"""Documents tell the truth: links and commands lead somewhere, excerpts are the code as it is, variables are documented."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from guitu_cli.main import app
from typer.core import TyperGroup

from tests.commands import tree

ROOT = Path(__file__).parents[2]
TOPS = ("docs", "libs", "services", "deploy", "protos", "tests")
PAGES = sorted([*ROOT.glob("*.md"), *(p for top in TOPS for p in ROOT.glob(f"{top}/**/*.md"))])
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


def code(page: Path) -> list[str]:
    """Lines of the page's code blocks, and its code spans."""
    text = page.read_text(encoding="utf-8")
    blocks = re.findall(r"```\w*\n(.*?)```", text, re.S)
    spans = re.findall(r"`([^`\n]+)`", re.sub(r"```.*?```", "", text, flags=re.S))
    return [line for block in blocks for line in block.replace("\\\n", " ").splitlines()] + spans


def unknown(line: str) -> list[str]:
    """Words and options of a `guitu …` line that the command line does not have."""
    here = tree(app)
    wrong: list[str] = []
    for word in line.split("#")[0].split(" | ")[0].split():
        if word.startswith("--"):
            known = {name for parameter in here.params for name in parameter.opts}
            wrong += [] if word.split("=")[0] in known | {"--help"} else [f"{here.name} {word}"]
        elif isinstance(here, TyperGroup):
            found = [here.commands.get(name) for name in word.split("|")]
            if None in found:
                return [*wrong, f"{here.name} {word}"]
            here = found[0] or here
    return wrong


@pytest.mark.parametrize("page", PAGES, ids=lambda p: str(p.relative_to(ROOT)))
def test_every_command_in_a_document_exists(page: Path):
    lines = [found for line in code(page) for found in re.findall(r"(?:^|[\s/])guitu (\S.*)", line)]
    assert [wrong for line in lines for wrong in unknown(line)] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda p: str(p.relative_to(ROOT)))
def test_every_make_target_in_a_document_exists(page: Path):
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    known = set(re.findall(r"^([a-z][-a-z0-9]*):", makefile, re.M))
    named = {found for line in code(page) for found in re.findall(r"(?:^|\s)make ([a-z][-a-z0-9]*)", line)}
    assert sorted(named - known) == []


def test_every_page_can_be_found_from_the_first():
    index, seen = ROOT / "docs" / "index.md", set[Path]()
    left = [index]
    while left:
        page = left.pop()
        seen.add(page)
        targets = [(page.parent / t).resolve() for t, _ in LINK.findall(prose(page)) if t.endswith(".md")]
        left += [t for t in targets if t in PAGES and t not in seen]
    assert [str(p.relative_to(ROOT)) for p in PAGES if p.is_relative_to(index.parent) and p not in seen] == []


def heading(title: str) -> str:
    """The anchor that a heading gets."""
    return re.sub(r"[^\w\- ]", "", title.strip().lower()).replace(" ", "-")


@pytest.mark.parametrize("page", PAGES, ids=lambda p: str(p.relative_to(ROOT)))
def test_every_anchor_leads_to_a_heading(page: Path):
    wrong: list[str] = []
    for target, anchor in LINK.findall(prose(page)):
        there = page.parent / target if target else page
        if anchor and there.suffix == ".md":
            titles = re.findall(r"^#+ (.+)$", there.read_text(encoding="utf-8"), re.M)
            wrong += [] if anchor[1:] in map(heading, titles) else [f"{target}{anchor}"]
    assert wrong == []
