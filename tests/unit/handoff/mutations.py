"""Seeded mutations of signed messages: bits, lengths, types, signatures, fields. One seed gives one list."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from random import Random

from corrections.common.v1 import facts_pb2 as facts
from corrections.common.v1.common_pb2 import Signed
from corrections.handoff.v1 import messages_pb2 as msg
from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import Message
from handoff.domain.message import TYPES

from tests.unit.handoff.messages import COURT, NOW, REFERENCE, at, judgment, months, nobody, person

Sign = Callable[[Signed], None]
_TEXTS = (
    "", " ", "x" * 300, "\x00", "2026-02-30", "9999-99-99", "-1", "𠮷" * 40, "'; drop table es.event; --", "../../etc",
    "2026-01-01", "99", "\u202e", "110105194912310021", "{}", "%s%n",
)  # fmt: skip
_NUMBERS = (-(2**31), -6, -1, 0, 1, 7, 2**31 - 1)
_LONG_NUMBERS = (-(2**63), -1, 0, 253402300800, 2**63 - 1)
_DAY = "2026-03-01"
ORIGINALS: tuple[Message, ...] = (
    judgment(person(1), nobody(2), person(3, penalty=facts.PENALTY_DETENTION, sentence=months(4))),
    judgment(
        person(
            1,
            kind=facts.SUBJECT_KIND_PAROLE,
            probation=None,
            sentence=months(60),
            printed_end_date="2028-02-01",
        )
    ),
    msg.RevocationRuling(reference=REFERENCE, ruling_number="1", ruling_date=_DAY, revoked=True),
    msg.RevocationRuling(
        reference=REFERENCE,
        ruling_number="1",
        ruling_date=_DAY,
        revoked=True,
        crime=msg.CRIME_GROUND_NEW_CRIME,
        crime_judgment_number="2",
    ),
    msg.ReductionRuling(
        reference=REFERENCE, ruling_number="1", ruling_date=_DAY, reduced=True, probation_reduction=months(2)
    ),
    msg.TemporaryServiceRenewal(reference=REFERENCE, decision_date=_DAY, until="2026-09-01"),
    msg.ReimprisonmentDecision(reference=REFERENCE, decision_date=_DAY),
    msg.TermRecalculation(reference=REFERENCE, ruling_date=_DAY, not_counted=months(0, 20)),
    msg.FoundNotice(reference=REFERENCE, found_at=at(NOW)),
    msg.CorrectionOpinion(reference=REFERENCE, opinion_date=_DAY, text="请纠正"),
)


def mutated(seed: int, count: int, sign: Sign, organ_code: str = COURT) -> Iterator[Signed]:
    """So many messages of a court, each with something wrong somewhere, most of them signed as they are."""
    random = Random(seed)
    for number in range(count):
        original = random.choice(ORIGINALS)
        message = type(original)()
        message.CopyFrom(original)
        _name(message, f"mutated {seed} {number}", organ_code)
        yield random.choice(_WAYS)(random, message, sign)


def _name(message: Message, text: str, organ_code: str) -> None:
    for name, value in (("message_id", text), ("case_number", text), ("organ_code", organ_code)):
        if name in message.DESCRIPTOR.fields_by_name:
            setattr(message, name, value)


def _sealed(message: Message, sign: Sign) -> Signed:
    made = Signed(type=message.DESCRIPTOR.full_name, body=message.SerializeToString())
    sign(made)
    return made


def _flipped(random: Random, data: bytes) -> bytes:
    changed = bytearray(data)
    for _ in range(random.randint(1, 8)):
        changed[random.randrange(len(changed))] ^= 1 << random.randrange(8)
    return bytes(changed)


def _forged(random: Random, message: Message, sign: Sign) -> Signed:
    made = _sealed(message, sign)
    made.body = _flipped(random, made.body)
    return made


def _bits(random: Random, message: Message, sign: Sign) -> Signed:
    made = _forged(random, message, sign)
    sign(made)
    return made


def _cut(random: Random, message: Message, sign: Sign) -> Signed:
    made = _sealed(message, sign)
    made.body = made.body[: random.randrange(len(made.body))]
    sign(made)
    return made


def _longer(random: Random, message: Message, sign: Sign) -> Signed:
    made = _sealed(message, sign)
    made.body += random.randbytes(random.randint(1, 200))
    sign(made)
    return made


def _retyped(random: Random, message: Message, sign: Sign) -> Signed:
    made = _sealed(message, sign)
    made.type = random.choice(
        [*TYPES, "", "corrections.handoff.v1.Receipt", "a.b", "x" * 1000, "\n\n", *_TEXTS]
    )
    if random.random() < 0.5:
        made.type += random.choice(_TEXTS)
    sign(made)
    return made


def _resigned(random: Random, message: Message, sign: Sign) -> Signed:
    made = _sealed(message, sign)
    signature = made.signatures[0]
    match random.randrange(5):
        case 0:
            del made.signatures[:]
        case 1:
            signature.key_id = random.choice(_TEXTS)
        case 2:
            signature.algorithm = random.choice(["", "SM2", "none", "ed25519"])
        case 3:
            signature.value = random.randbytes(random.choice([0, 1, 63, 64, 65, 5000]))
        case _:
            made.signatures.extend([signature] * random.randint(1, 30))
    return made


def _fields(random: Random, message: Message, sign: Sign) -> Signed:
    for _ in range(random.randint(1, 3)):
        _change(random, message)
    return _sealed(message, sign)


def _change(random: Random, message: Message) -> None:
    field = random.choice(message.DESCRIPTOR.fields)
    value = getattr(message, field.name)
    if field.type == FieldDescriptor.TYPE_MESSAGE:
        if field.is_repeated:
            if value and random.random() < 0.7:
                _change(random, random.choice(value))
            elif value:
                value.add().CopyFrom(value[0])
        elif message.HasField(field.name) and random.random() < 0.2:
            message.ClearField(field.name)
        else:
            _change(random, value)
    elif field.is_repeated:
        value.extend(random.choices(_TEXTS, k=random.choice([1, 60])))
    else:
        setattr(message, field.name, _scalar(random, field.type))


def _scalar(random: Random, kind: int) -> object:
    match kind:
        case FieldDescriptor.TYPE_STRING:
            return random.choice(_TEXTS)
        case FieldDescriptor.TYPE_BYTES:
            return random.randbytes(50)
        case FieldDescriptor.TYPE_BOOL:
            return random.random() < 0.5
        case FieldDescriptor.TYPE_INT64:
            return random.choice(_LONG_NUMBERS)
        case FieldDescriptor.TYPE_ENUM:
            return random.choice([0, 1, 2, 3, 4, 99, -1])
        case _:
            return random.choice(_NUMBERS)


_WAYS = (_forged, _bits, _bits, _cut, _longer, _retyped, _resigned, _fields, _fields, _fields)
