"""Chinese texts take the punctuation of GB/T 15834: full width between Chinese words, whatever the code around it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

# The remedies of refusals stand in events: another comma there would be another history.
RECORDED = ROOT / "services/handoff/src/handoff/domain/refusals.py"

HAN = "\u4e00-\u9fff《》“”（）"
HALF_WIDTH = re.compile(rf"[{HAN}][,;:?!(] ?[{HAN}{{]|[{HAN}}}]\) ?[{HAN}]|\}}[,;:] ?[{HAN}]")


def texts(source: str) -> Iterator[tuple[int, str]]:
    """Line and text of each literal that is neither a docstring nor a raw one (a pattern); `{}` for what is filled in."""
    tree = ast.parse(source)
    told = {id(one.value) for one in ast.walk(tree) if isinstance(one, ast.Expr)}
    parts = {id(part) for one in ast.walk(tree) if isinstance(one, ast.JoinedStr) for part in one.values}
    for node in ast.walk(tree):
        if id(node) in told | parts or not isinstance(node, ast.Constant | ast.JoinedStr):
            continue
        values = node.values if isinstance(node, ast.JoinedStr) else [node]
        said = "".join(str(one.value) if isinstance(one, ast.Constant) else "{}" for one in values)
        if HALF_WIDTH.search(said) and "r" not in _prefix(source, node):
            yield node.lineno, said


def _prefix(source: str, node: ast.expr) -> str:
    return (ast.get_source_segment(source, node) or "").partition(chr(34))[0].lower()


def test_texts_of_the_code_have_chinese_punctuation():
    sources = [*ROOT.glob("libs/*/src/**/*.py"), *ROOT.glob("services/*/src/**/*.py")]
    assert len(sources) > 300
    assert [
        f"{path.relative_to(ROOT)}:{line}: {said}"
        for path in sources
        if path != RECORDED and not path.name.endswith("_pb2.py")
        for line, said in texts(path.read_text(encoding="utf-8"))
    ] == []


def test_sentences_of_refusals_have_chinese_punctuation():
    files = [*ROOT.glob("*/*/src/*/errors_zh.yaml")]
    assert len(files) > 5
    assert [
        f"{path.relative_to(ROOT)}: {line}"
        for path in files
        for line in path.read_text(encoding="utf-8").splitlines()
        if HALF_WIDTH.search(line.partition(": ")[2])
    ] == []


@pytest.mark.parametrize(
    "said", ["未找到,或不在", "已结束(未成年)", "共 {n}, 已用", "规则: 一", "请核对;以新的"]
)
def test_half_width_between_chinese_is_found(said: str):
    assert HALF_WIDTH.search(said)


@pytest.mark.parametrize(
    "said", ["{name}:{line}", "未找到，或不在", "CCL 27, 28", "缓刑, id or code", "24:00 前"]
)
def test_codes_and_numbers_keep_theirs(said: str):
    assert not HALF_WIDTH.search(said)
