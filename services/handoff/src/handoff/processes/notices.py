"""Which agency hears of which event (notices.yaml). 社区矫正法 第二十条、第三十条、第四十四条; 实施办法 第三十二条、第五十三条.

Events of supervision may come before intake's word that the case exists: then they wait for it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.resources import files
from uuid import UUID, uuid5

import yaml
from contracts import registry
from corrections.common.v1 import facts_pb2 as facts
from corrections.common.v1.common_pb2 import LawRef
from corrections.handoff.v1 import service_pb2 as cmd
from corrections.handoff.v1.messages_pb2 import Fact
from corrections.intake.v1 import events_pb2 as intake
from eventcore import meta
from eventcore.consumer import Subscription
from eventcore.event import Event
from eventcore.texts import sealed_texts
from eventcore.tx import Tx
from google.protobuf.message import Message
from google.protobuf.timestamp_pb2 import Timestamp
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

_LOCK = "select pg_advisory_xact_lock(hashtextextended(%s, 0))"
_KNOW = """
insert into known_case (case_id, exchange_id, defendant_number, county, organ_code, kind, seal_to)
values (%s, %s, %s, %s, %s, %s, %s) on conflict do nothing
"""
_CASE = "select county, organ_code, kind from known_case where case_id = %s"
_WAIT = """
insert into waiting_notice (event_id, case_id, type, occurred_at, data) values (%s, %s, %s, %s, %s)
on conflict do nothing
"""
_ARRIVED = """
delete from waiting_notice where case_id = %s returning event_id, type, occurred_at, data
"""
DECISION_ORGAN = "DECISION_ORGAN"
COURT_LEVEL = "PROC_COURT_LEVEL"


class Entry(BaseModel):
    """One notice of an event."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    to: tuple[str, ...]
    rule: str
    copy_: bool = Field(default=False, alias="copy")
    facts: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()
    when: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True)
class Case:
    """What a notice needs to know of its case."""

    county: str
    organ_code: str
    kind: str


@dataclass(frozen=True, slots=True)
class Told:
    """An event that somebody must hear of."""

    event_id: UUID
    case_id: UUID
    occurred_at: datetime
    data: Message


def load() -> Mapping[type[Message], Sequence[Entry]]:
    """The table by event class."""
    text = (files("handoff.processes") / "notices.yaml").read_text(encoding="utf-8")
    raw = yaml.load(text, Loader=yaml.CSafeLoader)
    table = TypeAdapter(dict[str, tuple[Entry, ...]]).validate_python(raw)
    return {registry.event_types()[name]: entries for name, entries in table.items()}


TABLE = load()


def requests(told: Told, case: Case) -> Iterator[cmd.PrepareNoticeRequest]:
    """A request for each notice that the event calls for in this case."""
    for entry in TABLE.get(type(told.data), ()):
        if not all(_value(told.data, case, name) == wanted for name, wanted in entry.when.items()):
            continue
        role = entry.to[0]
        to = ",".join(_candidate(one, case) for one in entry.to)
        yield cmd.PrepareNoticeRequest(
            exchange_id=str(uuid5(told.event_id, f"{role}/{to}")),
            case_id=str(told.case_id),
            cause=str(told.event_id),
            kind=told.data.DESCRIPTOR.full_name,
            occurred_at=meta.timestamp(told.occurred_at),
            to=to,
            copy=entry.copy_,
            rule=entry.rule,
            role=role,
            facts=[Fact(name=name, value=_text(told.data, name)) for name in entry.facts],
            texts=sealed_texts(told.data, *entry.texts) if entry.texts else (),
        )


def _candidate(role: str, case: Case) -> str:
    if role == DECISION_ORGAN:
        return case.organ_code
    # whose level is meant stands behind the county
    return f"{role}@{case.county}" + (f"/{case.organ_code}" if role == COURT_LEVEL else "")


def _value(data: Message, case: Case, name: str) -> str:
    return case.kind if name == "kind" else _text(data, name)


def _text(data: Message, name: str) -> str:
    """A field of an event as text: enums by name, instants in ISO 8601, articles as printed, lists joined."""
    field, value = data.DESCRIPTOR.fields_by_name[name], getattr(data, name)
    names = {} if field.enum_type is None else field.enum_type.values_by_number
    values = value if field.is_repeated else [value]
    return "、".join(names[one].name if names and one in names else _plain(one) for one in values)


def _plain(value: object) -> str:
    if isinstance(value, Timestamp):
        return value.ToDatetime(tzinfo=UTC).isoformat()
    if isinstance(value, LawRef):
        return f"{value.article} ({value.rule})"
    return str(value).lower() if isinstance(value, bool) else str(value)


def _opened(tx: Tx, event: Event) -> None:
    e = event.data_as(intake.CaseOpened)
    tx.execute(_LOCK, (str(event.subject),))
    kind = facts.SubjectKind.Name(e.kind).removeprefix("SUBJECT_KIND_")
    case = Case(e.county, e.organ_code, kind)
    known = (event.subject, e.exchange_id, e.defendant_number, e.county, e.organ_code, kind)
    row = (*known, e.seal_to.SerializeToString())
    tx.execute(_KNOW, row)
    _ask(tx, _told(event), case)
    for event_id, type_name, occurred_at, data in tx.fetch(_ARRIVED, (event.subject,)):
        message = registry.event_types()[type_name].FromString(data)
        _ask(tx, Told(event_id, event.subject, occurred_at, message), case)


def _happened(tx: Tx, event: Event) -> None:
    tx.execute(_LOCK, (str(event.subject),))
    known = tx.fetch(_CASE, (event.subject,))
    if known:
        _ask(tx, _told(event), Case(*known[0]))
    else:
        row = (event.event_id, event.subject, event.type, event.occurred_at, event.data_bytes)
        tx.execute(_WAIT, row)


def _told(event: Event) -> Told:
    return Told(event.event_id, event.subject, event.occurred_at, event.data)


def _ask(tx: Tx, told: Told, case: Case) -> None:
    for number, request in enumerate(requests(told, case)):
        tx.command(f"notice {told.event_id} {number}", request, UUID(request.exchange_id))


NOTICES = Subscription(
    "notices",
    services=("intake", "supervision"),
    handle={**dict.fromkeys(TABLE, _happened), intake.CaseOpened: _opened},
    tables=("known_case", "waiting_notice"),
)
