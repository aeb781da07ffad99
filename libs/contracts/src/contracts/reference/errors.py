"""The refusal codes with their Chinese sentences: docs/reference/errors.md."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import yaml

from contracts.reference import code
from contracts.reference.codes import BY_THE_FACTS, Raised, mentioned, raised, sentences_in_code
from contracts.reference.markdown import GENERATED, table

_HEAD = """# Errors

A refusal carries a stable code (`ErrorInfo.reason`), the rule and article that it rests on, the facts that decided and
a sentence in Chinese (`LocalizedMessage`); `{name}` stands for the fact of that name. Codes never change their
meaning. How each kind of error becomes a gRPC status: `libs/servicekit/src/servicekit/errors.py`.

"""
_OF_MESSAGES = """Codes of *messages* stand in signed receipts (`Refusal`), with field, rule, article and remedy; the
call itself is answered OK.

"""
PLATFORM = "servicekit"


def sentences(package: Path) -> Mapping[str, str]:
    """Chinese sentence of every code that a package knows."""
    file = package / "errors_zh.yaml"
    texts = yaml.safe_load(file.read_text(encoding="utf-8")) if file.is_file() else {}
    return {**(texts or {}), **sentences_in_code(package)}


def packages(root: Path) -> Mapping[str, Path]:
    """Folder of each package that refuses, the platform's own first."""
    own = {PLATFORM: root / "libs" / PLATFORM / "src" / PLATFORM}
    return own | {s: root / "services" / s / "src" / s for s in code.services(root)}


def page(root: Path) -> str:
    """All codes as one page, by service."""
    parts = [GENERATED, _HEAD]
    platform = sentences(packages(root)[PLATFORM])
    for name, package in packages(root).items():
        texts = sentences(package)
        places = mentioned(package, texts) if name == PLATFORM else raised(package)
        rows = [[f"`{c}`", texts[c], *_where(c, places)] for c in sorted(texts)]
        rows += [
            [f"`{c}`", f"as in {PLATFORM}", *_where(c, places)] for c in _borrowed(places, texts, platform)
        ]
        if rows:
            parts.append(f"## {name}\n\n" + (_OF_MESSAGES if sentences_in_code(package) else ""))
            parts.append(table(["Code", "中文", "Rule", "Raised in"], rows) + "\n")
    return "".join(parts).rstrip("\n") + "\n"


def _borrowed(places: list[Raised], texts: Mapping[str, str], platform: Mapping[str, str]) -> list[str]:
    return sorted({p.code for p in places if p.code not in texts and p.code in platform})


def _where(wanted: str, places: list[Raised]) -> tuple[str, str]:
    mine = [p for p in places if p.code == wanted]
    rules = sorted({p.rule for p in mine if p.rule})
    shown = ", ".join(r if r == BY_THE_FACTS else f"`{r}`" for r in rules)
    return shown, ", ".join(f"`{m}`" for m in sorted({p.module for p in mine}))
