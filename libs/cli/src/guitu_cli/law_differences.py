"""What changes when the same acts are judged by another law: outcomes and deadlines, compared and counted. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta

from contracts import registry
from corrections.common.v1.common_pb2 import LawRef
from eventcore import meta
from eventcore.decider import SHANGHAI
from eventcore.event import Event
from eventcore.replay import Outcome, Replay, unsealed
from google.protobuf.message import Message
from google.protobuf.timestamp_pb2 import Timestamp
from lawkit import Law
from lawkit.errors import LawError

NOTHING = "—"
_DEADLINE, _REFUSED, _POSSIBLE = "clock/", "refused/", "possible/"


@dataclass(frozen=True, slots=True)
class Laws:
    """The law in force here and the draft."""

    today: Law
    draft: Law


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that the draft would change. tasks: one more, one less, or none of either."""

    case: str
    day: date
    rule: str
    rule_zh: str
    what: str
    was: str
    becomes: str
    article: str
    deadline: bool
    tasks: int


@dataclass
class Summary:
    """What a whole replay comes to. unlike: cases whose record today's law does not lead to."""

    cases: int = 0
    outcomes: int = 0
    deadlines: int = 0
    more: Counter[str] = field(default_factory=Counter[str])
    less: Counter[str] = field(default_factory=Counter[str])
    unlike: list[str] = field(default_factory=list[str])

    def add(self, changes: Iterable[Change]) -> None:
        """The case with these changes is counted."""
        self.cases += 1
        for one in changes:
            self.deadlines += one.deadline
            self.outcomes += not one.deadline
            self.more[one.rule] += one.tasks > 0
            self.less[one.rule] += one.tasks < 0

    @property
    def workload(self) -> list[tuple[str, int, int]]:
        """Rule, tasks more, tasks less; only rules that have either."""
        rules = sorted(self.more.keys() | self.less.keys())
        return [(r, self.more[r], self.less[r]) for r in rules if self.more[r] or self.less[r]]


def changes(
    case_id: str,
    today: Sequence[Outcome],
    draft: Sequence[Outcome],
    laws: Laws,
    *,
    days: tuple[date, date],
    echoes: Collection[str],
) -> list[Change]:
    """What differs between the outcomes of one case, of facts of those days, both included; by day, then by rule."""
    before, after = {o.key: o for o in today}, {o.key: o for o in draft}
    found: list[Change] = []
    for key in before.keys() | after.keys():
        was, becomes = before.get(key), after.get(key)
        known = becomes or was
        if known is None or known.kind in echoes or _same(was, becomes):
            continue
        if not any(days[0] <= _day(one) <= days[1] for one in (was, becomes) if one):
            continue
        found.append(_change(case_id, was, becomes, known, laws))
    return sorted(found, key=lambda c: (c.day, c.rule, c.what, c.was, c.becomes))


def unlike(recorded: Iterable[Event], today: Iterable[Event], services: Mapping[str, Replay]) -> list[str]:
    """How the record differs from what today's law leads to: `+` an event not recorded, `-` one not reproduced."""
    kept = Counter(map(_line, (e for e in recorded if type(e.data) not in services[e.service].apart)))
    made = Counter(map(_line, today))
    return sorted(
        [f"+ {_told_of(one)}" for one in made - kept] + [f"- {_told_of(one)}" for one in kept - made]
    )


_Line = tuple[datetime, str, str, bytes]


def _line(event: Event) -> _Line:
    content = unsealed(event.data).SerializeToString(deterministic=True)
    return event.occurred_at, event.service, event.type, content


def _told_of(line: _Line) -> str:
    at, service, kind, content = line
    data = str(registry.event_types()[kind].FromString(content)).replace("\n", ", ")
    return f"{instant_zh(at)} {service} {kind.rpartition('.')[2]} {data}"


def _same(was: Outcome | None, becomes: Outcome | None) -> bool:
    if was is None or becomes is None:
        return False
    one, other = was.found, becomes.found
    if isinstance(one, Message) and isinstance(other, Message):
        return was.occurred_at == becomes.occurred_at and (one == other or unsealed(one) == unsealed(other))
    return one == other


