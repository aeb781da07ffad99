"""A person's identity, sealed; each read is recorded with its purpose. 个人信息保护法 第二十八条; 社区矫正法 第五十四条."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType

from corrections.common.v1.common_pb2 import Sealed
from corrections.intake.v1 import events_pb2 as ev
from corrections.intake.v1 import service_pb2 as cmd
from eventcore.decider import Context, Decider, Decision, Decisions, Evolutions, Stamp, by_type, evolving

from intake.domain import erasure
from intake.domain.opening import SEALED_FIELDS
from intake.domain.state import Person, Stated


def _read(person: Person, _: cmd.GetPersonRequest, __: Context) -> Decision:
    return [ev.PersonRead(fields=person.identity)]


def _texts_read(_: Person, c: cmd.OpenTextsRequest, __: Context) -> Decision:
    fields = dict.fromkeys(f"{text.event_type}.{text.field}" for text in c.texts)
    return [ev.TextsRead(case_id=c.case_id, fields=fields)]


def _registered(person: Person, e: ev.PersonRegistered, __: Stamp) -> Person:
    return _with(replace(person, identity=MappingProxyType({})), e)


def _stated(person: Person, e: ev.PersonNoted, __: Stamp) -> Person:
    return _with(person, e)


def _with(person: Person, e: ev.PersonRegistered | ev.PersonNoted) -> Person:
    newest = dict(person.identity)
    newest |= {f.name: Stated(type(e), value) for f, value in e.ListFields() if isinstance(value, Sealed)}
    stated = {name: newest[name] for name in SEALED_FIELDS if name in newest}
    return replace(person, identity=MappingProxyType(stated))


DECISIONS: Decisions[Person] = {cmd.GetPersonRequest: _read, cmd.OpenTextsRequest: _texts_read}
EVOLUTIONS: Evolutions[Person] = {
    ev.PersonRegistered: _registered,
    ev.PersonNoted: _stated,
}

PERSON = Decider(
    initial=Person(),
    evolve=evolving(EVOLUTIONS, erasure.EVOLUTIONS),
    decide=by_type(DECISIONS, erasure.DECISIONS),
    observe=erasure.observe,
)
