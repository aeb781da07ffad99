"""Every log is read again as a whole, without being asked: an old event that was altered makes no log grow. 社区矫正法 第六十二条.

A pass goes through a log slice by slice, after each start of audit and then so many seconds after the last one ended. Its
position is kept, so a restart goes on with it. After a slice it rests, so that a log of any length takes no more than a share
of the time: a million events are read in tens of minutes, ten millions in hours. Machine time, not the installation's: a simulated
clock that jumps over months makes it run no more often.

A log that cannot be read is tried again later, and holds up no others. A pass counts as one over the whole log only where it
came to the size that a signed checkpoint named.

A slice in which nothing is wrong writes no event. That is why audit's own log is read again as well.
"""

from __future__ import annotations

import logging
import time
from collections import deque
from collections.abc import Callable, Sequence
from typing import NamedTuple

import grpc
from corrections.audit.v1.service_pb2 import VerifyLogRequest, VerifyLogResponse
from corrections.audit.v1.service_pb2_grpc import AuditServiceStub
from corrections.store.v1.store_pb2 import GetCheckpointRequest
from corrections.store.v1.store_pb2_grpc import StoreServiceStub
from eventcore.link import Link
from proofs.note import NoteError, parse_checkpoint, split_note

from audit.domain.logs import LOGS

log = logging.getLogger(__name__)

FIRST_S = 30.0  # not the law's: at a start the services have other things to do
SLICE = 2000  # not the law's: records that are read at a time
_CALL_S = 60.0  # not the law's: what a call may take
_UNDER_WAY = "select pass, next, size from rereading where log = %s and size > 0"
_BEGIN = """
insert into rereading (log, pass, next, size) values (%s, 1, 0, %s)
on conflict (log) do update set pass = rereading.pass + 1, next = 0, size = excluded.size
returning pass, next, size
"""
_ON = "update rereading set next = %s where log = %s"
_END = "update rereading set next = 0, size = 0, whole_at = es.now(), whole_size = size where log = %s"
_GIVE_UP = "update rereading set next = 0, size = 0 where log = %s"
_DOUBTS = "select id, log, seq from doubt order by id limit 100"
_LOOKED = "delete from doubt where id = %s"


class _Pass(NamedTuple):
    number: int
    next: int
    size: int


class Rereading:
    """Reads every log again, at most `share` of the time. `channel`: to audit itself; `store`: the StoreService of a log."""

    def __init__(
        self,
        link: Link,
        channel: Callable[[], grpc.Channel],
        store: Callable[[str], StoreServiceStub],
        *,
        every_s: float,
        share: float,
        logs: Sequence[str] = LOGS,
    ) -> None:
        self._link, self._channel, self._store = link, channel, store
        self._every_s, self._rest = every_s, 1 / share - 1
        self._next = time.monotonic() + min(FIRST_S, every_s)
        self._due = dict.fromkeys(logs, self._next)
        self._away: dict[str, float] = {}
        self._begun: set[str] = set()
        self._turns = deque(logs)

    def turn(self) -> int:
        """A slice of the log whose turn it is was read, or what a refused bundle made doubtful; 0 while nothing is due."""
        if time.monotonic() < self._next:
            return 0
        return self._doubt() or self._slice()

    def close(self) -> None:
        """The connection is closed."""
        self._link.close()

    def _doubt(self) -> int:
        for id_, name, seq in self._link.conn.execute(_DOUBTS).fetchall():
            if self._rests(name):
                continue
            request = VerifyLogRequest(request_id=f"doubt/{id_}", log=name)
            if seq is None:
                request.tail_only = (
                    True  # root and stream heads; and no event is named, so all of them are read
                )
                self._due[name] = time.monotonic()
            else:
                request.from_seq, request.limit = seq, 1
            if self._verify(request) is not None:
                self._link.conn.execute(_LOOKED, (id_,))
                return 1
        return 0

    def _slice(self) -> int:
        for _ in self._due:
            self._turns.rotate(-1)
            name = self._turns[0]
            if self._rests(name):
                continue
            found = self._under_way(name)
            if found is not None and self._read(name, found):
                return 1
        return 0

    def _under_way(self, name: str) -> _Pass | None:
        row = self._link.conn.execute(_UNDER_WAY, (name,)).fetchone()
        if row is not None:
            return _Pass(*row)
        if time.monotonic() < self._due[name]:
            return None
        size = self._size(name)
        if not size:
            self._due[name] = time.monotonic() + min(FIRST_S, self._every_s)
            return None
        row = self._link.conn.execute(_BEGIN, (name, size)).fetchone()
        assert row is not None, "an upsert returns its row"
        self._begun.add(name)
        return _Pass(*row)

    def _read(self, name: str, found: _Pass) -> bool:
        id_ = f"reread/{name}/{found.number}/{found.next}"
        request = VerifyLogRequest(request_id=id_, log=name, from_seq=found.next, limit=SLICE)
        answer = self._verify(request)
        if answer is None:
            return False
        if found.next < answer.next_seq < found.size:
            self._link.conn.execute(_ON, (answer.next_seq, name))
            return True
        # cut off, or without a signed checkpoint at its end: the watch tells that, but it was not read as a whole.
        # The log may have grown since the pass began: its end is then no end of the log, and vouched for by the same note.
        whole = answer.signed and answer.next_seq >= found.size
        self._link.conn.execute(_END if whole else _GIVE_UP, (name,))
        # what a start before this one began does not count for this one
        self._due[name] = time.monotonic() + (self._every_s if name in self._begun else 0.0)
        self._begun.discard(name)
        log.info(
            "%s: log=%s size=%d mismatches=%d",
            "whole log read again" if whole else "log not read to its end",
            name, found.size, answer.state.mismatches,
        )  # fmt: skip
        return True

    def _rests(self, name: str) -> bool:
        return time.monotonic() < self._away.get(name, 0.0)

    def _failed(self, name: str, began: float) -> None:
        """The log is left alone for as long as keeps what it costs within the share."""
        now = time.monotonic()
        self._away[name] = now + max(min(FIRST_S, self._every_s), (now - began) * self._rest)

    def _verify(self, request: VerifyLogRequest) -> VerifyLogResponse | None:
        began = time.monotonic()
        try:
            answer = AuditServiceStub(self._channel()).VerifyLog(request, timeout=_CALL_S)
        except grpc.RpcError as error:
            self._failed(request.log, began)
            code = error.code() if isinstance(error, grpc.Call) else None
            log.info("log not read again now: log=%s status=%s", request.log, code)
            return None
        now = time.monotonic()
        self._next = now + (now - began) * self._rest
        if answer.outcome.events and answer.state.mismatches:
            first = answer.state.found[0]
            log.error("log does not fit: log=%s seq=%d finding=%s", request.log, first.seq, first.finding)
        return answer

    def _size(self, name: str) -> int:
        """Size of the newest checkpoint; 0 where there is none or it cannot be read, of which the watch hears."""
        began = time.monotonic()
        try:
            note = self._store(name).GetCheckpoint(GetCheckpointRequest(), timeout=_CALL_S).note
            return parse_checkpoint(split_note(note)[0]).size
        except (grpc.RpcError, NoteError):
            self._failed(name, began)
            return 0
