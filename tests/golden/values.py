"""Events filled by what the contracts say of their fields: plain, lawful-looking, the same in every run."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_DNS, uuid5

from contracts.reference.comments import Comments
from corrections.common.v1 import common_pb2, facts_pb2
from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import Message
from google.protobuf.timestamp_pb2 import Timestamp

DAY = "2026-03-10"
INSTANT = Timestamp(seconds=1_773_104_400)  # 2026-03-10T09:00 in Shanghai
# Texts of fields by the first words of their comment or by their name; the rest gets a word.
BY_NAME = {
    "end_date": "2027-03-09",
    "computed_end_date": "2027-03-09",
    "to_date": "2026-03-12",
    "printed_due": "2026-03-11",
    "effective_date": "2026-03-01",
    "decision_date": "2026-02-20",
    "message_type": "corrections.handoff.v1.Judgment",
    "type": "corrections.intake.v1.CaseOpened",
    "kind": "corrections.intake.v1.ReportedIn",
    "measure": "WARNING",
    "finding": "LEAF_CHANGED",
    "log": "intake",
    "digest": "a" * 64,
    "key_id": "0123abcd",
    "rule_set_id": "2027-01",
    "to": "PROC330203",
}
BY_COMMENT = (
    ("canonical UUID text", "{uuid}"),
    ("ISO 8601", DAY),
    ("6 digits", "330203"),
    ("9 digits", "330203004"),
    ("Last day away", "2026-03-12"),
    ("Last day, inclusive", "2026-09-09"),
    ("gency code", "COURT330203"),
    ("Agency", "COURT330203"),
)


class Filler:
    """Fills messages; `comments` are those of the contracts' image."""

    def __init__(self, image: Path) -> None:
        self._comments = Comments.of(image.read_bytes())

    def event(self, kind: type[Message]) -> Message:
        """One event of the type with every field set."""
        made = kind()
        self._fill(made)
        return made

    def _fill(self, message: Message) -> None:
        special = _special(message)
        if special is not None:
            message.CopyFrom(special)
            return
        for field in message.DESCRIPTOR.fields:
            if field.message_type is not None:
                nested: Any = getattr(message, field.name)
                self._fill(nested.add() if field.is_repeated else nested)
            elif field.is_repeated:
                getattr(message, field.name).append(self._scalar(field))
            else:
                setattr(message, field.name, self._scalar(field))

    def _scalar(self, field: Any) -> Any:
        if field.enum_type is not None:
            return field.enum_type.values[1].number
        match field.cpp_type:
            case FieldDescriptor.CPPTYPE_BOOL:
                return True
            case FieldDescriptor.CPPTYPE_STRING if field.type == FieldDescriptor.TYPE_BYTES:
                return hashlib.sha256(field.name.encode()).digest()
            case FieldDescriptor.CPPTYPE_STRING:
                return self._text(field)
            case _:
                return 1

    def _text(self, field: Any) -> str:
        if field.name in BY_NAME:
            return BY_NAME[field.name]
        comment = self._comments[field.full_name]
        for words, text in BY_COMMENT:
            if words in comment:
                return text.format(uuid=uuid5(NAMESPACE_DNS, field.name))
        return f"{field.name}-1"


def _special(message: Message) -> Message | None:
    match message:
        case Timestamp():
            return INSTANT
        case facts_pb2.Period():
            return facts_pb2.Period(months=6)
        case common_pb2.LawRef():
            return common_pb2.LawRef(
                rule="warning.ground.report-late", article="社区矫正法实施办法 第三十五条"
            )
        case common_pb2.Sealed():
            return common_pb2.Sealed(key_id=bytes(16), nonce=bytes(12), ciphertext=bytes(range(32)))
        case _:
            return None
