"""Attacks of one who owns the database and the signing key: each is found and named (G31).

What `guitu fsck` cannot see, because he rebuilt all that it compares, is found by comparing with what left the house: the
topics (audit's copy), a published folder, a checkpoint that somebody kept.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path
from typing import Any

import grpc
import pytest
from audit.domain.logs import LOGS, OWN
from audit.keys import log_vkeys
from audit.processes import watch
from audit.processes.links import Links
from audit.processes.watch import Watch
from corrections.audit.v1 import service_pb2 as pb
from corrections.common.v1.common_pb2 import EventMeta
from devstack.testing import DatabaseFactory, TopicFactory
from eventcore import checkpoint, ids
from eventcore.fsck import fsck
from eventcore.link import Link, connecting
from proofs.canonical import leaf_pair
from proofs.maps import LogMaps
from proofs.note import sign_checkpoint
from proofs.tree import Frontier
from proofs.verify import verify_bundle
from servicekit import signing
from servicekit.peers import Peers
from servicekit.testing import INSTALLATION

from tests.integration.audit.test_audit import CASE, JUDGMENT, NEIGHBOUR, lived, refusal
from tests.integration.audit.test_stop import FORGED
from tests.integration.audit.world import Log, World, open_world, settings_of

STREAM = ids.stream_id(INSTALLATION, "education", "case", str(CASE))


@pytest.fixture
async def world(
    database_factory: DatabaseFactory, topic: TopicFactory, tmp_path: Path
) -> AsyncIterator[World]:
    async with open_world(("intake", "education", "handoff", OWN), database_factory, topic, tmp_path) as made:
        await lived(made)
        await made.verify("education", "before")
        yield made


def resigned(world: World, log: Log, *, maps: LogMaps | None = None) -> str:
    """Everything that the store says of itself is made anew from its events, and the checkpoint signed with the real key."""
    signer = signing.log_signer(world.home, installation=INSTALLATION, service=log.service)
    with log.owner() as connection:
        rows = connection.execute(
            "select l.seq, e.stream_id, e.version, e.meta, e.data from es.log l join es.event e using (stream_id, version)"
            " order by l.seq"
        ).fetchall()
        for table in ("es.event", "es.log"):
            connection.execute(f"alter table {table} disable trigger history".encode())
        pairs = [leaf_pair(meta, data) for *_, meta, data in rows]
        for (seq, stream, version, *_), pair in zip(rows, pairs, strict=True):
            connection.execute(
                "update es.log set leaf_sha256 = %s, leaf_sm3 = %s where seq = %s", [*pair, seq]
            )
            connection.execute(
                "update es.event set leaf_sha256 = %s, leaf_sm3 = %s where stream_id = %s and version = %s",
                [*pair, stream, version],
            )
        sha256, sm3 = Frontier(), Frontier(hash="sm3")
        sha256.extend(pair[0] for pair in pairs)
        sm3.extend(pair[1] for pair in pairs)
        connection.execute(
            "update es.sequencer set seq = %s, frontier_sha256 = %s, size_sm3 = %s, frontier_sm3 = %s",
            [len(rows), sha256.hashes, len(rows), sm3.hashes],
        )
        connection.execute("delete from es.checkpoint")
        checkpoint.sign(connection, signer)
        if maps is not None:
            note = sign_checkpoint(
                signer.name,
                len(rows),
                sha256.root(),
                signer,
                extensions=maps.lines(),
            )
            connection.execute("update es.checkpoint set note = %s where tree = 'sha256'", [note])
        [note] = connection.execute("select note from es.checkpoint where tree = 'sha256'").fetchone() or [""]
    return note


def maps_of(log: Log) -> LogMaps:
    """The maps as an honest checkpoint commits them, from the stored metadata."""
    made = LogMaps()
    with log.owner() as connection:
        rows = connection.execute(
            "select e.meta from es.log l join es.event e using (stream_id, version) order by l.seq"
        )
        metas = [EventMeta.FromString(row[0]) for row in rows]
    made.extend([(meta.stream_id, meta.version, (meta.subject, *meta.about)) for meta in metas])
    return made


def kept(log: Log) -> str:
    """The checkpoint as an outsider kept it before the attack."""
    with log.owner() as connection:
        row = connection.execute(
            "select note from es.checkpoint where tree = 'sha256' order by size desc limit 1"
        ).fetchone()
    assert row is not None
    return row[0]


def checked(world: World, log: Log) -> str | None:
    """The fault that fsck finds, with the log's key."""
    with log.owner() as connection:
        keys = [k for k in log_vkeys(world.home, INSTALLATION, LOGS) if k.name.endswith(f"/{log.service}")]
        return fsck(connection, vkeys=keys).fault


async def findings(world: World, log: str, name: str) -> list[tuple[int, str]]:
    state = (await world.verify(log, name)).state
    return [(found.seq, found.finding) for found in state.found]


async def test_a_chain_rebuilt_and_signed_anew_after_an_edit_is_found_by_what_left_the_house(
    world: World,
) -> None:
    school = world.logs["education"]
    seen = kept(school)
    school.tamper("update es.event set data = %s where stream_id = %s and version = 2", FORGED, STREAM)
    resigned(world, school)
    assert checked(world, school) is None  # the store agrees with itself
    assert await findings(world, "education", "rebuilt") == [(2, "BYTES_CHANGED")]
    with pytest.raises(grpc.aio.AioRpcError) as refused:
        await world.export(CASE)
    assert refusal(refused.value).metadata["finding"] == "ROOT_DIFFERS"
    assert seen != kept(school)


