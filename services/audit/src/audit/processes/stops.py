"""The stop of a stream reaches the service that writes it, and so does its end. 社区矫正法 第六十二条.

What is to be so stands in audit's table `stop`, as its events say; the services are told until they have answered, and
again now and then, so that a service whose database was restored from before the stop hears of it.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import NamedTuple
from uuid import UUID

import grpc
from corrections.store.v1 import store_pb2 as pb
from corrections.store.v1.store_pb2_grpc import StoreServiceStub
from eventcore.link import Link

log = logging.getLogger(__name__)

AGAIN_S = 60.0  # not the law's: how often every stop is told anew
_WANTED = "select log, stream_id, stopped, seq, finding from stop"
_CALL_S = 10.0  # not the law's: what a call may take


class _Stop(NamedTuple):
    log: str
    stream_id: UUID
    stopped: bool
    seq: int
    finding: str


class Stops:
    """Tells each service which of its streams are read-only. `store`: the StoreService of a log."""

    def __init__(
        self, link: Link, store: Callable[[str], StoreServiceStub], *, again_s: float = AGAIN_S
    ) -> None:
        self._link, self._store, self._again_s = link, store, again_s
        self._told: set[_Stop] = set()
        self._next = time.monotonic() + again_s

    def turn(self) -> int:
        """What changed was told; answers how many services' answers came. One that is away is asked at the next turn."""
        if time.monotonic() >= self._next:
            self._next = time.monotonic() + self._again_s
            self._told.clear()
        wanted = [_Stop(*row) for row in self._link.conn.execute(_WANTED)]
        done = 0
        for stop in wanted:
            if stop not in self._told and self._tell(stop):
                self._told.add(stop)
                done += 1
        return done

    def close(self) -> None:
        """The connection is closed."""
        self._link.close()

    def _tell(self, stop: _Stop) -> bool:
        store, id_ = self._store(stop.log), str(stop.stream_id)
        try:
            if stop.stopped:
                request = pb.StopStreamRequest(stream_id=id_, seq=stop.seq, finding=stop.finding)
                store.StopStream(request, timeout=_CALL_S)
            else:
                store.ReopenStream(pb.ReopenStreamRequest(stream_id=id_), timeout=_CALL_S)
        except grpc.RpcError as error:
            code = error.code() if isinstance(error, grpc.Call) else None
            log.warning("stop not told now: log=%s stream=%s status=%s", stop.log, id_, code)
            return False
        return True
