"""Every read of persons' records is recorded before its answer leaves. 个人信息保护法 第二十八条; 社区矫正法 第五十四条.

The record is first stored in the database of the service that was asked, and from there sent on to audit's log
(servicekit.read_forwarding). A read whose record cannot be stored is refused: nobody sees what nobody can account for. It holds ids
and words of the contract, and who read whose record is personal itself: it is stored sealed (`waiting_key`). What a method shows is an option of its contract, so that none is forgotten.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextvars import ContextVar
from functools import cache
from pathlib import Path
from typing import Any, cast
from uuid import UUID

import psycopg
from contracts.registry import Method
from corrections.audit.v1.events_pb2 import RecordRead
from corrections.common.v1.common_pb2 import EventMeta
from corrections.store.v1.store_pb2 import LogEntry
from eventcore.decider import Caller
from eventcore.store import Pool
from google.protobuf.message import DecodeError, Message
from psycopg_pool import PoolTimeout

from servicekit.caller import SERVICE
from servicekit.errors import Unavailable
from servicekit.sealing import FileKey, field_of

SEALED = field_of(RecordRead, "sealed")
_STORE = "insert into es.read_record (record) values (%s)"
_ENTRY = LogEntry.DESCRIPTOR.full_name
_CASE, _CASES = "case_id", "case_ids"

_shown: ContextVar[set[UUID] | None] = ContextVar("servicekit.read_log.shown", default=None)
_named: ContextVar[dict[str, None] | None] = ContextVar("servicekit.read_log.named", default=None)


def begin() -> None:
    """The running task is a call of its own: nothing was shown yet."""
    _shown.set(set())
    _named.set({})


def show(cases: Iterable[UUID]) -> None:
    """The call at hand shows these cases, which its answer does not name."""
    found = _shown.get()
    if found is not None:
        found.update(cases)


def name(fields: Iterable[str]) -> None:
    """The call at hand opens these fields of events, which its answer does not name."""
    found = _named.get()
    if found is not None:
        found.update(dict.fromkeys(fields))


def waiting_key(home: Path, service: str) -> FileKey:
    """The key under which a service's reads wait for audit."""
    return FileKey.load(home, f"{service}-reads-waiting")


def opened(stored: bytes, key: FileKey) -> RecordRead:
    """The read that was stored, as `ReadLog` seals it or in the clear as releases before did. KeyUnknown, Unopenable."""
    read = RecordRead.FromString(stored)
    return RecordRead.FromString(key.open(read.sealed, field=SEALED)) if read.HasField("sealed") else read


class ReadLog:
    """The record of one service's reads. key: `waiting_key`."""

    def __init__(self, pool: Pool, *, service: str, key: FileKey) -> None:
        self._pool = pool
        self._service = service
        self._key = key

    async def record(
        self,
        method: Method,
        caller: Caller,
        request: object,
        answer: object,
        *,
        purpose: str,
        refused: str = "",
    ) -> None:
        """The read is recorded durably, with the purpose that the caller named, empty where he named none. Raises Unavailable where it cannot be: then nothing is shown."""
        cases = {*_cases_of(request), *_cases_of(answer), *(_shown.get() or ())}
        fields = [field.name for field, _ in answer.ListFields()] if isinstance(answer, Message) else []
        read = RecordRead(
            service=self._service,
            method=method.path.rsplit("/", 1)[-1],
            reads=method.reads,
            fields=[*fields, *(_named.get() or ())],
            actor=caller.actor,
            unit=caller.unit,
            role=caller.role,
            purpose=purpose,
            cases=b"".join(sorted(case.bytes for case in cases)),
            refused=refused,
        )
        sealed = self._key.seal(read.SerializeToString(), field=SEALED)
        try:
            async with self._pool.connection() as connection:
                await connection.execute(_STORE, (RecordRead(sealed=sealed).SerializeToString(),))
        except (psycopg.Error, PoolTimeout) as error:
            raise Unavailable("the read cannot be recorded, so nothing is shown") from error


def wanted(method: Method, caller: Caller) -> bool:
    """The call reads of persons' records, and is none of the platform's services among themselves."""
    return bool(method.reads) and caller.role != SERVICE


class NoReadLog(Unavailable):
    """the service has no read log, so nothing of a person is shown"""


def _cases_of(message: object) -> Iterator[UUID]:
    if isinstance(message, Message):
        yield from _within(message)


def _within(message: Message) -> Iterator[UUID]:
    if message.DESCRIPTOR.full_name == _ENTRY:
        yield from _subject(cast("LogEntry", message))
        return
    own, inside = _fields(type(message))
    for name in own:
        value: Any = getattr(message, name)
        yield from (_uuids([value]) if isinstance(value, str) else _uuids(value))
    for name, repeated in inside:
        value = getattr(message, name)
        for one in value if repeated else [value] if message.HasField(name) else ():
            yield from _within(one)


@cache
def _fields(kind: type[Message]) -> tuple[tuple[str, ...], tuple[tuple[str, bool], ...]]:
    """Fields that name cases; and where there are none the messages inside that may."""
    descriptor = kind.DESCRIPTOR
    own = tuple(name for name in (_CASE, _CASES) if name in descriptor.fields_by_name)
    if own:
        return own, ()
    inside = [
        (field.name, field.is_repeated)
        for field in descriptor.fields
        if field.message_type is not None and not field.message_type.full_name.startswith("google.")
    ]
    return (), tuple(inside)


def _subject(entry: LogEntry) -> Iterator[UUID]:
    """What a stored event is about: a case, or another stream's subject, which is then no case to anybody."""
    try:
        subject = EventMeta.FromString(entry.meta).subject
    except DecodeError:
        return
    if len(subject) == 16:
        yield UUID(bytes=subject)


def _uuids(texts: Iterable[str]) -> Iterator[UUID]:
    for text in texts:
        try:
            yield UUID(text)
        except ValueError:
            continue
