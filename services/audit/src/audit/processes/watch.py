"""The other services' logs are verified as they grow, without being asked, and all logs cosigned. 社区矫正法 第六十二条.

Only what is new is read; what is old is read again beside it (audit.processes.rereading). Audit's own log is not verified as
it grows: each verification makes it grow. Links between logs that were never made are looked for in the same rounds.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from secrets import token_hex
from typing import NamedTuple

import grpc
from corrections.audit.v1.service_pb2 import CosignLogRequest, VerifyLogRequest
from corrections.audit.v1.service_pb2_grpc import AuditServiceStub
from corrections.store.v1.store_pb2 import GetCheckpointRequest
from corrections.store.v1.store_pb2_grpc import StoreServiceStub
from proofs.note import NoteError, parse_checkpoint, split_note
from proofs.verify import SignatureLine

from audit.domain.logs import LOGS, OTHERS
from audit.processes.links import Links

log = logging.getLogger(__name__)

INTERVAL_S = 30.0  # not the law's: how often the logs are watched
_COSIGN_S = 15.0  # not the law's: how long a round of the witnesses may take


class _Newest(NamedTuple):
    """The newest checkpoint of a log: its size, and what the log itself signed, without the witnesses' lines, which come later."""

    size: int
    text: str
    lines: tuple[SignatureLine, ...] = ()


class Watch:
    """Asks audit to verify each log that has grown, at most every `interval_s` seconds.

    publish_keys: writes the file of the logs' keys; True when every log has its key in it.
    """

    def __init__(
        self,
        channel: Callable[[], grpc.Channel],
        store: Callable[[str], StoreServiceStub],
        publish_keys: Callable[[], bool],
        links: Links,
        *,
        interval_s: float = INTERVAL_S,
    ) -> None:
        self._channel = channel
        self._store = store
        self._publish_keys = publish_keys
        self._links = links
        self._interval_s = interval_s
        self._next = time.monotonic() + interval_s
        self._all_keys = False
        self._verified: dict[str, _Newest] = {}

    @property
    def verified(self) -> Mapping[str, int]:
        """Size of the last checkpoint that was handed over, by log."""
        return {name: newest.size for name, newest in self._verified.items()}

    def turn(self) -> int:
        """Logs that have grown were verified; answers how many. 0 before the time."""
        due = time.monotonic() >= self._next
        if due or not self._all_keys:  # at first start the other services are still making theirs
            self._all_keys = self._publish_keys()
        if not due:
            return 0
        self._next = time.monotonic() + self._interval_s
        found = sum(self._one(name) for name in OTHERS)
        for name in LOGS:
            self._cosign(name)
        self._links.look()
        return found

    def close(self) -> None:
        """No connection is held."""
        self._links.close()

    def _one(self, name: str) -> bool:
        try:
            newest = self._newest(name)
            if newest == self._verified.get(name):
                return False
            # never an id of before: under that the answer of then would come, whatever is signed now
            request = VerifyLogRequest(request_id=f"watch/{name}/{token_hex()}", log=name, tail_only=True)
            found = AuditServiceStub(self._channel()).VerifyLog(request).state
        except grpc.RpcError as error:
            code = error.code() if isinstance(error, grpc.Call) else None
            log.info("log not verified now: log=%s status=%s", name, code)
            return False
        self._verified[name] = newest
        if found.mismatches:
            first = found.found[0]
            log.error("log does not fit: log=%s seq=%d finding=%s", name, first.seq, first.finding)
        return True

    def _cosign(self, name: str) -> None:
        try:
            AuditServiceStub(self._channel()).CosignLog(CosignLogRequest(log=name), timeout=_COSIGN_S)
        except grpc.RpcError as error:
            code = error.code() if isinstance(error, grpc.Call) else None
            log.info("log not cosigned now: log=%s status=%s", name, code)

    def _newest(self, name: str) -> _Newest:
        """Of size 0 where it cannot be read, which VerifyLog then records."""
        note = self._store(name).GetCheckpoint(GetCheckpointRequest()).note
        try:
            text, lines = split_note(note)
            checkpoint = parse_checkpoint(text)
        except NoteError:
            return _Newest(0, note)
        return _Newest(checkpoint.size, text, tuple(one for one in lines if one.name == checkpoint.origin))