def _change(case_id: str, was: Outcome | None, becomes: Outcome | None, known: Outcome, laws: Laws) -> Change:
    law = laws.draft if becomes else laws.today
    day = min(_day(one) for one in (was, becomes) if one)
    fields, rule = _differing(was, becomes), _rule(known, law)
    return Change(
        case=case_id,
        day=day,
        rule=rule,
        rule_zh=_title(law, rule),
        what=_what(known, rule, law),
        was=_shown(was, fields),
        becomes=_shown(becomes, fields),
        article=_article(law, rule, _day(known)),
        deadline=known.kind.startswith(_DEADLINE),
        tasks=(becomes is not None) - (was is not None),
    )


def _day(one: Outcome) -> date:
    return one.occurred_at.astimezone(SHANGHAI).date()


def _title(law: Law, rule: str) -> str:
    try:
        return law.rule(rule).title_zh if rule else ""
    except LawError:
        return ""


def _rule(known: Outcome, law: Law) -> str:
    if isinstance(known.found, Message):
        return meta.basis_of_the_day(known.found, law, known.occurred_at)
    return known.rule


def _article(law: Law, rule: str, day: date) -> str:
    try:
        return law.article_zh(rule, day) if rule else ""
    except LawError:
        return ""


def _what(known: Outcome, rule: str, law: Law) -> str:
    kind = known.kind
    if kind.startswith(_DEADLINE):
        return f"期限：{_title(law, rule) or kind.removeprefix(_DEADLINE)}"
    if kind.startswith(_REFUSED):
        return f"不准：{_act(kind.removeprefix(_REFUSED))}"
    if kind.startswith(_POSSIBLE):
        return f"可以：{_act(kind.removeprefix(_POSSIBLE))}"
    return registry.title_zh(kind)


def _act(name: str) -> str:
    """What was to be done, by the title of its event; a process's request has only its name."""
    if name in registry.events():
        return registry.title_zh(name).replace("已", "")
    return name.rpartition(".")[2].removesuffix("Request")


def _differing(was: Outcome | None, becomes: Outcome | None) -> frozenset[str] | None:
    """Fields that differ; None where all are told."""
    if was is None or becomes is None:
        return None
    one, other = was.found, becomes.found
    if not isinstance(one, Message) or not isinstance(other, Message):
        return None
    names = (f.name for f in one.DESCRIPTOR.fields)
    return frozenset(name for name in names if getattr(one, name) != getattr(other, name))


def _shown(one: Outcome | None, fields: Collection[str] | None) -> str:
    if one is None:
        return NOTHING
    if isinstance(one.found, datetime):
        return instant_zh(one.found)
    if isinstance(one.found, str):
        return one.found
    told = [*_told(unsealed(one.found), fields)]
    day = [_day(one).isoformat()] if fields is None or not told else []
    return " ".join([*day, *told])


def _told(content: Message, fields: Collection[str] | None) -> Iterator[str]:
    for descriptor in content.DESCRIPTOR.fields:
        name, value = descriptor.name, getattr(content, descriptor.name)
        if fields is not None and name not in fields:
            continue
        if fields is None and (descriptor.is_repeated or _empty(value)):
            continue
        yield f"{_NAMES.get(name, name)}={_text(value, descriptor.enum_type)}"


def _empty(value: object) -> bool:
    return not value.ByteSize() if isinstance(value, Message) else not value


def _text(value: object, enum: object) -> str:
    names = getattr(enum, "values_by_number", {})
    if isinstance(value, int) and value in names:
        return names[value].name
    if isinstance(value, LawRef):
        return f"{value.article}({value.rule})"
    if isinstance(value, Timestamp):
        return instant_zh(value.ToDatetime(UTC))
    return str(value).strip().replace("\n", ", ")


def instant_zh(instant: datetime) -> str:
    """In Asia/Shanghai; midnight is 24:00 of the day that it ends."""
    local = instant.astimezone(SHANGHAI)
    if local.time() == time():
        return f"{local.date() - timedelta(days=1)} 24:00"
    return local.strftime("%Y-%m-%d %H:%M")


_NAMES = {
    "days_late": "迟到天数",
    "days_over": "逾期天数",
    "due_date": "期限日",
    "end_date": "届满日",
    "to_date": "最后一日",
    "from_date": "首日",
    "approver": "批准人",
    "measure": "措施",
    "ground": "依据",
    "law": "条文",
    "ruling_due": "裁定期限",
    "reply_due": "答复期限",
    "hours": "小时",
}
