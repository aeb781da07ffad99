"""Scenarios: who the other side is, which decisions it makes, what happens when. docs/reference/scenario.md.

A scenario is data: loading checks everything that can be checked without playing it, and an error names file, place,
what was found and what is wanted.
"""

from __future__ import annotations

import importlib.resources
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from typing import Any, Final, Literal, TypeAlias, cast

import yaml
from eventcore.decider import SHANGHAI

Do: TypeAlias = Literal["push", "call", "expect", "ask"]
Fields: TypeAlias = Mapping[str, Any]

INSTANTS: Final = (time(9), time(12), time(16))
"""At most three instants a day, Asia/Shanghai, so that same-instant acts are few and their order is known."""


class ScenarioError(Exception):
    """A scenario is wrong. The message names file, place, what was found and what is wanted."""


@dataclass(frozen=True, slots=True)
class AgencyEntry:
    """An agency that the scenario names. `kind` is a role of the rule catalogue, `unit` GB/T 2260 digits."""

    code: str
    kind: str
    name_zh: str
    unit: str


@dataclass(frozen=True, slots=True)
class Subject:
    """A person of a scenario: the decision that names the person, and the number there, from 1.

    `message` is the case and number of the act that pushes the decision, as in `exchange: {case, act}`.
    """

    key: str
    title: str
    organ_code: str
    case_number: str
    defendant_number: int
    county: str
    pushed_by: tuple[str, int]


@dataclass(frozen=True, slots=True)
class Expect:
    """What the act is answered with. `accepted` or a refusal's code; `fields` are compared with the answer."""

    outcome: str = "accepted"
    fields: Fields = field(default_factory=dict[str, Any])
    stage: str = ""


@dataclass(frozen=True, slots=True)
class Act:
    """One act. `number` counts the acts of its case from 1; with scenario and case it gives every id.

    message: type and fields of a message that is pushed. call: Service.Method of the platform, with its fields.
    repeat: sent so many times more, with the same id. same_id_as: sent under the id of an earlier act of the case.
    forged: signed with a wrong key.
    """

    scenario: str
    case: str
    number: int
    at: datetime
    do: Do
    principal: str
    target: str
    fields: Fields
    expect: Expect
    repeat: int = 0
    forged: bool = False
    same_id_as: int = 0
    note: str = ""
    invented: bool = False

    @property
    def place(self) -> str:
        """How an error or a report names the act."""
        day = self.at.astimezone(SHANGHAI)
        return f"{self.scenario}/{self.case} #{self.number} {day:%Y-%m-%d %H:%M} {self.do} {self.target}"


@dataclass(frozen=True, slots=True)
class Scenario:
    """A scenario, its acts in order of time and number."""

    name: str
    title: str
    source: str
    credit: str
    agencies: tuple[AgencyEntry, ...]
    cases: Mapping[str, Subject]
    acts: tuple[Act, ...]


def load_text(name: str, text: str) -> Scenario:
    """The scenario of a YAML text; ScenarioError."""
    try:
        root = yaml.load(text, Loader=yaml.CSafeLoader)
    except yaml.YAMLError as e:
        raise ScenarioError(f"{name}: no YAML: {e}") from e
    return _scenario(name, _mapping(root, name))


def official() -> tuple[Scenario, ...]:
    """The official cases, by file name."""
    folder = importlib.resources.files("sandbox") / "scenarios" / "official"
    files = sorted((f for f in folder.iterdir() if f.name.endswith(".yaml")), key=lambda f: f.name)
    return tuple(load_text(f.name.removesuffix(".yaml"), f.read_text(encoding="utf-8")) for f in files)


def county_frame() -> Scenario:
    """Agencies of the synthetic county, without cases; `county` fills them in."""
    file = importlib.resources.files("sandbox") / "scenarios" / "county.yaml"
    return load_text("county", file.read_text(encoding="utf-8"))


def instant(day: date, at: time = INSTANTS[0]) -> datetime:
    """An instant of a day in Asia/Shanghai, as UTC."""
    return datetime.combine(day, at, SHANGHAI).astimezone(UTC)


def _scenario(name: str, root: Mapping[str, Any]) -> Scenario:
    _only(root, name, "title", "source", "credit", "agencies", "cases", "acts")
    agencies = tuple(_agency(a, f"{name}.agencies[{i}]") for i, a in enumerate(_list(root, name, "agencies")))
    cases = {
        key: _subject(key, _mapping(value, f"{name}.cases.{key}"), f"{name}.cases.{key}")
        for key, value in _mapping(root.get("cases") or {}, f"{name}.cases").items()
    }
    counts: dict[str, int] = {}
    acts: list[Act] = []
    for index, value in enumerate(cast("list[object]", root.get("acts") or [])):
        where = f"{name}.acts[{index}]"
        act = _act(name, _mapping(value, where), where, cases, counts)
        if acts and act.at < acts[-1].at:
            raise ScenarioError(f"{where}: got {act.at}, want no earlier than the act before ({acts[-1].at})")
        acts.append(act)
    return Scenario(
        name,
        _text(root, name, "title"),
        _text(root, name, "source"),
        _text(root, name, "credit"),
        agencies,
        cases,
        tuple(acts),
    )


