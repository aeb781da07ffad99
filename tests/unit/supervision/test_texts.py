"""Each refusal of supervision has its Chinese sentence, and no sentence is left over."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import cast

import supervision
import yaml

PACKAGE = Path(supervision.__file__).parent


def codes() -> set[str]:
    found: set[str] = set()
    for path in (PACKAGE / "domain").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Refused":
                found.add(cast("str", cast("ast.Constant", node.args[0]).value))
    return found


def test_every_refusal_has_a_chinese_sentence_and_the_other_way_round():
    texts = yaml.safe_load((PACKAGE / "errors_zh.yaml").read_text(encoding="utf-8"))
    assert set(texts) == codes()
