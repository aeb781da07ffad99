"""How many fields a message has, counted before it is parsed: a few bytes can stand for a great deal of memory.

Two bytes are an empty element of a repeated field and some 250 in memory; eight megabytes of them are a gigabyte.
"""

from __future__ import annotations

from typing import Any

from google.protobuf.message import Message

MAX_PARTS = 20_000
"""Fields of a message that is parsed. A judgment of a hundred people has some four thousand."""

_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5


def too_many(raw: bytes, kind: type[Message], most: int = MAX_PARTS) -> bool:
    """Whether the message and those inside it have more than `most` fields. Bytes that are no message have none."""
    waiting: list[tuple[bytes, Any]] = [(raw, kind.DESCRIPTOR)]
    counted = 0
    while waiting:
        data, descriptor = waiting.pop()
        at = 0
        while at < len(data):
            counted += 1
            if counted > most:
                return True
            try:
                tag, at = _varint(data, at)
                wire = tag & 7
                if wire == _BYTES:
                    size, at = _varint(data, at)
                    inside = _message(descriptor, tag >> 3)
                    if inside is not None:
                        waiting.append((data[at : at + size], inside))
                    at += size
                elif wire == _VARINT:
                    _, at = _varint(data, at)
                elif wire in (_FIXED64, _FIXED32):
                    at += 8 if wire == _FIXED64 else 4
                else:
                    break  # groups: no contract has one, and the parser says so
            except IndexError:
                break  # cut short: the parser says so
    return False


def _message(descriptor: Any, number: int) -> Any:
    field = descriptor.fields_by_number.get(number)
    return field.message_type if field is not None else None


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
        shift += 7
