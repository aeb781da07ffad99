"""Values that a message can carry and nobody can mean: instants outside history, texts that hold a NUL.

protobuf and the rules of a contract let them pass; PostgreSQL and `datetime` do not, and a handler that met them
would fail as if it were at fault. So they are refused before it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import cast

from corrections.common.v1 import common_pb2
from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import Message
from google.protobuf.timestamp_pb2 import Timestamp

from servicekit.errors import Violation

# Wide enough for every fact and deadline of a person alive, narrow enough for any time zone and sum of periods.
EARLIEST = int(datetime(1900, 1, 1, tzinfo=UTC).timestamp())
LATEST = int(datetime(2200, 1, 1, tzinfo=UTC).timestamp())
NANOS = 1_000_000_000

# What an agency signed is its own affair: the handler answers even rubbish with a receipt.
_NOT_ENTERED = common_pb2.Signed.DESCRIPTOR.full_name


def impossible(message: Message, path: str = "") -> Iterator[Violation]:
    """Every impossible value of a message, with the path of its field."""
    for field, value in message.ListFields():
        name = f"{path}{field.name}"
        for index, item in _items(field, value):
            yield from _judge(f"{name}[{index}]" if index is not None else name, item)


def _items(field: FieldDescriptor, value: object) -> Iterator[tuple[int | str | None, object]]:
    if isinstance(value, str | bytes | int | float | bool | Message):
        yield None, value
    elif field.message_type is not None and field.message_type.GetOptions().map_entry:
        for key, item in cast("Mapping[object, object]", value).items():
            yield str(key), str(key)
            yield str(key), item
    else:
        yield from enumerate(cast("Sequence[object]", value))


def _judge(name: str, value: object) -> Iterator[Violation]:
    if isinstance(value, str):
        if "\x00" in value:
            yield Violation(
                name, "string.no_nul", "holds a NUL character", "send text without control characters"
            )
    elif isinstance(value, Timestamp):
        if not (EARLIEST <= value.seconds < LATEST and 0 <= value.nanos < NANOS):
            said = f"is {value.seconds} seconds and {value.nanos} nanoseconds from 1970"
            yield Violation(
                name, "timestamp.possible", said, "send an instant between the years 1900 and 2200"
            )
    elif isinstance(value, Message) and value.DESCRIPTOR.full_name != _NOT_ENTERED:
        yield from impossible(value, f"{name}.")
