"""What the services stored of cases, for a replay under other rules (docs/adr/0023). Only streams of cases: an exchange
holds what an agency sent, a person's stream who it is; no replay needs either.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Sequence
from uuid import UUID

from corrections.audit.v1 import service_pb2 as pb
from eventcore import ids
from servicekit.deps import Deps

from audit.remote import RemoteLog


class Histories:
    """Reads cases out of the logs. `logs`: the services whose logs speak of cases."""

    def __init__(self, deps: Deps, logs: Collection[str]) -> None:
        self._deps = deps
        self._logs = sorted(logs)

    async def of(self, case_ids: Sequence[UUID]) -> list[pb.History]:
        """A history each, in the order of the cases. Errors of the calls are grpc.RpcError."""
        installation = self._deps.settings.installation
        histories = [pb.History(case_id=str(case_id)) for case_id in case_ids]
        streams = {
            log: [ids.stream_id(installation, log, "case", str(case_id)) for case_id in case_ids]
            for log in self._logs
        }
        read = await asyncio.gather(
            *(RemoteLog(self._deps.peers, log).streams(streams[log]) for log in self._logs)
        )
        for log, found in zip(self._logs, read, strict=True):
            for history, stream in zip(histories, streams[log], strict=True):
                history.entries.extend(found.get(stream, ()))
        return histories
