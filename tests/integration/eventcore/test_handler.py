"""From request to outcome: repeated, concurrent, late, grouped."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import psycopg
import pytest
from corrections.common.v1.common_pb2 import EventMeta, Outcome
from corrections.education.v1.events_pb2 import SessionArranged, SessionAttended, SessionMissed, SessionTopic
from corrections.education.v1.service_pb2 import ArrangeSessionRequest, RecordAttendanceRequest
from devstack.testing import Database
from eventcore import meta, store
from eventcore.append import Append
from eventcore.decider import (
    Claim,
    Context,
    Decider,
    Decision,
    NotFound,
    On,
    Refused,
    Stamp,
    StreamKey,
    by_type,
    evolving,
)
from eventcore.errors import Aborted, AlreadyExists, Claimed, Conflict, NotYetHappened
from eventcore.group import Group
from eventcore.handler import Commands, Seen
from eventcore.store import Store
from lawkit import load_law
from opentelemetry import trace

from tests.integration.eventcore.checker import check
from tests.integration.eventcore.writing import (
    CALLER,
    INSTALLATION,
    SERVICE,
    connect,
    make,
    owner,
    turn,
    write,
)

SUBJECT = UUID(int=7)
CASE = StreamKey("case", "1")


@dataclass(frozen=True, slots=True)
class Course:
    sessions: frozenset[str] = frozenset()
    attended: frozenset[str] = frozenset()


def _arrange(course: Course, c: ArrangeSessionRequest, ctx: Context) -> Decision:
    if c.session_id in course.sessions:
        return []
    if c.session_id == "forbidden":
        raise Refused("NO_SUCH_DAY", rule="education.provide")
    made: list[SessionArranged | On | Claim] = [
        SessionArranged(session_id=c.session_id, topic=c.topic, on=c.on)
    ]
    if c.session_id == "claimed":
        made.append(Claim("room", b"7"))
    if c.session_id == "elsewhere":
        made.append(
            On(StreamKey("case", "other"), SessionMissed(session_id="x"), ctx.now - timedelta(days=3))
        )
    return made


def _attend(course: Course, c: RecordAttendanceRequest, ctx: Context) -> Decision:
    return [SessionAttended(session_id=c.session_id, minutes=len(course.attended))]


COURSE = Decider(
    initial=Course(),
    evolve=evolving(
        {
            SessionArranged: lambda s, e, _: replace(s, sessions=s.sessions | {e.session_id}),
            SessionAttended: lambda s, e, _: replace(s, attended=s.attended | {e.session_id}),
        }
    ),
    decide=by_type({ArrangeSessionRequest: _arrange, RecordAttendanceRequest: _attend}),
    opens=frozenset({ArrangeSessionRequest}),
)


@pytest.fixture
async def kept(store_database: Database) -> AsyncIterator[Store]:
    async with store.pool(store_database.dsn, service=SERVICE) as pool:
        yield Store(pool, service=SERVICE, installation=INSTALLATION)


@pytest.fixture
def commands(kept: Store) -> Commands:
    return Commands(kept, lambda _: load_law(), digest_key=b"test")


async def _run(
    commands: Commands,
    request: ArrangeSessionRequest | RecordAttendanceRequest,
    key: StreamKey = CASE,
    relied_on: Sequence[StreamKey] = (),
    decider: Decider[Course] = COURSE,
) -> Outcome:
    return await commands.run(
        request, decider=decider, stream=key, subject=SUBJECT, caller=CALLER, relied_on=relied_on
    )


def _arranging(name: str, session: str | None = None) -> ArrangeSessionRequest:
    return ArrangeSessionRequest(
        request_id=name, session_id=session or name, topic=SessionTopic.SESSION_TOPIC_LAW, on="2026-03-02"
    )


async def test_a_request_becomes_an_event_with_its_whole_metadata(commands: Commands, kept: Store) -> None:
    outcome = await _run(commands, _arranging("a"))
    assert [e.title_zh for e in outcome.events] == ["教育学习已安排"]
    loaded = await kept.load(UUID(int=0), [kept.stream_id(CASE)])
    [event] = loaded.streams[kept.stream_id(CASE)].events
    assert event.data == SessionArranged(
        session_id="a", topic=SessionTopic.SESSION_TOPIC_LAW, on="2026-03-02"
    )
    head = EventMeta.FromString(event.meta_bytes)
    assert (head.actor, head.unit, head.role, head.purpose) == (CALLER.actor, "330203", "JO", "test")
    assert head.legal_basis == "education.provide"
    assert head.ruleset_digest == load_law().digest
    assert head.calendar_version == load_law().calendar_version
    assert head.subject == SUBJECT.bytes
    assert (head.service, head.schema_version, head.version) == (SERVICE, 1, 1)
    assert str(UUID(bytes=head.event_id)) == outcome.events[0].event_id


async def test_a_repeated_command_gets_the_same_outcome(commands: Commands) -> None:
    first = await _run(commands, _arranging("a"))
    assert await _run(commands, _arranging("a")) == first
    with pytest.raises(AlreadyExists):
        await _run(commands, _arranging("a", "another"))


async def test_nothing_to_do_is_an_answer_and_a_refusal_is_none(commands: Commands) -> None:
    await _run(commands, _arranging("a"))
    assert not (await _run(commands, _arranging("b", "a"))).events
    with pytest.raises(Refused):
        await _run(commands, _arranging("c", "forbidden"))
    assert (await _run(commands, _arranging("c", "allowed"))).events


async def test_only_an_opening_request_starts_a_stream(commands: Commands) -> None:
    with pytest.raises(NotFound):
        await _run(commands, RecordAttendanceRequest(request_id="a", session_id="s"))


async def test_the_valid_time_is_the_requests_and_never_in_the_future(
    commands: Commands, kept: Store
) -> None:
    yesterday = datetime.now(UTC) - timedelta(days=1)
    request = _arranging("a")
    request.occurred_at.CopyFrom(meta.timestamp(yesterday))
    outcome = await _run(commands, request)
    assert meta.instant(outcome.events[0].occurred_at) == yesterday
    assert meta.instant(outcome.events[0].recorded_at) > yesterday
    late = _arranging("b")
    late.occurred_at.CopyFrom(meta.timestamp(yesterday + timedelta(days=2)))
    with pytest.raises(NotYetHappened, match="occurred_at"):
        await _run(commands, late)


async def test_an_event_for_another_stream_is_written_with_it(
    commands: Commands, store_database: Database
) -> None:
    outcome = await _run(commands, _arranging("elsewhere"))
    assert [e.version for e in outcome.events] == [1, 1]
    assert len({e.stream_id for e in outcome.events}) == 2
    await _run(commands, _arranging("again", "elsewhere"), StreamKey("case", "2"))
    turn(store_database)
    with owner(store_database) as watch:
        assert len(check(watch)) == 4


async def test_a_claimed_value_is_already_there(commands: Commands) -> None:
    await _run(commands, _arranging("a", "claimed"))
    with pytest.raises(Claimed):
        await _run(commands, _arranging("b", "claimed"), StreamKey("case", "2"))


async def test_a_conflict_is_decided_anew_once(commands: Commands, store_database: Database) -> None:
    await _run(commands, _arranging("a"))
    meddled = 0

    def meddling(times: int) -> Decider[Course]:
        nonlocal meddled
        meddled = 0

        def decide(state: Course, request: RecordAttendanceRequest, ctx: Context) -> Decision:
            nonlocal meddled
            if meddled < times:
                meddled += 1
                _write_behind(store_database)
            return _attend(state, request, ctx)

        return replace(COURSE, decide=by_type({RecordAttendanceRequest: decide}))

    once = await _run(commands, RecordAttendanceRequest(request_id="b", session_id="s"), decider=meddling(1))
    assert [e.version for e in once.events] == [3]
    with pytest.raises(Aborted):
        await _run(commands, RecordAttendanceRequest(request_id="c", session_id="s"), decider=meddling(2))


def _write_behind(database: Database) -> None:
    """Another writer's event on the stream of CASE."""
    with connect(database) as connection:
        row = connection.execute("select version from es.stream where category = 'case'").fetchone()
        assert row is not None
        write(connection, make(f"behind {row[0]}", ("1", row[0], 1)))


