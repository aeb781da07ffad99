"""An old event that was altered is found although nobody asks, and its stream stops. 社区矫正法 第六十二条; G31."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Generator
from contextlib import closing, contextmanager
from pathlib import Path

import grpc
import pytest
from audit.domain.logs import OWN
from audit.processes import rereading
from audit.processes.rereading import Rereading
from corrections.audit.v1 import events_pb2 as ev
from corrections.audit.v1 import service_pb2 as pb
from corrections.education.v1 import events_pb2 as education
from devstack.testing import DatabaseFactory, TopicFactory
from eventcore import ids
from eventcore.errors import Stopped
from eventcore.link import Link, connecting
from servicekit.peers import Peers
from servicekit.testing import INSTALLATION

from tests.integration.audit.test_audit import CASE, CHANGE, NEIGHBOUR, lived
from tests.integration.audit.test_stop import FORGED, STREAM, TRUE, attend, reopen
from tests.integration.audit.world import World, open_world, settings_of

_LIMIT_S = 120.0
_PASSES = "select log, pass from rereading"


@pytest.fixture
async def world(
    database_factory: DatabaseFactory, topic: TopicFactory, tmp_path: Path
) -> AsyncIterator[World]:
    async with open_world(("intake", "education", "handoff", OWN), database_factory, topic, tmp_path) as made:
        await lived(made)
        for log in ("intake", "education", "handoff"):
            await made.verify(log, f"at first {log}", tail_only=True)
        await made.settle()
        yield made


@contextmanager
def started(world: World, *, every_s: float = 0.001) -> Generator[Rereading]:
    """The process as after a start of audit; it rests not at all."""
    assert world.peers is not None
    own = Peers(settings_of(world.authority, OWN, {OWN: f"127.0.0.1:{world.port}"}))
    link = Link(connecting(world.logs[OWN].database.dsn, "rereading"))
    with closing(own), closing(link):
        yield Rereading(
            link,
            lambda: own.channel(OWN),
            world.peers.store,
            every_s=every_s,
            share=1.0,
            logs=list(world.logs),
        )


def passes(world: World) -> dict[str, int]:
    return dict(world.rows(_PASSES))


async def passed(world: World) -> None:
    """A pass over each log was begun and ended since."""
    before = passes(world)
    until = time.monotonic() + _LIMIT_S
    with started(world) as process:
        while any(passes(world).get(log, 0) < before.get(log, 0) + 2 for log in world.logs):
            await asyncio.to_thread(process.turn)
            assert time.monotonic() < until, passes(world)


async def states(world: World) -> dict[str, pb.LogState]:
    answer = await world.clerk.ListLogs(pb.ListLogsRequest(), timeout=10)
    return {log.log: log for log in answer.logs}


def own_log(world: World) -> int:
    return world.rows("select count(*) from es.event")[0][0]


def requests(world: World) -> int:
    return world.rows("select count(*) from es.request")[0][0]


async def test_an_old_event_that_was_altered_is_found_unasked_and_only_its_stream_stops(world: World) -> None:
    world.logs["education"].tamper(CHANGE, FORGED, STREAM)
    await passed(world)
    await world.settle()
    found = (await states(world))["education"]
    assert [(m.seq, m.finding) for m in found.found] == [(2, "BYTES_CHANGED")]
    assert list(found.stopped) == [str(STREAM)]
    assert await world.tell_stops() == 1
    with pytest.raises(Stopped) as refused:
        await attend(world, CASE, "after the stop")
    assert refused.value.code == "STREAM_STOPPED"
    await attend(world, NEIGHBOUR, "others go on")
    proofs = {step.seq: step.proof for step in await world.trail(CASE) if step.service == "education"}
    assert (proofs[2], {proofs[seq] for seq in proofs if seq != 2}) == ("MISMATCH", {"LOGGED"})
    # a pass that sees it again says nothing again
    size = own_log(world)
    await passed(world)
    assert own_log(world) == size

    world.logs["education"].tamper(CHANGE, TRUE, STREAM)
    await passed(world)
    assert not (await world.verify("education", "afterwards", tail_only=True)).state.mismatches
    answer = await reopen(world, ev.REOPEN_GROUND_RESTORED)
    assert [e.type for e in answer.outcome.events] == [ev.StreamReopened.DESCRIPTOR.full_name]


async def test_passes_over_sound_logs_leave_nothing_but_when_they_were(world: World) -> None:
    before = own_log(world), requests(world)
    await passed(world)
    await passed(world)
    assert (own_log(world), requests(world)) == before
    found = await states(world)
    assert {name: found[name].whole_size for name in world.logs} == {
        "intake": 2, "education": 8, "handoff": 4, OWN: before[0],
    }  # fmt: skip
    assert all(found[name].HasField("whole_at") for name in world.logs)
    assert not any(found[name].mismatches for name in found)


async def test_two_altered_events_stop_two_streams(world: World) -> None:
    for seq in (3, 6):
        place = f"(stream_id, version) = (select stream_id, version from es.log where seq = {seq})"
        world.logs["education"].tamper(f"update es.event set data = data || '\\x00'::bytea where {place}")
    await passed(world)
    await world.settle()
    found = (await states(world))["education"]
    assert [m.seq for m in found.found] == [3, 6]
    assert len(found.stopped) == 2


async def test_a_pass_goes_on_where_a_killed_process_left_it(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    until = time.monotonic() + _LIMIT_S
    with started(world) as process, monkeypatch.context() as small:
        small.setattr(rereading, "SLICE", 3)
        while (await states(world))["education"].reading != 3:
            await asyncio.to_thread(process.turn)
            assert time.monotonic() < until
    begun = passes(world)["education"]
    world.logs["education"].tamper(CHANGE, FORGED, STREAM)  # behind the position
    with started(world) as process:
        while not (await states(world))["education"].whole_size:
            await asyncio.to_thread(process.turn)
            assert time.monotonic() < until
        seen = (await states(world))["education"]
        assert (seen.whole_size, passes(world)["education"]) == (8, begun)
        # that pass was begun before this start: another one follows at once
        while not world.rows("select * from es.event where type like '%.MismatchFound'"):
            await asyncio.to_thread(process.turn)
            assert time.monotonic() < until
    assert passes(world)["education"] == begun + 1


async def test_audits_own_log_is_read_again_and_its_record_of_a_log_is_never_stopped(world: World) -> None:
    audit = world.logs[OWN]
    record = ids.stream_id(INSTALLATION, OWN, "log", "education")
    forged = ev.CheckpointVerified(log="education", size=7).SerializeToString()
    audit.tamper("update es.event set data = %s where stream_id = %s", forged, record)
    await passed(world)
    await world.settle()
    found = (await states(world))[OWN]
    assert [m.finding for m in found.found] == ["BYTES_CHANGED"]
    assert not found.stopped


async def test_a_refused_bundle_leads_to_the_stop(world: World) -> None:
    world.logs["education"].tamper(CHANGE, FORGED, STREAM)
    with pytest.raises(grpc.aio.AioRpcError) as refused:
        await world.export(CASE)
    assert refused.value.code() == grpc.StatusCode.FAILED_PRECONDITION
    with started(world) as process:
        while world.rows("select * from doubt"):
            assert not passes(world), "it comes before everything else"
            await asyncio.to_thread(process.turn)
    await world.settle()
    found = (await states(world))["education"]
    assert ([m.seq for m in found.found], list(found.stopped)) == ([2], [str(STREAM)])


async def test_a_refusal_that_audit_does_not_confirm_stops_nothing(world: World) -> None:
    with world.logs[OWN].owner() as connection:
        connection.execute("insert into doubt (log, seq) values ('education', 2), ('education', null)")
    size = own_log(world)
    await passed(world)
    assert not world.rows("select * from doubt")
    assert own_log(world) == size


async def test_what_is_altered_again_after_it_was_mended_is_found_again(world: World) -> None:
    school = world.logs["education"]
    other = education.SessionArranged(session_id="s0", on="2026-03-04").SerializeToString()
    for content, mismatches in ((FORGED, 1), (TRUE, 0), (other, 1)):
        school.tamper(CHANGE, content, STREAM)
        await passed(world)
        await world.settle()
        assert (await states(world))["education"].mismatches == mismatches


@pytest.mark.parametrize("note", ["altered", "gone"])
async def test_a_pass_whose_checkpoint_is_lost_on_the_way_is_none_over_the_whole_log(
    world: World, monkeypatch: pytest.MonkeyPatch, note: str
) -> None:
    until = time.monotonic() + _LIMIT_S
    monkeypatch.setattr(rereading, "SLICE", 3)
    with started(world) as process:
        while (await states(world))["education"].reading != 3:
            await asyncio.to_thread(process.turn)
            assert time.monotonic() < until
        with world.logs["education"].owner() as connection:
            lose = "delete from" if note == "gone" else "update"
            change = "" if note == "gone" else "set note = 'no note'"
            connection.execute(f"{lose} es.checkpoint {change}".encode())
        while (await states(world))["education"].reading:
            await asyncio.to_thread(process.turn)
            assert time.monotonic() < until
    found = (await states(world))["education"]
    assert (found.whole_size, found.HasField("whole_at")) == (0, False)


async def test_a_pass_under_a_pinned_key_that_was_swapped_is_none_over_the_whole_log(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rereading, "SLICE", 3)
    for number, kind in enumerate(("ed25519", "sm2")):
        path = world.home / "keys" / f"education.{kind}.pub"
        true = path.read_text()
        path.write_text((world.home / "keys" / f"intake.{kind}.pub").read_text())
        # one pass began when the log had three events; its end lies within the log of today
        with world.logs[OWN].owner() as connection:
            connection.execute("delete from rereading where log = 'education'")
            connection.execute(
                "insert into rereading (log, pass, next, size) values ('education', %s, 0, 3)", (number,)
            )
        await passed(world)
        await world.settle()
        found = (await states(world))["education"]
        assert (found.whole_size, found.HasField("whole_at")) == (0, False), kind
        assert [m.finding for m in found.found] == ["CHECKPOINT_NOT_SIGNED"]
        path.write_text(true)
    await passed(world)
    assert (await states(world))["education"].whole_size == 8
    assert not (await world.verify("education", "with its own key")).state.mismatches
