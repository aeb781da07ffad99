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
from contracts.registry import is_event, methods
from corrections.handoff.v1 import messages_pb2 as msg
from eventcore.decider import SHANGHAI

from sandbox.ids import act_id

Do: TypeAlias = Literal["push", "call", "expect"]
Fields: TypeAlias = Mapping[str, Any]

INSTANTS: Final = (time(9), time(12), time(16))
"""At most three instants a day, Asia/Shanghai, so that same-instant acts are few and their order is known."""


ACCEPTED: Final = "accepted"
HELD: Final = "held"

PUSHED: Final = frozenset(
    t.DESCRIPTOR.full_name
    for t in (
        msg.Judgment,
        msg.RevocationRuling,
        msg.ReductionRuling,
        msg.TemporaryServiceRenewal,
        msg.ReimprisonmentDecision,
        msg.TermRecalculation,
        msg.FoundNotice,
        msg.CorrectionOpinion,
    )
)
"""Messages that agencies send, full protobuf names."""


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

    pushed_by: case and label of the act that pushes the decision; with its sender it gives the case id.
    """

    key: str
    title: str
    organ_code: str
    case_number: str
    defendant_number: int
    county: str
    pushed_by: tuple[str, str]


@dataclass(frozen=True, slots=True)
class Expect:
    """What the act is answered with: accepted, held, or a refusal's code; `fields` are compared with the answer."""

    outcome: str = ACCEPTED
    fields: Fields = field(default_factory=dict[str, Any])


@dataclass(frozen=True, slots=True)
class Act:
    """One act. Scenario, case and label give every id; the label is the act's number in its case, from 1, or a name.

    push: `target` is a message of handoff that an agency sends. call: `target` is service.Method. expect: `target` is
    a service.Method that reads, or service.Event whose last one in the case is compared.
    repeat: sent so many times more under the same id. same_id_as: sent under the id of another act of the case.
    forged: signed with a wrong key. invented: the public text of the case does not state it.
    """

    scenario: str
    case: str
    label: str
    at: datetime
    do: Do
    principal: str
    target: str
    fields: Fields
    expect: Expect = Expect()
    repeat: int = 0
    forged: bool = False
    same_id_as: str = ""
    note: str = ""
    invented: bool = False

    @property
    def id(self) -> str:
        """Message id or request id."""
        return act_id(self.scenario, self.case, self.same_id_as or self.label)

    @property
    def reads_event(self) -> bool:
        """True when an event is compared and not an answer."""
        return self.do == "expect" and not self.principal

    @property
    def place(self) -> str:
        """How an error or a report names the act."""
        day = self.at.astimezone(SHANGHAI)
        return f"{self.scenario}/{self.case} #{self.label} {day:%Y-%m-%d %H:%M} {self.do} {self.target}"


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
    if not isinstance(number, int) or number < 1:
        raise ScenarioError(f"{where}.defendant_number: got {number!r}, want a whole number from 1")
    title, organ, case_number, county = (
        _text(entry, where, name) for name in ("title", "organ_code", "case_number", "county")
    )
    return Subject(key, title, organ, case_number, number, county, (key, str(entry.get("pushed_by", "1"))))


_ACT_NAMES: Final = (
    "at", "case", "label", "do", "as", "message", "call", "event", "with", "repeat", "forged", "same_id_as", "expect",
    "note", "invented",
)  # fmt: skip


def _act(
    scenario: str, entry: Mapping[str, Any], where: str, cases: Mapping[str, Subject], counts: dict[str, int]
) -> Act:
    _only(entry, where, *_ACT_NAMES)
    case = _text(entry, where, "case")
    if case not in cases:
        raise ScenarioError(f"{where}.case: got {case}, want one of {', '.join(cases)}")
    do = _text(entry, where, "do")
    if do not in ("push", "call", "expect"):
        raise ScenarioError(f"{where}.do: got {do}, want push, call or expect")
    counts[case] = counts.get(case, 0) + 1
    fields = _mapping(entry.get("with") or {}, f"{where}.with")
    return Act(
        scenario,
        case,
        str(entry.get("label", counts[case])),
        _instant(entry.get("at"), f"{where}.at"),
        do,
        "" if "event" in entry else _text(entry, where, "as"),
        _target(entry, do, where),
        {name: _plain(value) for name, value in fields.items()},
        _expect(entry.get("expect", ACCEPTED), f"{where}.expect"),
        repeat=int(entry.get("repeat", 0)),
        forged=bool(entry.get("forged", False)),
        same_id_as=str(entry.get("same_id_as", "")),
        note=str(entry.get("note", "")),
        invented=bool(entry.get("invented", False)),
    )


def _target(entry: Mapping[str, Any], do: Do, where: str) -> str:
    """The message, method or event of an act; ScenarioError when the contracts have none."""
    if do == "push":
        name = _text(entry, where, "message")
        if f"corrections.handoff.v1.{name}" not in PUSHED:
            raise ScenarioError(f"{where}.message: got {name}, want a message of an agency, like Judgment")
        return name
    kind = "event" if do == "expect" and "event" in entry else "call"
    name = _text(entry, where, kind)
    service, _, short = name.partition(".")
    if kind == "event":
        if not is_event(f"corrections.{service}.v1.{short}"):
            raise ScenarioError(f"{where}.event: got {name}, want service.Event of the catalogue")
    elif method_path(name) not in methods():
        raise ScenarioError(f"{where}.call: got {name}, want service.Method of the contracts")
    return name


def method_path(target: str) -> str:
    """Path of an RPC: intake.GetCase is "/corrections.intake.v1.IntakeService/GetCase"."""
    service, _, method = target.partition(".")
    return f"/corrections.{service}.v1.{service.capitalize()}Service/{method}"


def _plain(value: object) -> Any:
    """The value as the proto's JSON mapping writes it: days and instants are texts."""
    if isinstance(value, datetime):
        at = value.replace(tzinfo=SHANGHAI) if value.tzinfo is None else value
        return at.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, dict):
        return {name: _plain(one) for name, one in cast("dict[str, object]", value).items()}
    if isinstance(value, list):
        return [_plain(one) for one in cast("list[object]", value)]
    return value


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
        if word in (ACCEPTED, HELD) and not code:
            return Expect(word)
        if word == "refused" and code:
            return Expect(code)
        raise ScenarioError(
            f"{where}: got {value!r}, want accepted, held, refused CODE or the answer's fields"
        )
    return Expect(fields={k: _plain(v) for k, v in _mapping(value, where).items()})


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
