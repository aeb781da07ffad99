"""Arrays of one type in PostgreSQL's binary format, written in one pass.

psycopg looks at every element of a list for its type and its dumper; for the dozen arrays of an append that takes
longer than anything else the client does.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from struct import Struct
from uuid import UUID

from psycopg import adapters
from psycopg.abc import Buffer
from psycopg.adapt import Dumper
from psycopg.pq import Format

_HEAD = Struct("!iiIii").pack  # dimensions, has nulls, type of the elements, length, lower bound
_LENGTH = Struct("!i").pack
_NULL = _LENGTH(-1)
_INT8 = Struct("!iq").pack
_INT4 = Struct("!ii").pack
_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)  # PostgreSQL counts microseconds from here
_MICROSECOND = timedelta(microseconds=1)

_UUID, _BYTEA, _TEXT, _BIGINT, _INTEGER, _TIMESTAMPTZ, _BOOLEAN = 2950, 17, 25, 20, 23, 1184, 16


class Array:
    """A parameter `%b` that is an array already."""

    __slots__ = ("data",)

    def __init__(self, data: bytes) -> None:
        self.data = data


class _ArrayDumper(Dumper):
    """The statement casts the parameter, so its type is left open."""

    format = Format.BINARY

    def dump(self, obj: Array) -> Buffer:
        return obj.data


adapters.register_dumper(Array, _ArrayDumper)


def _array(kind: int, elements: Sequence[bytes], *, nulls: bool = False) -> Array:
    if not elements:
        return Array(_HEAD(0, 0, kind, 0, 0)[:12])
    return Array(_HEAD(1, nulls, kind, len(elements), 1) + b"".join(elements))


def uuids(values: Iterable[UUID]) -> Array:
    """uuid[]"""
    return uuid_bytes(value.bytes for value in values)


def uuid_bytes(values: Iterable[bytes]) -> Array:
    """uuid[], of ids as their 16 bytes."""
    length = _LENGTH(16)
    return _array(_UUID, [length + value for value in values])


def byteas(values: Iterable[bytes]) -> Array:
    """bytea[]"""
    return _array(_BYTEA, [_LENGTH(len(value)) + value for value in values])


def texts(values: Iterable[str | None]) -> Array:
    """text[]; None is null."""
    encoded = [None if value is None else value.encode() for value in values]
    elements = [_NULL if value is None else _LENGTH(len(value)) + value for value in encoded]
    return _array(_TEXT, elements, nulls=None in encoded)


def bigints(values: Iterable[int]) -> Array:
    """bigint[]"""
    return _array(_BIGINT, [_INT8(8, value) for value in values])


def integers(values: Iterable[int]) -> Array:
    """integer[]"""
    return _array(_INTEGER, [_INT4(4, value) for value in values])


def timestamps(values: Iterable[datetime]) -> Array:
    """timestamptz[]"""
    return _array(_TIMESTAMPTZ, [_INT8(8, (value - _EPOCH) // _MICROSECOND) for value in values])


def booleans(values: Iterable[bool]) -> Array:
    """boolean[]"""
    true, false = _LENGTH(1) + b"\x01", _LENGTH(1) + b"\x00"
    return _array(_BOOLEAN, [true if value else false for value in values])
