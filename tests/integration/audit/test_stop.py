"""On a mismatch the affected stream is read-only and alarmed; all others go on. 社区矫正法 第六十二条."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import grpc
import pytest
from audit.domain.logs import OWN
from corrections.audit.v1 import events_pb2 as ev
from corrections.audit.v1 import service_pb2 as pb
from corrections.education.v1 import events_pb2 as education
from corrections.store.v1 import store_pb2, store_pb2_grpc
from devstack.testing import DatabaseFactory, TopicFactory
from eventcore import append, ids
from eventcore.decider import StreamKey
from eventcore.errors import Stopped
from eventcore.positions import positions
from servicekit.testing import INSTALLATION

from tests.integration.audit.test_audit import CASE, CHANGE, NEIGHBOUR, lived, refusal
from tests.integration.audit.world import World, open_world

STREAM = ids.stream_id(INSTALLATION, "education", "case", str(CASE))
FORGED = education.SessionArranged(session_id="s0", on="2026-03-03").SerializeToString()
TRUE = education.SessionArranged(session_id="s0", on="2026-03-02").SerializeToString()


@pytest.fixture
async def world(
    database_factory: DatabaseFactory, topic: TopicFactory, tmp_path: Path
) -> AsyncIterator[World]:
    async with open_world(("intake", "education", "handoff", OWN), database_factory, topic, tmp_path) as made:
        await lived(made)
        yield made


async def attend(world: World, case: Any, session: str) -> None:
    event = education.SessionArranged(session_id=session, on="2026-03-09")
    await world.logs["education"].write(StreamKey("case", str(case)), case, event)


async def reopen(world: World, ground: ev.ReopenGround, by: str = "3302/CITY_CCI/qian") -> Any:
    request = pb.ReopenStreamRequest(
        request_id=f"reopen {ground} {by}",
        log="education",
        stream_id=str(STREAM),
        ground=ground,
        decision_id="甬司矫决〔2026〕7号",
    )
    return await world.stub("staff", by).ReopenStream(request, timeout=10)


async def stopped(world: World) -> None:
    """The event was altered, found, and the stop has reached the service."""
    world.logs["education"].tamper(CHANGE, FORGED, STREAM)
    answer = await world.verify("education", "after")
    assert list(answer.state.stopped) == [str(STREAM)]
    await world.settle()
    assert await world.tell_stops() == 1


async def test_only_the_stream_of_the_altered_event_is_stopped_until_an_officer_decides(world: World) -> None:
    await stopped(world)
    with pytest.raises(Stopped) as refused:
        await attend(world, CASE, "after the stop")
    assert (refused.value.code, refused.value.rule) == ("STREAM_STOPPED", "oversight.scope")
    assert refused.value.facts == {"stream": str(STREAM), "seq": "2", "finding": "BYTES_CHANGED"}
    assert refused.value.on is not None
    await attend(world, NEIGHBOUR, "others go on")
    listed = {log.log: log for log in (await world.clerk.ListLogs(pb.ListLogsRequest(), timeout=10)).logs}
    assert list(listed["education"].stopped) == [str(STREAM)]
    assert (listed["education"].found[0].seq, listed["intake"].mismatches) == (2, 0)
    # another county hears that something does not fit, not whose stream it is
    stranger = world.stub("staff", "110105/COUNTY_CCI/zhao")
    told = {log.log: log for log in (await stranger.ListLogs(pb.ListLogsRequest(), timeout=10)).logs}
    assert (list(told["education"].stopped), told["education"].mismatches) == ([], 1)
    assert (listed["education"].found[0].event_id != "", told["education"].found[0].event_id) == (True, "")
    with world.logs["education"].owner() as connection:
        assert positions(connection).stopped == 1

    with pytest.raises(grpc.aio.AioRpcError) as early:
        await reopen(world, ev.REOPEN_GROUND_RESTORED)
    assert refusal(early.value).reason == "MISMATCH_STANDS"
    with pytest.raises(grpc.aio.AioRpcError) as county:
        await reopen(world, ev.REOPEN_GROUND_ANSWERED_FOR, by="330203/COUNTY_CCI/li")
    assert county.value.code() == grpc.StatusCode.PERMISSION_DENIED

    world.logs["education"].tamper(CHANGE, TRUE, STREAM)
    assert not (await world.verify("education", "restored")).state.mismatches
    answer = await reopen(world, ev.REOPEN_GROUND_RESTORED)
    assert [e.type for e in answer.outcome.events] == [ev.StreamReopened.DESCRIPTOR.full_name]
    await world.settle()
    assert await world.tell_stops() == 1
    await attend(world, CASE, "goes on")
    await world.settle()
    assert (await world.verify("education", "at last")).state.mismatches == 0


async def test_an_append_that_was_decided_before_the_stop_is_refused_as_well(world: World) -> None:
    await stopped(world)
    with world.logs["education"].owner() as connection:
        for expected, code in ((4, "ES006"), (0, "ES006")):
            with pytest.raises(Exception, match="stopped, event 2 is BYTES_CHANGED") as raised:
                connection.execute(
                    append.ONE.replace("%b", "%s").encode(),
                    (ids.derived(INSTALLATION, code), b"d", b"a", STREAM, "case", expected, "t", CASE,
                     *_now(connection), b"m", b"d", None, b"l", b"l"),
                )  # fmt: skip
            assert getattr(raised.value, "sqlstate", "") == code


def _now(connection: Any) -> tuple[Any, Any]:
    [now] = connection.execute("select es.now()").fetchone()
    return now, now


async def test_a_stop_is_told_twice_with_one_effect_and_nobody_but_audit_may_tell_it(world: World) -> None:
    await stopped(world)
    assert await world.tell_stops() == 1
    with world.logs["education"].owner() as connection:
        assert connection.execute("select seq, finding from es.stopped").fetchall() == [(2, "BYTES_CHANGED")]
    other = World(world.authority, world.logs["education"].port)
    for name in ("intake", "education"):
        stub = store_pb2_grpc.StoreServiceStub(other.by("service", name))
        with pytest.raises(grpc.aio.AioRpcError) as refused:
            await stub.ReopenStream(store_pb2.ReopenStreamRequest(stream_id=str(STREAM)), timeout=10)
        assert refused.value.code() == grpc.StatusCode.PERMISSION_DENIED
    await other.close()
