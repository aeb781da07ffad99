"""Every log is published as tiles: written to `<home>/tiles/<service>`, handed out over HTTP (audit.tiles)."""

from __future__ import annotations

import logging
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Mapping
from pathlib import Path

import grpc
from corrections.store.v1.store_pb2_grpc import StoreServiceStub
from servicekit.tile_files import Busy, LogKeys, NotProven, OtherHistory, publish

from audit.tiles import TileServer

log = logging.getLogger(__name__)

INTERVAL_S = 30.0  # not the law's: how often the logs are published without being asked for
FRESH_S = 1.0  # a checkpoint that is asked for is not older, unless its log or the work on it takes longer


class Publish:
    """Publishes each log every `interval_s` seconds, and when somebody asks for its checkpoint.

    keys: the pinned keys by service; a log without one is not published yet. serve: makes the server, which is given
    `refresh`. server: listens from the first turn on. witnessed: whether only checkpoints with the quorum are published.
    cosign: asks the witnesses for a log's newest checkpoint; it is asked for when somebody outside waits for one.
    """

    def __init__(
        self,
        folder: Path,
        store: Callable[[str], StoreServiceStub],
        keys: Callable[[], Mapping[str, LogKeys]],
        serve: Callable[[Callable[[str], None]], TileServer],
        *,
        interval_s: float = INTERVAL_S,
        fresh_s: float = FRESH_S,
        witnessed: Callable[[], bool] = lambda: False,
        cosign: Callable[[str], None] = lambda _: None,
    ) -> None:
        self._witnessed, self._cosign = witnessed, cosign
        self._folder, self._store, self._keys, self._serve = folder, store, keys, serve
        self._interval_s, self._fresh_s = interval_s, fresh_s
        self.server: TileServer | None = None
        self._next = time.monotonic() + interval_s  # before, who asks gets what is there then
        self._done: dict[str, float] = {}
        self._locks: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)

    def turn(self) -> int:
        """What is new in any log is published; answers how many entries. 0 before the time."""
        if self.server is None:
            self.server = self._serve(self.refresh)
        if time.monotonic() < self._next:
            return 0
        self._next = time.monotonic() + self._interval_s
        return sum(self._publish(name) for name in self._keys())

    def refresh(self, name: str) -> None:
        """The log is published as it was at most `fresh_s` ago. Not waited for while another call is at it."""
        if time.monotonic() - self._done.get(name, -self._fresh_s) >= self._fresh_s:
            self._publish(name, ask=True)

    def close(self) -> None:
        """Nobody is served any more."""
        if self.server is not None:
            self.server.close()

    def _publish(self, name: str, *, ask: bool = False) -> int:
        keys, lock = self._keys().get(name), self._locks[name]
        if keys is None or not lock.acquire(blocking=False):
            return 0
        try:
            if ask:
                self._cosign(name)
            added = publish(self._folder / name, self._store(name), keys, cosigned=self._witnessed()).added
        except grpc.RpcError as error:
            code = error.code() if isinstance(error, grpc.Call) else None
            log.info("log not published now: log=%s status=%s", name, code)
            return 0
        except Busy as error:
            log.warning("log not published now: log=%s: %s", name, error)
            return 0
        except (NotProven, OtherHistory) as error:
            # what was published stays; VerifyLog and fsck name the event
            log.error("log does not fit what was published of it: log=%s: %s", name, error)
            return 0
        finally:
            self._done[name] = time.monotonic()
            lock.release()
        return added
