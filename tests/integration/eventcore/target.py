"""A small education service: the real store and handler behind a real gRPC server, its process manager and its clocks."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

import grpc
from corrections.common.v1.common_pb2 import Outcome
from corrections.education.v1 import service_pb2 as cmd
from corrections.education.v1.events_pb2 import (
    EducationOpened,
    SessionArranged,
    SessionAttended,
    SessionMissed,
)
from devstack.testing import Database
from eventcore.deadlines import Deadlines
from eventcore.decider import (
    SHANGHAI,
    Caller,
    Context,
    Decider,
    Decision,
    NotYetDue,
    Refused,
    Stamp,
    StreamKey,
    by_type,
    evolving,
)
from eventcore.dispatcher import NOT_YET_HAPPENED, Dispatcher
from eventcore.errors import NotFound, NotYetHappened
from eventcore.event import Event
from eventcore.handler import Commands
from eventcore.link import Link, connecting
from eventcore.projection import Projection, Projections
from eventcore.store import Store, pool
from eventcore.testing_log import TestLog
from eventcore.tx import Tx
from google.protobuf.timestamp_pb2 import Timestamp
from google.rpc.error_details_pb2 import ErrorInfo
from google.rpc.status_pb2 import Status
from lawkit import load_law

from tests.integration.eventcore.reading import as_role

INSTALLATION, SERVICE = "guitu-test", "education"
RULE = "education.provide"
START = datetime(2026, 3, 2, 1, tzinfo=UTC)
CALLER = Caller("spiffe://guitu-test/service/education", "33", "SERVICE", "process")
DETAILS = "grpc-status-details-bin"


def due(on: str) -> datetime:
    """24:00 of the day, Asia/Shanghai."""
    return datetime.combine(date.fromisoformat(on) + timedelta(days=1), time(), SHANGHAI).astimezone(UTC)


@dataclass(frozen=True)
class State:
    on: str = ""
    over: bool = False


def _open(state: State, request: cmd.OpenEducationRequest, ctx: Context) -> Decision:
    return [EducationOpened(county="330203")]


def _arrange(state: State, request: cmd.ArrangeSessionRequest, ctx: Context) -> Decision:
    if state.on == request.on:
        return []
    return [SessionArranged(session_id=request.session_id, on=request.on)]


def _attend(state: State, request: cmd.RecordAttendanceRequest, ctx: Context) -> Decision:
    if not state.on:
        raise Refused("SESSION_NOT_ARRANGED", rule=RULE)
    return [] if state.over else [SessionAttended(session_id=request.session_id)]


def _lapse(state: State, request: cmd.LapseSessionRequest, ctx: Context) -> Decision:
    if state.over:
        return []
    if ctx.now < due(state.on):
        raise NotYetDue(RULE)
    return [SessionMissed(session_id=request.session_id)]


def _on(state: State, event: SessionArranged, stamp: Stamp) -> State:
    return replace(state, on=event.on)


def _over(state: State, event: SessionAttended | SessionMissed, stamp: Stamp) -> State:
    return replace(state, over=True)


DECIDER: Decider[State] = Decider(
    initial=State(),
    evolve=evolving(
        {
            SessionArranged: _on,
            SessionAttended: _over,
            SessionMissed: _over,
        }
    ),
    decide=by_type(
        {
            cmd.OpenEducationRequest: _open,
            cmd.ArrangeSessionRequest: _arrange,
            cmd.RecordAttendanceRequest: _attend,
            cmd.LapseSessionRequest: _lapse,
        }
    ),
    opens=frozenset({cmd.OpenEducationRequest}),
)


@dataclass
class Faults:
    """What goes wrong with the next calls, by method name; each fault happens once."""

    away: list[str] = field(default_factory=list[str])
    answer_lost: list[str] = field(default_factory=list[str])
    calls: list[tuple[str, dict[str, str]]] = field(default_factory=list[tuple[str, dict[str, str]]])


class Server(grpc.GenericRpcHandler):
    """Education over gRPC, in a thread with a loop of its own."""

    def __init__(self, dsn: str, faults: Faults) -> None:
        self._faults = faults
        self._commands: Commands | None = None
        self._dsn = dsn
        self._requests = {
            f"/{cmd.DESCRIPTOR.package}.EducationService/{kind.DESCRIPTOR.name.removesuffix('Request')}": kind
            for kind in (
                cmd.OpenEducationRequest,
                cmd.ArrangeSessionRequest,
                cmd.RecordAttendanceRequest,
                cmd.LapseSessionRequest,
            )
        }

    def service(
        self, handler_call_details: grpc.HandlerCallDetails
    ) -> grpc.RpcMethodHandler[Any, Any] | None:
        details = handler_call_details
        kind = self._requests.get(details.method)
        if kind is None:
            return None
        metadata = {key: str(value) for key, value in details.invocation_metadata}

        async def run(request: bytes, context: Any) -> bytes:
            return await self._run(
                details.method.rpartition("/")[2], kind.FromString(request), metadata, context
            )

        return grpc.unary_unary_rpc_method_handler(run)

    async def _run(self, name: str, request: Any, metadata: dict[str, str], context: Any) -> bytes:
        self._faults.calls.append((name, metadata))
        if name in self._faults.away:
            self._faults.away.remove(name)
            await context.abort(grpc.StatusCode.UNAVAILABLE, "away")
        assert self._commands is not None, "the server runs"
        outcome = Outcome()
        try:
            outcome = await self._commands.run(
                request, decider=DECIDER, stream=StreamKey("case", request.case_id),
                subject=UUID(request.case_id), caller=CALLER,
            )  # fmt: skip
        except Refused as refused:
            await _abort(context, grpc.StatusCode.FAILED_PRECONDITION, refused.code)
        except NotYetHappened:
            await _abort(context, grpc.StatusCode.INVALID_ARGUMENT, NOT_YET_HAPPENED)
        except NotFound:
            await context.abort(grpc.StatusCode.NOT_FOUND, "")
        if name in self._faults.answer_lost:
            self._faults.answer_lost.remove(name)
            await context.abort(grpc.StatusCode.UNAVAILABLE, "the answer was lost")
        return Outcome(subject=outcome.subject).SerializeToString()

    @contextmanager
    def running(self) -> Generator[str]:
        """Its address."""
        ready, stop = threading.Event(), asyncio.Event()
        loops: list[asyncio.AbstractEventLoop] = []
        address: list[str] = []

        async def main() -> None:
            loops.append(asyncio.get_running_loop())
            server = grpc.aio.server()
            server.add_generic_rpc_handlers((self,))
            address.append(f"127.0.0.1:{server.add_insecure_port('127.0.0.1:0')}")
            async with pool(self._dsn, service=SERVICE) as connections:
                store = Store(connections, service=SERVICE, installation=INSTALLATION)
                self._commands = Commands(store, lambda _: load_law(), digest_key=b"test")
                await server.start()
                ready.set()
                await stop.wait()
                await server.stop(1)

        thread = threading.Thread(target=lambda: asyncio.run(main()))
        thread.start()
        assert ready.wait(20)
        try:
            yield address[0]
        finally:
            loops[0].call_soon_threadsafe(stop.set)
            thread.join(20)


async def _abort(context: Any, code: grpc.StatusCode, reason: str) -> None:
    status = Status(code=code.value[0], message=reason)
    status.details.add().Pack(ErrorInfo(reason=reason, domain="guitu"))
    await context.abort(code, reason, ((DETAILS, status.SerializeToString()),))


Arranging = Callable[[Tx, Event], None]


def arrange(tx: Tx, event: Event) -> None:
    """A case that opens gets one session, and a record of its attendance is asked for too early."""
    case = str(event.subject)
    tx.command(
        "arrange",
        cmd.ArrangeSessionRequest(
            case_id=case, session_id="s", topic=cmd.ArrangeSessionRequest().topic, on="2026-03-05"
        ),
        event.subject,
    )


def start_clock(tx: Tx, event: Event) -> None:
    arranged: SessionArranged = event.data  # pyright: ignore[reportAssignmentType]
    at = Timestamp()
    at.FromDatetime(due(arranged.on))
    request = cmd.LapseSessionRequest(case_id=str(event.subject), session_id="s", due_at=at)
    tx.deadline(
        "session", event.subject, due(arranged.on), request, rule="education.provide", since=event.day
    )


def stop_clock(tx: Tx, event: Event) -> None:
    tx.clear_deadline("session", event.subject)


def process(opened: Arranging = arrange) -> Projection:
    """The process manager: a case that opens gets a session; a session runs a clock."""
    return Projection(
        "sessions",
        {
            EducationOpened: opened,
            SessionArranged: start_clock,
            SessionAttended: stop_clock,
            SessionMissed: stop_clock,
        },
    )


class Education:
    """The service with all its loops, turned by hand; a component that crashed is made anew."""

    def __init__(self, database: Database, log: TestLog, channel: grpc.Channel, faults: Faults) -> None:
        self.log = log
        self.faults = faults
        self._database = database
        self._channel = channel
        self.opened: Arranging = arrange

    def call(
        self, method: str, request: bytes, metadata: tuple[tuple[str, str], ...], timeout_s: float
    ) -> Any:
        """As servicekit will inject it."""
        return self._channel.unary_unary(method).future(request, timeout=timeout_s, metadata=metadata)

    def send(self, request: Any) -> Any:
        """A request of a person; raises grpc.RpcError."""
        name = type(request).DESCRIPTOR.name.removesuffix("Request")
        path = f"/corrections.education.v1.EducationService/{name}"
        return self.call(path, request.SerializeToString(), (), 20).result()

    def open(self, case: UUID) -> None:
        self.send(cmd.OpenEducationRequest(request_id=f"open {case}", case_id=str(case)))

    def link(self) -> Link:
        return Link(connecting(as_role(self._database.dsn, SERVICE, "consume"), "test"))

    def projections(self, between: Callable[[str], None] = lambda _: None) -> Projections:
        return Projections(
            self.link(), [process(self.opened)], installation=INSTALLATION, service=SERVICE, between=between
        )

    def dispatcher(self, between: Callable[[str], None] = lambda _: None) -> Dispatcher:
        return Dispatcher(self.link(), self.call, between=between)

    def deadlines(self, between: Callable[[str], None] = lambda _: None) -> Deadlines:
        return Deadlines(self.link(), between=between)

    def events(self, kind: type[Any]) -> int:
        """How often the event was stored."""
        row = self.log.conn.execute(
            "select count(*) from es.event where type = %s", (kind.DESCRIPTOR.full_name,)
        ).fetchone()
        return row[0] if row else 0


@contextmanager
def make_education(database: Database) -> Generator[Education]:
    log = TestLog(database.dsn, installation=INSTALLATION, service=SERVICE, simulated_clock=True)
    log.set_clock(START)
    faults = Faults()
    try:
        with Server(database.dsn, faults).running() as address, grpc.insecure_channel(address) as channel:
            yield Education(database, log, channel, faults)
    finally:
        log.close()
