"""A person's identity, sealed. 个人信息保护法 第二十八条; 社区矫正法 第五十四条.

Who read it stands in audit's sealed record of reads, and no longer here (docs/adr/0033): PersonRead and TextsRead of earlier
releases say nothing about the person.
"""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType

from corrections.common.v1.common_pb2 import Sealed
from corrections.intake.v1 import events_pb2 as ev
from eventcore.decider import Decider, Evolutions, Stamp, by_type, evolving

from intake.domain import erasure
from intake.domain.opening import SEALED_FIELDS
from intake.domain.state import Person, Stated


def _registered(person: Person, e: ev.PersonRegistered, __: Stamp) -> Person:
    return _with(replace(person, identity=MappingProxyType({})), e)


def _stated(person: Person, e: ev.PersonNoted, __: Stamp) -> Person:
    return _with(person, e)


def _with(person: Person, e: ev.PersonRegistered | ev.PersonNoted) -> Person:
    newest = dict(person.identity)
    newest |= {f.name: Stated(type(e), value) for f, value in e.ListFields() if isinstance(value, Sealed)}
    stated = {name: newest[name] for name in SEALED_FIELDS if name in newest}
    return replace(person, identity=MappingProxyType(stated))


EVOLUTIONS: Evolutions[Person] = {
    ev.PersonRegistered: _registered,
    ev.PersonNoted: _stated,
}

PERSON = Decider(
    initial=Person(),
    evolve=evolving(EVOLUTIONS, erasure.EVOLUTIONS),
    decide=by_type(erasure.DECISIONS),
    observe=erasure.observe,
)
