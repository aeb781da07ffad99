"""Ids that callers choose stand in entries in the clear, for ever: so they must name nobody.

One rule for every field that `chosen` finds: a message's, a session's, a leave's number, a helper's number in the unit's
register. It cannot tell every name from a number; letters of other scripts, blanks, identity and mobile numbers it refuses.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from buf.validate import validate_pb2
from corrections.common.v1 import common_pb2
from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.message import Message
from lawkit.ages import born_by, check_digit

from servicekit.errors import Violation

RULES: Any = validate_pb2.field  # of protovalidate; its stub knows no type for extensions
FORM = "[A-Za-z0-9][A-Za-z0-9._:/@+-]*"
_FORM = re.compile(FORM)
# Random or hashed: digits in it are nobody's.
_OPAQUE = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{32,}", re.IGNORECASE)
_CITIZEN = re.compile(r"(?=(\d{17}[\dXx]))", re.ASCII)
_FIRST_GENERATION = re.compile(r"(?<!\d)(\d{15})(?!\d)", re.ASCII)
_MOBILE = re.compile(r"(?<!\d)(?:\+?86[ -]?)?1[3-9]\d{9}(?!\d)", re.ASCII)
# Where a citizen's number begins: with a province, with 81 to 83 on a residence permit for Hong Kong, Macao and Taiwan residents,
# and with 9 on a foreigner's permanent residence card. And the century in which anybody alive was born.
_PROVINCES = re.compile(r"1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3]", re.ASCII)
_BEGINS = re.compile(rf"(?:{_PROVINCES.pattern}|9\d)\d{{4}}(?:19|20)", re.ASCII)

# A request's id stands in no event; a decision's is the number that an organ gave it, written as organs write it.
# Neither may hold a person's number.
OF_ANY_FORM = frozenset({"request_id", "decision_id"})
# What an agency signed is judged by handoff, with a receipt; ids of keys and rule sets are the installation's own.
_NOT_ENTERED = common_pb2.Signed.DESCRIPTOR.full_name
NOT_CHOSEN = frozenset({"rule_set_id", "key_id"})


def chosen(descriptor: Descriptor) -> tuple[FieldDescriptor, ...]:
    """The fields of a message, not of those inside it, that hold an id of the caller's choosing."""
    return tuple(field for field in descriptor.fields if _is_chosen(field))


def fault(value: str, *, any_form: bool = False) -> str:
    """What is wrong with an id, without repeating it; empty where nothing is."""
    if not any_form and not _FORM.fullmatch(value):
        return f"is no id: wants {FORM}"
    plain = _OPAQUE.sub("-", value)
    if any(_is_citizen(found) for found in _CITIZEN.findall(plain)) or any(
        _PROVINCES.match(found) and born_by(found) for found in _FIRST_GENERATION.findall(plain)
    ):
        return "holds what reads as an identity number"
    return "holds what reads as a mobile number" if _MOBILE.search(plain) else ""


def wrong(message: Message, path: str = "") -> Iterator[Violation]:
    """Every id of the caller's choosing that breaks the rule, with the path of its field; an empty one is not judged."""
    ids, inside = _fields(message.DESCRIPTOR)
    for field in ids:
        value: Any = getattr(message, field.name)
        for one in value if field.is_repeated else (value,):
            said = fault(one, any_form=field.name in OF_ANY_FORM) if one else ""
            if said:
                remedy = (
                    "use a UUID or a running number: it stands in the record for ever and must name nobody"
                )
                yield Violation(path + field.name, "id.neutral", said, remedy)
    for field in inside:
        value = getattr(message, field.name)
        if not field.is_repeated:
            if message.HasField(field.name):
                yield from wrong(value, f"{path}{field.name}.")
            continue
        for number, one in enumerate(value):
            yield from wrong(one, f"{path}{field.name}[{number}].")


@cache
def _fields(descriptor: Descriptor) -> tuple[tuple[FieldDescriptor, ...], tuple[FieldDescriptor, ...]]:
    inside = tuple(
        field
        for field in descriptor.fields
        if field.message_type is not None
        and not field.message_type.GetOptions().map_entry
        and field.message_type.full_name.startswith("corrections.")
        and field.message_type.full_name != _NOT_ENTERED
    )
    return chosen(descriptor), inside


def _is_chosen(field: FieldDescriptor) -> bool:
    if field.type != FieldDescriptor.TYPE_STRING or field.name in NOT_CHOSEN:
        return False
    if not field.name.endswith(("_id", "_ids")):
        return False
    rules = field.GetOptions().Extensions[RULES]
    return not (rules.string.uuid or rules.repeated.items.string.uuid)


def _is_citizen(number: str) -> bool:
    number = number.upper()
    return (
        _BEGINS.match(number) is not None
        and born_by(number) is not None
        and number[-1] == check_digit(number)
    )