async def test_a_command_is_prepared_on_the_state_that_is_decided_on(
    commands: Commands, store_database: Database
) -> None:
    await _run(commands, _arranging("a"))
    seen: list[int] = []

    async def prepare(now: Seen[Course]) -> RecordAttendanceRequest:
        seen.append(now.version)
        assert now.state.sessions == {"a"}
        if len(seen) == 1:
            _write_behind(store_database)
        return RecordAttendanceRequest(session_id=f"prepared at {now.version}")

    async def run() -> Outcome:
        request = RecordAttendanceRequest(request_id="b", session_id="s")
        return await commands.run(
            request, decider=COURSE, stream=CASE, subject=SUBJECT, caller=CALLER, command=prepare
        )

    first = await run()
    assert [e.version for e in first.events] == [3]
    assert await run() == first
    assert seen == [1, 2], "anew after the conflict, and not for the repetition"


async def test_other_streams_show_in_the_state_where_the_decider_observes(commands: Commands) -> None:
    def observe(state: Course, key: StreamKey, event: object, stamp: Stamp) -> Course:
        assert key == StreamKey("case", "seen")
        return replace(state, attended=state.attended | {f"{stamp.version}"})

    await _run(commands, _arranging("a"))
    await _run(commands, _arranging("s"), StreamKey("case", "seen"))
    request = RecordAttendanceRequest(request_id="b", session_id="s")
    watching = replace(COURSE, observe=observe)
    outcome = await _run(commands, request, relied_on=[StreamKey("case", "seen")], decider=watching)
    assert outcome.events[0].version == 2


