"""Bytes of a request become a message, or say why they are none."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from contracts.registry import Method
from corrections.common.v1 import common_pb2
from google.protobuf.message import DecodeError, Message

from servicekit.errors import Violation
from servicekit.parts import MAX_PARTS, too_many
from servicekit.settings import Limits

_SPLIT = "send fewer repeated elements, or several messages"


@dataclass(frozen=True, slots=True)
class Unreadable:
    """Bytes that are no request of the method, or too many of them; stands in the request's place."""

    code: str
    violation: Violation


@cache
def carries_agency_message(request: type[Message]) -> bool:
    """True when the request is or holds a `Signed`: then it may be as large as the transport allows.

    The handler answers even rubbish with a signed receipt, so nothing is refused by size before it.
    """
    signed = common_pb2.Signed.DESCRIPTOR
    if request.DESCRIPTOR is signed:
        return True
    return any(f.message_type is signed for f in request.DESCRIPTOR.fields)


def reader(method: Method, limits: Limits) -> Callable[[bytes], object]:
    """Deserialiser that never raises: a failure there would be INTERNAL and tell the client nothing."""
    largest = limits.receive_bytes if carries_agency_message(method.request) else limits.request_bytes
    name = method.request.DESCRIPTOR.full_name

    def read(raw: bytes) -> object:
        if len(raw) > largest:
            said = f"is {len(raw)} bytes, at most {largest} are read"
            remedy = "keep documents outside the message and name them by digest"
            return Unreadable("MESSAGE_TOO_LARGE", Violation("(message)", "message.max_bytes", said, remedy))
        if too_many(raw, method.request):
            said = f"has more than {MAX_PARTS:,} fields"
            return Unreadable("MESSAGE_TOO_LARGE", Violation("(message)", "message.max_fields", said, _SPLIT))
        try:
            return method.request.FromString(raw)
        except (DecodeError, ValueError, RecursionError):
            said = f"the bytes are no {name}"
            remedy = "serialise the request with the published contract"
            return Unreadable("UNREADABLE_REQUEST", Violation("(message)", "protobuf", said, remedy))

    return read
