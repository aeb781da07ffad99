"""Messages that tests change one field of."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TypeVar

from corrections.common.v1 import facts_pb2 as facts
from corrections.common.v1.common_pb2 import Sealed
from corrections.handoff.v1 import messages_pb2 as msg
from google.protobuf.message import Message
from google.protobuf.timestamp_pb2 import Timestamp

M = TypeVar("M", bound=Message)

COURT = "330203-court"
NOW = datetime(2026, 3, 2, 1, tzinfo=UTC)
TODAY = NOW.date()
REFERENCE = facts.CaseReference(organ_code=COURT, case_number="（2026）浙0203刑初1号", defendant_number=1)


def sealed(text: str) -> Sealed:
    """Stands for a sealed field; the text tells which."""
    return Sealed(key_id=bytes(16), nonce=bytes(12), ciphertext=text.encode())


def at(when: datetime) -> Timestamp:
    """The instant as protobuf."""
    stamp = Timestamp()
    stamp.FromDatetime(when)
    return stamp


def months(count: int, days: int = 0) -> facts.Period:
    """A length."""
    return facts.Period(months=count, days=days)


def person(number: int = 1, /, **changed: object) -> msg.Defendant:
    """An invented person on probation of a year for imprisonment of eight months."""
    made = msg.Defendant(
        number=number,
        name="张某甲",
        identity_number="11010519491231002X" if number == 1 else "",
        sex=facts.SEX_MALE,
        birth_date="1949-12-31",
        charges=["诈骗罪"],
        penalty=facts.PENALTY_FIXED_TERM,
        sentence=months(8),
        kind=facts.SUBJECT_KIND_PROBATION,
        probation=months(12),
        effective_date="2026-02-01",
        execution_county="330203",
    )
    return changed_by(made, **changed)


def nobody(number: int = 1, /, **changed: object) -> msg.Defendant:
    """A person of a judgment who goes to prison: no subject of community corrections."""
    made = person(number, identity_number="")
    made.kind = facts.SUBJECT_KIND_UNSPECIFIED
    made.ClearField("probation")
    return changed_by(made, **changed)


def judgment(*persons: msg.Defendant, **changed: object) -> msg.Judgment:
    """A judgment of a county court."""
    made = msg.Judgment(
        message_id="m-1",
        organ_code=COURT,
        case_number=REFERENCE.case_number,
        decision_date="2026-01-20",
        defendants=persons or (person(),),
    )
    return changed_by(made, **changed)


def changed_by(message: M, **changed: object) -> M:
    """The message with other values in the named fields; None clears one."""
    for name, value in changed.items():
        message.ClearField(name)
        if value is not None:
            message.MergeFrom(type(message)(**{name: value}))
    return message