async def test_many_commands_at_once_are_each_answered_once(
    commands: Commands, store_database: Database
) -> None:
    keys = [StreamKey("case", f"{n}") for n in range(40)]
    outcomes = await asyncio.gather(*(_run(commands, _arranging(f"r{k.key}"), k) for k in keys))
    assert all(len(o.events) == 1 for o in outcomes)
    turn(store_database)
    with owner(store_database) as watch:
        assert len(check(watch)) == 40
        row = watch.execute("select count(distinct xid) from es.event").fetchone()
        assert row is not None
        assert row[0] < 40, "nothing was grouped"


async def test_one_callers_conflict_is_nobody_elses(kept: Store) -> None:
    good = [make(f"good {n}", (f"{n}", 0, 1)) for n in range(5)]
    bad = make("bad", ("9", 4, 1))
    results = await asyncio.gather(*(kept.append(a) for a in (*good, bad)), return_exceptions=True)
    assert results[:5] == [None] * 5
    assert isinstance(results[5], Conflict)


async def test_one_callers_claimed_value_and_used_request_are_nobody_elses(kept: Store) -> None:
    await kept.append(make("holder", ("holder", 0, 1), claims=[("n", True)]))
    good = [make(f"good {n}", (f"{n}", 0, 1)) for n in range(5)]
    claimed = make("claimed", ("8", 0, 1), claims=[("n", True)])
    other = make("holder", ("9", 0, 1), content="other")
    results = await asyncio.gather(*(kept.append(a) for a in (*good, claimed, other)), return_exceptions=True)
    assert results[:5] == [None] * 5
    assert isinstance(results[5], Claimed)
    assert isinstance(results[6], AlreadyExists)


async def test_members_of_one_stream_never_share_a_group() -> None:
    written: list[int] = []

    async def remember(appends: Sequence[Append]) -> bytes | None:
        written.append(len(appends))
        await asyncio.sleep(0)
        return None

    group = Group(remember)
    await asyncio.gather(*(group.append(make(f"{n}", (f"{n % 3}", 0, 1))) for n in range(9)))
    assert written == [3, 3, 3]


async def test_who_appends_again_at_once_is_not_forgotten() -> None:
    async def at_once(appends: Sequence[Append]) -> bytes | None:
        return None

    group = Group(at_once)

    async def caller(number: int) -> None:
        for n in range(50):
            await group.append(make(f"{number}.{n}", (f"{number}", 0, 1)))

    await asyncio.wait_for(asyncio.gather(*(caller(n) for n in range(4))), timeout=20)


async def test_a_broken_group_fails_its_members_and_nobody_waits() -> None:
    async def broken(appends: Sequence[Append]) -> bytes | None:
        raise psycopg.OperationalError("the server is away")

    group = Group(broken)
    results = await asyncio.gather(
        *(group.append(make(f"{n}", (f"{n}", 0, 1))) for n in range(4)), return_exceptions=True
    )
    assert [type(r) for r in results] == [psycopg.OperationalError] * 4
    await group.drain()


async def test_the_writers_trace_is_stored_beside_the_event(
    commands: Commands, store_database: Database
) -> None:
    context = trace.SpanContext(
        trace_id=0xABC, span_id=0xDEF, is_remote=False, trace_flags=trace.TraceFlags(1)
    )
    with trace.use_span(trace.NonRecordingSpan(context)):
        await _run(commands, _arranging("a"))
    with owner(store_database) as watch:
        row = watch.execute("select trace from es.event").fetchone()
    assert row == (f"00-{0xABC:032x}-{0xDEF:016x}-01",)


async def test_the_clock_of_the_sandbox_is_the_clock_of_every_fact(
    store_database: Database, commands: Commands
) -> None:
    from eventcore.migrate import migrate

    then = datetime(2021, 3, 1, 1, tzinfo=UTC)
    with owner(store_database) as connection:
        migrate(connection, service=SERVICE, simulated_clock=True)
        connection.execute("update es.simulated_clock set now = %s", [then])
    outcome = await _run(commands, _arranging("a"))
    assert meta.instant(outcome.events[0].recorded_at) == then
    assert meta.instant(outcome.events[0].occurred_at) == then
