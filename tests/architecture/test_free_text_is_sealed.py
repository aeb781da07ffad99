"""Free text about a person stands in no event in the clear (eventstore.md section 2, ADR 0020).

A string field of an event is a day, an id, a code or a name of the platform's own, and says so here by its name; every
other text has the type `Sealed`. Who adds a field finds out by this test.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from contracts.registry import events, personal
from corrections.common.v1.common_pb2 import Sealed
from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import Message

from tests.golden.histories import records, releases, services

DAY = r"\d{4}-\d{2}-\d{2}"
UUID = r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
PLACE = r"\d{2}|\d{4}|\d{6}|\d{9}"  # GB/T 2260
AGENCY = r"[A-Za-z][\w.-]*"
UPPER = r"[A-Z][A-Z0-9_]*"
RULE = r"[a-z][a-z0-9.-]*"
TYPE = r"corrections(\.\w+)+"
# In the clear by review: each is short, chosen by the platform or an organ, and about no person.
REVIEWED = {
    "actor": "who read: the id of the certificate, staff's name in the directory as in every event's metadata",
    "method": "name of an RPC",
    "purpose": "a code of letters; the gate refuses anything else",
    "reads": "word of the contract: what a method shows",
    "refused": "name of a gRPC status",
    "service": "name of a service",
    "unit": "unit of who read, or territory that is counted",
    "first_day": "a day, ISO 8601",
    "last_day": "a day, ISO 8601",
    "format": "name of a format of reports",
    "ruleset_digest": "SHA-256 of a rule set, hex",
    "article": "the article as the rule catalogue prints it",
    "remedy_zh": "the platform's own sentence to a refused agency",
    "field": "path of a field in an agency's message, by the contract",
    "fields": "names of the fields that were read",
    "department": "the office that is asked to help; an organ, not the person",
    "member_id": "staff and helpers as in the unit's register, never the subject",
    "message_id": "the sender's number of its message",
    "leave_id": "the office's number of the leave in the case",
    "travel_id": "the office's number of the permission in the case",
    "session_id": "the office's number of the session in the case",
    "name": "the holiday as the State Council's notice names it",
    "title": "title of a notice of the State Council",
    "number": "number of that notice",
    "url": "where that notice is published",
    "signer": "the official who signed a rule set, as the installation named the key",
    "correction_reason": "what was wrong with a rule set: of the law, about no person",
    "referral_id": "the office's number of the referral in the case",
}
FORMS = {
    **dict.fromkeys(
        ["as_of", "computed_end_date", "decision_date", "due_date", "effective_date", "effective_on", "issued_on", "withdrawn_from", "end_date", "extended_due", "from_date", "nominal_due", "on", "printed_due", "printed_end_date", "reply_due", "reported_on", "ruling_date", "ruling_due", "start_date", "temporary_until", "to_date", "until"],
        DAY,
    ),
    **dict.fromkeys(["case_id", "case_ids", "cause", "event_id", "exchange_id", "person_id"], UUID),
    **dict.fromkeys(["county", "office", "organ_unit", "destination", "destinations"], PLACE),
    **dict.fromkeys(["agency_code", "organ_code", "to"], AGENCY),
    **dict.fromkeys(["code", "finding", "measure", "role"], UPPER),
    **dict.fromkeys(["kind", "message_type", "type"], TYPE),
    "rule": RULE,
    "digest": r"[0-9a-f]{64}",
    "key_id": r"[0-9a-f]{8}",
    "rule_set_id": r"[a-z0-9][a-z0-9.-]*",
    "corrects": r"[a-z0-9][a-z0-9.-]*",
    "forbidden_by": RULE,
    "log": r"[a-z]+",
}  # fmt: skip
# A new field with such a name needs no entry.
BY_SUFFIX = re.compile(r"_(id|date|due)$")
# The fields of the golden histories are filled by name; these have no lawful value there.
UNFILLED = frozenset({"code", "forbidden_by", "destination", "destinations", "role"})
EVENTS = list(events().items())
SEALED = Sealed.DESCRIPTOR.full_name


def strings(descriptor: Any) -> Iterator[FieldDescriptor]:
    """The string fields of a message and of the messages in it."""
    for field in descriptor.fields:
        if field.type == FieldDescriptor.TYPE_STRING:
            yield field
        elif field.message_type is not None and field.message_type.full_name != SEALED:
            yield from strings(field.message_type)


def filled(message: Message) -> Iterator[tuple[str, str]]:
    """Name and value of every string in a message."""
    for field, value in message.ListFields():
        values = value if field.is_repeated else [value]
        for one in values:
            if isinstance(one, str):
                yield field.name, one
            elif isinstance(one, Message) and not isinstance(one, Sealed):
                yield from filled(one)


@pytest.mark.parametrize(("name", "event"), EVENTS, ids=[name for name, _ in EVENTS])
def test_every_string_of_an_event_is_a_day_an_id_or_a_code(name: str, event: Any):
    named = FORMS.keys() | REVIEWED.keys()
    loose = {
        f.name
        for f in strings(event.message.DESCRIPTOR)
        if f.name not in named and not BY_SUFFIX.search(f.name)
    }
    assert not loose, (
        f"{name}: {sorted(loose)}. Free text about a person has the type corrections.common.v1.Sealed and the option pii; "
        "a day (…_date, …_due) or an id (…_id) says so by its name, a code is named in FORMS, anything else is reviewed and named in REVIEWED"
    )


def test_what_is_named_here_exists():
    used = {f.name for _, event in EVENTS for f in strings(event.message.DESCRIPTOR)}
    assert FORMS.keys() | REVIEWED.keys() <= used


def test_golden_events_hold_days_ids_and_codes_where_they_say_so():
    known = events()
    for release in releases():
        for service in services(release):
            for record in records(release, service):
                event = known[record.type].message.FromString(record.data)
                for field, value in filled(event):
                    if field in FORMS and field not in UNFILLED:
                        assert re.fullmatch(FORMS[field], value), (record.type, field, value)


@pytest.mark.parametrize(("name", "event"), EVENTS, ids=[name for name, _ in EVENTS])
def test_sealed_fields_stand_on_the_event_itself(name: str, event: Any):
    """The handler seals the fields of the event, not those of messages inside it."""
    for field in event.message.DESCRIPTOR.fields:
        inner = field.message_type
        if inner is not None and inner.full_name != SEALED:
            assert not any(personal(f) for f in inner.fields), f"{name}.{field.name}"
