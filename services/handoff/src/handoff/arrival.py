"""A message on its arrival: whose it is, whether it can be read, and under which exchange it stands.

Only a message whose signature fits takes the sender's message id. Anything else stands under its own bytes, so that
a forger cannot occupy an id of somebody else's.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from itertools import chain
from uuid import UUID, uuid5

import protovalidate
from corrections.common.v1.common_pb2 import Signed
from eventcore.ids import namespace
from google.protobuf.message import Message
from lawkit import Law
from lawkit.organs import COURT, organ_of
from servicekit import identifiers
from servicekit.agencies import Agencies, Agency
from servicekit.parts import too_many

from handoff.domain import message as rules
from handoff.domain.dates import day
from handoff.domain.message import MAX_BODY_BYTES, Sender
from handoff.domain.refusals import Finding
from handoff.macs import Macs
from handoff.signatures import problem

MAX_ID = 128
# type and signatures of an honest message are far below
MAX_ENVELOPE_BYTES = 64 * 1024


@dataclass(frozen=True)
class Arrival:
    """One message as it came. `finding` says why it cannot be judged at all."""

    agency: Agency
    signed: Signed
    installation: str
    macs: Macs
    body: Message | None
    finding: Finding | None
    authentic: bool

    @classmethod
    def of(cls, signed: Signed, *, agency: Agency, installation: str, macs: Macs) -> Arrival:
        """The message read as far as it can be."""
        read = _read(signed)
        body = None if isinstance(read, Finding) else read
        finding = read if isinstance(read, Finding) else problem(signed, agency)
        if finding is None and body is not None and not _may_stand(_id_of(body)):
            finding = Finding("FIELD_INVALID", "message_id")
        return cls(agency, signed, installation, macs, body, finding, finding is None)

    @property
    def message_id(self) -> str:
        """The sender's id of the message, which stands in the event in the clear; empty where it may not."""
        named = self.named
        return named if named and _may_stand(named) else ""

    @property
    def named(self) -> str:
        """The id as the sender wrote it, at most 128 characters: for the receipt, which is sealed and the sender's own."""
        return _id_of(self.body)[:MAX_ID] if self.body is not None else ""

    @property
    def type_name(self) -> str:
        """The type that the message claims; empty for any other text: it stays in the sealed message."""
        return self.signed.type if self.signed.type in rules.TYPES else ""

    @property
    def decided_on(self) -> date | None:
        """The day of the decision, whose law judges it; None where the message names none that is one."""
        return day(getattr(self.body, "decision_date", "")) if self.body is not None else None

    @cached_property
    def content_mac(self) -> bytes:
        """What tells this content from another one under the same exchange."""
        return self.macs.content(self.signed) if self.authentic else self.macs.unproven(self.signed)

    @cached_property
    def exchange_id(self) -> UUID:
        """The exchange: by agency and message id, or by agency and bytes."""
        if self.authentic:
            return exchange_of(self.installation, self.agency.code, self.message_id)
        name = f"unproven/{self.agency.code}/{self.content_mac.hex()}"
        return uuid5(namespace(self.installation), name)

    def findings(self, agencies: Agencies, law: Law, now: datetime, today: date) -> Iterator[Finding]:
        """Everything that is wrong with it, most basic first; empty when it may be taken up."""
        if self.finding is not None or self.body is None:
            return iter((self.finding or Finding("UNREADABLE_BODY", "body"),))
        registered = frozenset(agencies.all())
        organ = agencies.get(getattr(self.body, "organ_code", ""))
        return chain(
            rules.shape(self.body),
            _contract(self.body),
            rules.organ(self.body, sender_of(self.agency), registered, law),
            rules.substance(
                self.body, law, now, today, by_court=organ is not None and organ_of(law, organ.kind) == COURT
            ),
        )


def sender_of(agency: Agency) -> Sender:
    """What the rules need to know of an agency."""
    return Sender(agency.code, agency.kind, frozenset(agency.speaks_for), agency.unit)


def exchange_of(installation: str, agency_code: str, message_id: str) -> UUID:
    """The exchange of an agency's message."""
    return uuid5(namespace(installation), f"exchange/{agency_code}/{message_id}")


def _read(signed: Signed) -> Message | Finding:
    if signed.ByteSize() > MAX_BODY_BYTES + MAX_ENVELOPE_BYTES:
        return Finding("MESSAGE_TOO_LARGE", "body")
    kind = rules.TYPES.get(signed.type)
    if kind is not None and len(signed.body) <= MAX_BODY_BYTES and too_many(signed.body, kind):
        return Finding("MESSAGE_TOO_LARGE", "body")
    return rules.read(signed.type, signed.body)


def _contract(body: Message) -> Iterator[Finding]:
    for violation in protovalidate.collect_violations(body):
        elements = violation.proto.field.elements if violation.proto.field else ()
        yield Finding("FIELD_INVALID", ".".join(_named(element) for element in elements))


def _named(element: object) -> str:
    """A step of a field path as senders write it: defendants[0]."""
    value = getattr(getattr(element, "subscript", None), "value", None)
    name = str(getattr(element, "field_name", ""))
    return name if value is None else f"{name}[{value}]"


def _may_stand(message_id: str) -> bool:
    return len(message_id) <= MAX_ID and not identifiers.fault(message_id)


def _id_of(body: Message) -> str:
    return getattr(body, "message_id", "")
