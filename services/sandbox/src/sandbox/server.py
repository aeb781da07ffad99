"""The sandbox's gRPC services: the agencies' end of every exchange, the clock, the scripts."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Generator
from datetime import UTC

import grpc
from corrections.handoff.v1 import agency_pb2 as agency
from corrections.handoff.v1 import agency_pb2_grpc
from corrections.sandbox.v1 import service_pb2 as api
from corrections.sandbox.v1 import service_pb2_grpc
from eventcore.errors import Invalid, NotFound, Refused
from servicekit.errors import Denied, Unavailable

from sandbox.agencies.behaviour import Unreadable
from sandbox.agencies.book import Book, OtherContent
from sandbox.agencies.post import Away, Forged, NotForUs, Post
from sandbox.clock import Clock, ClockError
from sandbox.idle import busy

_LONGEST_WAIT_S = 60


class Agencies(agency_pb2_grpc.AgencyServiceServicer):
    """Every agency of the sandbox behind one endpoint."""

    def __init__(self, post: Post) -> None:
        self._post = post

    async def Deliver(self, request: agency.DeliverRequest, context: object) -> agency.DeliverResponse:
        """The agency has the message; its receipt is the answer."""
        with _translated():
            return agency.DeliverResponse(receipt=await self._post.deliver(request.to, request.message))


class Sandbox(service_pb2_grpc.SandboxServiceServicer):
    """Clock and scripts. `open_clock` answers a clock of its own for each call that needs one."""

    def __init__(self, book: Book, open_clock: Callable[[], Clock]) -> None:
        self._book = book
        self._open_clock = open_clock

    async def GetClock(self, request: api.GetClockRequest, context: object) -> api.GetClockResponse:
        """The simulated time, which all services show now, the next due time, and whether anything is under way."""
        return await asyncio.to_thread(self._get_clock)

    async def SetClock(self, request: api.SetClockRequest, context: object) -> api.SetClockResponse:
        """The clock stands at the instant; everything due on the way has lapsed."""
        with _translated():
            return await asyncio.to_thread(self._set_clock, request)

    async def SetBehaviour(
        self, request: api.SetBehaviourRequest, context: object
    ) -> api.SetBehaviourResponse:
        """The agency behaves so from now on."""
        await self._book.set_behaviour(request.agency_code, request.behaviour, request.messages)
        return api.SetBehaviourResponse()

    async def CountEffects(
        self, request: api.CountEffectsRequest, context: object
    ) -> api.CountEffectsResponse:
        """What the agencies received."""
        counted = await self._book.count()
        return api.CountEffectsResponse(
            agencies=[
                api.AgencyEffects(
                    agency_code=c.agency,
                    deliveries=c.deliveries,
                    effects=c.effects,
                    most_effects=c.most_effects,
                )
                for c in counted
            ]
        )

    def _get_clock(self) -> api.GetClockResponse:
        with contextlib.closing(self._open_clock()) as clock:
            clock.align()
            reading = clock.read()
            answer = api.GetClockResponse(idle=not busy(reading, clock.consumes))
            answer.now.FromDatetime(clock.now())
            if reading.next_due is not None:
                answer.next_due.FromDatetime(reading.next_due)
            return answer

    def _set_clock(self, request: api.SetClockRequest) -> api.SetClockResponse:
        with contextlib.closing(self._open_clock()) as clock:
            to = request.to.ToDatetime(tzinfo=UTC)
            if to < clock.now():
                raise Invalid("to", "the clock never goes back")
            clock.advance(to, timeout_s=request.timeout_seconds or _LONGEST_WAIT_S)
            answer = api.SetClockResponse()
            answer.now.FromDatetime(clock.now())
            return answer


@contextlib.contextmanager
def _translated() -> Generator[None]:
    """What the post room and the clock say becomes what the gate translates."""
    try:
        yield
    except Away as e:
        raise Unavailable(f"{e} is away") from e
    except NotForUs as e:
        raise NotFound from e
    except Forged as e:
        raise Denied(grpc.StatusCode.UNAUTHENTICATED, "SIGNATURE_INVALID", str(e)) from e
    except Unreadable as e:
        raise Invalid("message.body", str(e)) from e
    except OtherContent as e:
        raise Invalid("message.body", str(e)) from e
    except ClockError as e:
        raise Refused("CLOCK_CANNOT_MOVE", rule="", why=str(e)) from e