async def watched(world: World, made: Watch) -> list[str]:
    """What is on record after one round of the watch."""
    await asyncio.to_thread(made.turn)
    await world.settle()
    answer = await world.clerk.ListLogs(pb.ListLogsRequest(), timeout=10)
    return [found.finding for log in answer.logs if log.log == "education" for found in log.found]


async def test_a_checkpoint_signed_anew_at_the_same_size_is_found_by_the_next_round(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watch, "OTHERS", ("education",))
    monkeypatch.setattr(watch, "LOGS", ())
    assert world.peers is not None
    own = Peers(settings_of(world.authority, OWN, {OWN: f"127.0.0.1:{world.port}"}))
    link = Link(connecting(world.logs[OWN].database.dsn, "links"))
    with closing(own), closing(link):
        made = Watch(lambda: own.channel(OWN), world.peers.store, lambda: True, Links(link), interval_s=0.0)
        assert await watched(world, made) == []
        before = world.rows("select count(*) from es.request")
        assert await watched(world, made) == []
        assert world.rows("select count(*) from es.request") == before  # nobody was asked
        school = world.logs["education"]
        school.tamper("update es.event set data = %s where stream_id = %s and version = 2", FORGED, STREAM)
        resigned(world, school)
        assert await watched(world, made) == ["CHECKPOINT_FORKED"]


async def test_an_event_that_is_in_the_log_twice_is_found(world: World) -> None:
    school = world.logs["education"]
    school.tamper(
        "insert into es.log select (select max(seq) + 1 from es.log), stream_id, version, leaf_sha256, leaf_sm3"
        " from es.log where seq = 2"
    )
    resigned(world, school)

    state = (await world.verify("education", "twice")).state
    assert [(found.seq, found.finding) for found in state.found] == [(8, "EVENT_TWICE")]
    assert list(state.stopped) == [str(STREAM)]  # found by its first position: topics drop a repeat


async def test_events_cut_off_the_end_and_signed_anew_are_found(world: World) -> None:
    school = world.logs["education"]
    last = "(select stream_id from es.log where seq = 7)"
    school.tamper(f"delete from es.event where stream_id = {last} and version = 4")
    school.tamper("delete from es.log where seq = 7")
    school.tamper(f"update es.stream set version = 3 where stream_id <> '{STREAM}'")
    resigned(world, school)
    assert checked(world, school) is None
    assert await findings(world, "education", "cut") == [(7, "CHECKPOINT_OLD")]


async def test_events_that_changed_places_are_found(world: World) -> None:
    school = world.logs["education"]
    school.tamper("update es.log set seq = -1 where seq = 2")
    school.tamper("update es.log set seq = 2 where seq = 3")
    school.tamper("update es.log set seq = 3 where seq = -1")
    resigned(world, school)
    assert await findings(world, "education", "swapped") == [(2, "BYTES_CHANGED")]


async def test_a_backdated_event_is_found(world: World) -> None:
    school = world.logs["education"]
    school.tamper("update es.event set recorded_at = recorded_at - interval '30 days' where stream_id = %s and version = 3", STREAM)  # fmt: skip
    assert "column recorded_at differs" in str(checked(world, school))


async def test_stream_heads_that_hide_the_last_event_are_found_by_everybody_who_recomputes(
    world: World,
) -> None:
    school = world.logs["education"]
    seen = kept(school)
    lie = maps_of(school)
    lie.heads.rewind([(STREAM.bytes, 4, ())])
    forged = resigned(world, school, maps=lie)
    assert forged.split("\n")[:3] == seen.split("\n")[:3]  # the same log, size and root
    assert "the stream-heads that it commits are not those of the log" in str(checked(world, school))
    assert await findings(world, "education", "heads") == [(8, "HEADS_DIFFER")]
    with pytest.raises(grpc.aio.AioRpcError) as refused:
        await world.export(CASE)
    assert refusal(refused.value).metadata["finding"] == "HEADS_DIFFER"


async def test_a_stream_hidden_from_its_case_by_a_false_line_is_found_by_everybody_who_recomputes(
    world: World,
) -> None:
    court = world.logs["handoff"]
    await world.verify("handoff", "handoff before")
    seen = kept(court)
    lie = maps_of(court)
    lie.subjects.rewind([(CASE.bytes, ids.stream_id(INSTALLATION, "handoff", *JUDGMENT).bytes)])
    forged = resigned(world, court, maps=lie)
    assert forged.split("\n")[:4] == seen.split("\n")[:4]  # the same log, size, root and stream heads
    assert "the subject-streams that it commits are not those of the log" in str(checked(world, court))
    assert await findings(world, "handoff", "subjects") == [(4, "SUBJECTS_DIFFER")]
    with pytest.raises(grpc.aio.AioRpcError) as refused:
        await world.export(CASE)
    assert refusal(refused.value).metadata["finding"] == "SUBJECTS_DIFFER"


async def test_a_bundle_of_the_rebuilt_log_contradicts_the_checkpoint_that_somebody_kept(
    world: World,
) -> None:
    good = await world.export(NEIGHBOUR)
    keys = log_vkeys(world.home, INSTALLATION, LOGS)
    school = world.logs["education"]
    school.tamper("update es.event set data = %s where stream_id = %s and version = 2", FORGED, STREAM)
    forked = resigned(world, school)
    codes: list[Any] = [f.code for f in verify_bundle(good, keys, seen=[forked]).findings]
    assert codes == ["CHECKPOINT_FORKED"]
