"""Law cases that a legal officer can read and check: 前提、动作、结果、依据. One runner for all services.

A file `<service>.yaml` or `<service>-<stream>.yaml` names its decider and holds cases. An event is written as `day Chinese title: content`, an act
as the name of its RPC; contents are the contracts' fields. `默认` gives contents that are not repeated. A day without
a time is 09:00 in Asia/Shanghai.
"""

from __future__ import annotations

import ast
import importlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import pytest
import yaml
from contracts import registry
from eventcore.decider import Claim, Decider, On, Release, free_text
from eventcore.testing import Result, Scenario, instant, scenario
from google.protobuf.json_format import MessageToDict, ParseDict
from google.protobuf.message import Message
from lawkit import load_law

ROOT = Path(__file__).parents[2]
FILES = sorted(Path(__file__).parent.glob("*.yaml"))
LAW = load_law()
NOTHING = "无变化"


@dataclass(frozen=True)
class Book:
    """One file: the decider of a service, what its events hold by default, its cases."""

    service: str
    decider: Decider[Any]
    defaults: dict[str, dict[str, Any]]
    cases: list[dict[str, Any]]

    @classmethod
    def read(cls, path: Path) -> Book:
        """The book of a file. The dates of YAML stay text."""
        raw = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)
        module, name = raw["决策"].split(":")
        decider = getattr(importlib.import_module(module), name)
        return cls(path.stem.split("-")[0], decider, raw.get("默认", {}), raw["案例"])

    def event(self, written: str, content: Any, *, whole: bool) -> tuple[str | None, Message]:
        """Day and event of `day title: content`; `whole` leaves the defaults out."""
        day, _, title = written.rpartition(" ")
        names = [n for n, e in registry.events().items() if e.title_zh == title and f".{self.service}." in n]
        assert len(names) == 1, f"{title}: got {names}, want one event of {self.service}"
        fields = {**({} if whole else self.defaults.get(title, {})), **(content or {})}
        return day or None, parsed(registry.event_types()[names[0]](), fields)

    def request(self, name: str, content: Any) -> Message:
        """The request of an RPC, a message that the server prepares, or one of an agency."""
        fields = {**self.defaults.get(name, {}), **(content or {})}
        package = f"corrections.{self.service}.v1."
        for path, method in registry.methods().items():
            if path.startswith(f"/{package}") and path.endswith(f"/{name}"):
                return parsed(method.request(), fields)
        modules = [importlib.import_module(f"{package}prepared_pb2")]
        if not hasattr(modules[0], name):
            modules.append(importlib.import_module(f"{package}messages_pb2"))
        return parsed(getattr(modules[-1], name)(), fields)


def parsed(message: Message, fields: dict[str, Any]) -> Message:
    """The message with these fields of its contract."""
    return ParseDict(typed(message, fields), message)


def typed(message: Message, fields: dict[str, Any]) -> dict[str, Any]:
    """YAML text as the JSON mapping wants it: only true and false are no text there, and free text is to be sealed."""
    known = message.DESCRIPTOR.fields_by_name
    return {k: said(v) if k in known and registry.personal(known[k]) else plain(v) for k, v in fields.items()}


def plain(value: Any) -> Any:
    """true and false are no text, however deep they stand."""
    if isinstance(value, list):
        return [plain(one) for one in cast("list[Any]", value)]
    if isinstance(value, dict):
        return {key: plain(one) for key, one in cast("dict[str, Any]", value).items()}
    return {"true": True, "false": False}.get(value, value) if isinstance(value, str) else value


def said(value: Any) -> Any:
    """Free text about a person, as a decider returns it; a sealed field that the YAML writes out stays."""
    if isinstance(value, list):
        return [said(one) for one in cast("list[Any]", value)]
    return MessageToDict(free_text(value)) if isinstance(value, str) else value


BOOKS = [Book.read(path) for path in FILES]
CASES = [
    pytest.param(book, case, id=f"{book.service}: {case['名称']}") for book in BOOKS for case in book.cases
]


def told(book: Book, case: dict[str, Any]) -> Scenario[Any]:
    """The trial that 前提 and 动作 describe."""
    trial = scenario(book.decider)
    for item in case.get("前提", []):
        for written, content in item.items():
            day, event = book.event(written, content, whole=False)
            trial = trial.given((day, event) if day else event)
    act = case["动作"]
    return trial.at(act["时间"]).by(act.get("角色", "COUNTY_CCI"), act.get("单位", "330203"))


def shown(item: object) -> tuple[str, dict[str, Any]] | None:
    """Type and content of an event of a decision; claims are the store's business."""
    event = item.event if isinstance(item, On) else item
    if isinstance(event, Claim | Release):
        return None
    message = cast("Message", event)
    return message.DESCRIPTOR.full_name, MessageToDict(message, preserving_proto_field_name=True)


def check(book: Book, case: dict[str, Any], result: Result) -> None:
    """The result is the one that 结果 describes."""
    want = case["结果"]
    rule = case["依据"]["规则"]
    if isinstance(want, dict) and "退回" in want:
        result.refused(want["退回"], rule=rule)
    elif isinstance(want, dict) and "字段有误" in want:
        result.invalid(want["字段有误"])
    elif want == "查无此案":
        result.not_found()
    else:
        assert result.error is None, result.error
        decision = list(result.decision or ())
        expected = (
            [] if want == NOTHING else [book.event(k, v, whole=True) for i in want for k, v in i.items()]
        )
        assert [s for s in map(shown, decision) if s] == [shown(event) for _, event in expected]
        events = [i for i in decision if isinstance(i, On | Message)]
        for (day, _), got in zip(expected, events, strict=True):
            assert day is None or (isinstance(got, On) and got.occurred_at == instant(day)), (
                f"{got}, want {day}"
            )


@pytest.mark.parametrize(("book", "case"), CASES)
def test_law_case(book: Book, case: dict[str, Any]):
    act = case["动作"]
    check(book, case, told(book, case).when(book.request(act["办理"], act.get("内容"))))


@pytest.mark.parametrize(("book", "case"), CASES)
def test_the_article_cited_is_where_the_rule_is_written(book: Book, case: dict[str, Any]):
    basis = case["依据"]
    written = {
        LAW.article_zh(basis["规则"]),
        LAW.article_zh(basis["规则"], LAW.rule(basis["规则"]).in_force_from),
    }
    assert basis["条文"] in written, written


@pytest.mark.parametrize("book", BOOKS, ids=lambda book: book.service)
def test_each_rule_that_refuses_has_a_case(book: Book):
    told_rules = {case["依据"]["规则"] for case in book.cases}
    named: set[str] = set()
    for path in (ROOT / "services" / book.service / "src" / book.service / "domain").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.keyword) and node.arg == "rule" and isinstance(node.value, ast.Constant):
                named.add(cast("str", node.value.value))
    assert named <= told_rules, named - told_rules