def _agency(value: object, where: str) -> AgencyEntry:
    entry = _mapping(value, where)
    _only(entry, where, "code", "kind", "name_zh", "unit")
    return AgencyEntry(*(_text(entry, where, name) for name in ("code", "kind", "name_zh", "unit")))


def _subject(key: str, entry: Mapping[str, Any], where: str) -> Subject:
    _only(entry, where, "title", "organ_code", "case_number", "defendant_number", "county", "pushed_by")
    number = entry.get("defendant_number", 1)
    by = entry.get("pushed_by", 1)
    if not isinstance(number, int) or not isinstance(by, int):
        raise ScenarioError(f"{where}: got {number!r} and {by!r}, want whole numbers from 1")
    title, organ, case_number, county = (
        _text(entry, where, name) for name in ("title", "organ_code", "case_number", "county")
    )
    return Subject(key, title, organ, case_number, number, county, (key, by))


_ACT_NAMES: Final = (
    "at", "case", "do", "as", "message", "call", "with", "repeat", "forged", "same_id_as", "expect", "note",
    "invented",
)  # fmt: skip


def _act(
    scenario: str, entry: Mapping[str, Any], where: str, cases: Mapping[str, Subject], counts: dict[str, int]
) -> Act:
    _only(entry, where, *_ACT_NAMES)
    case = _text(entry, where, "case")
    if case not in cases:
        raise ScenarioError(f"{where}.case: got {case}, want one of {', '.join(cases)}")
    do = _text(entry, where, "do")
    if do not in ("push", "call", "expect", "ask"):
        raise ScenarioError(f"{where}.do: got {do}, want push, call, expect or ask")
    target = _text(entry, where, "message" if do == "push" else "call")
    if do != "push" and target.count(".") != 1:
        raise ScenarioError(f"{where}.call: got {target}, want service.Method")
    counts[case] = counts.get(case, 0) + 1
    return Act(
        scenario,
        case,
        counts[case],
        _instant(entry.get("at"), f"{where}.at"),
        do,
        _text(entry, where, "as"),
        target,
        _mapping(entry.get("with") or {}, f"{where}.with"),
        _expect(entry.get("expect", "accepted"), f"{where}.expect"),
        repeat=int(entry.get("repeat", 0)),
        forged=bool(entry.get("forged", False)),
        same_id_as=int(entry.get("same_id_as", 0)),
        note=str(entry.get("note", "")),
        invented=bool(entry.get("invented", False)),
    )


def _instant(value: object, where: str) -> datetime:
    if isinstance(value, datetime):
        found = value.replace(tzinfo=SHANGHAI) if value.tzinfo is None else value.astimezone(SHANGHAI)
    elif isinstance(value, date):
        found = datetime.combine(value, INSTANTS[0], SHANGHAI)
    else:
        raise ScenarioError(f"{where}: got {value!r}, want a date or an instant like 2026-03-02 12:00:00")
    if found.time() not in INSTANTS:
        wanted = ", ".join(f"{i:%H:%M}" for i in INSTANTS)
        raise ScenarioError(f"{where}: got {found:%H:%M}, want one of {wanted} (Asia/Shanghai)")
    return found.astimezone(UTC)


def _expect(value: object, where: str) -> Expect:
    if isinstance(value, str):
        word, _, code = value.partition(" ")
        if word == "accepted" and not code:
            return Expect()
        if word == "refused" and code:
            return Expect(code)
        raise ScenarioError(f"{where}: got {value!r}, want accepted, refused CODE or the answer's fields")
    entry = _mapping(value, where)
    stage = str(entry.get("stage", ""))
    return Expect(fields={k: v for k, v in entry.items() if k != "stage"}, stage=stage)


def _mapping(value: object, where: str) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise ScenarioError(f"{where}: got {value!r}, want names with values")
    return cast("Mapping[str, Any]", value)


def _list(entry: Mapping[str, Any], where: str, name: str) -> Sequence[object]:
    value = entry.get(name)
    if not isinstance(value, list):
        raise ScenarioError(f"{where}.{name}: got {value!r}, want a list")
    return cast("list[object]", value)


def _text(entry: Mapping[str, Any], where: str, name: str) -> str:
    value = entry.get(name)
    if not isinstance(value, str) or not value:
        raise ScenarioError(f"{where}.{name}: got {value!r}, want a text")
    return value


def _only(entry: Mapping[str, Any], where: str, *names: str) -> None:
    extra = sorted(set(entry) - set(names))
    if extra:
        raise ScenarioError(f"{where}: got {extra[0]}, want only {', '.join(names)}")
