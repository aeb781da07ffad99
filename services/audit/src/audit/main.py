"""Composition root of audit."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress

from corrections.audit.v1.service_pb2 import CosignLogRequest
from corrections.audit.v1.service_pb2_grpc import AuditServiceStub, add_AuditServiceServicer_to_server
from eventcore.runner import Leader, Loop
from servicekit.deps import Deps
from servicekit.following_law import FOLLOWING_LAW
from servicekit.sealing import KeyFileLost
from servicekit.service import Service
from servicekit.tile_files import LogKeys
from servicekit.witnesses import PolicyFile
from servicekit.workers import Workers

from audit.domain.logs import LOGS, OWN
from audit.keys import log_keys, log_vkeys, write_log_vkeys
from audit.processes.links import Links
from audit.processes.publish import Publish
from audit.processes.rereading import Rereading
from audit.processes.stops import Stops
from audit.processes.watch import Watch
from audit.projections.entries import EVERY_LOG, OWN_LOG
from audit.projections.log_states import LOG_STATES
from audit.projections.reads import reads
from audit.reading import key_of_log
from audit.server import AuditServicer
from audit.tiles import TileFolder, TileServer

# Advisory locks: of several processes one watches, one tells of stops, one reads again.
_WATCH, _STOPS, _REREADING = 0x67740010, 0x67740011, 0x67740012
_COSIGN_S = 10.0


def _watch(workers: Workers) -> Sequence[Loop]:
    settings, peers = workers.settings, workers.peers

    def publish_keys() -> bool:
        # counted before: a key that comes between the two is in the file, and never the other way round
        complete = len(log_vkeys(settings.home, settings.installation, LOGS)) == len(LOGS)
        write_log_vkeys(settings.home, settings.installation, LOGS)
        return complete

    watched = workers.link("consume", "watch")
    watch = Watch(lambda: peers.channel(OWN), peers.store, publish_keys, Links(watched))
    leader = Leader(watch, watched, _WATCH)
    stops = Leader(
        Stops(workers.link("consume", "stops"), peers.store), workers.link("consume", "stops leader"), _STOPS
    )
    link = workers.link("consume", "rereading")
    rereading = Rereading(
        link,
        lambda: peers.channel(OWN),
        peers.store,
        every_s=settings.reread_every_s,
        share=settings.reread_share,
    )
    return [
        workers.loop("watch", leader),
        workers.loop("rereading", Leader(rereading, link, _REREADING), poll_last_s=1.0),
        workers.loop("stops", stops, poll_last_s=1.0),
        *_publish(workers),
    ]


def _publish(workers: Workers) -> Sequence[Loop]:
    settings, port = workers.settings, workers.settings.http_port
    if port is None:
        return []
    folder = settings.home / "tiles"

    def serve(refresh: Callable[[str], None]) -> TileServer:
        return TileServer(
            settings.host, port, TileFolder(folder, LOGS, refresh, entries=settings.http_entries)
        )

    def keys() -> Mapping[str, LogKeys]:
        return log_keys(settings.home, settings.installation, LOGS)

    policy = PolicyFile(settings.home)

    def cosign(name: str) -> None:
        if policy.read() is not None:
            stub = AuditServiceStub(workers.peers.channel(OWN))
            stub.CosignLog(CosignLogRequest(log=name), timeout=_COSIGN_S)

    publish = Publish(
        folder,
        workers.peers.store,
        keys,
        serve,
        witnessed=lambda: policy.read() is not None,
        cosign=cosign,
    )
    return [workers.loop("publish", publish, poll_last_s=1.0)]


async def _prepare(deps: Deps) -> None:
    write_log_vkeys(deps.settings.home, deps.settings.installation, LOGS)
    with suppress(KeyFileLost):  # told as an alarm; all else goes on
        await key_of_log(deps)


SERVICE = Service(
    name="audit",
    add_to_server=lambda server, deps: add_AuditServiceServicer_to_server(AuditServicer(deps), server),
    projections=[OWN_LOG, LOG_STATES],
    opening=lambda home: [reads(home)],
    subscriptions=[EVERY_LOG, FOLLOWING_LAW],
    loops=_watch,
    prepare=_prepare,
)
