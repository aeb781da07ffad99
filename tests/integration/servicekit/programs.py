"""A whole service for tests: the duties of education under another name, with a key store and a projection.

`python programs.py ROLE` is its process; the environment names it.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any, cast
from uuid import UUID

import grpc
from corrections.education.v1 import events_pb2, service_pb2, service_pb2_grpc
from education.domain.case import CASE
from eventcore.consumer import Subscription
from eventcore.decider import StreamKey
from eventcore.event import Event
from eventcore.projection import Projection
from eventcore.tx import Tx
from servicekit.deps import Deps
from servicekit.service import Service, main

BROKEN = UUID(int=13)


class Servicer(service_pb2_grpc.EducationServiceServicer):
    """Two duties, three lines each."""

    def __init__(self, deps: Deps) -> None:
        self._deps = deps

    async def OpenEducation(
        self, request: service_pb2.OpenEducationRequest, context: grpc.aio.ServicerContext[Any, Any]
    ) -> service_pb2.OpenEducationResponse:
        stream = StreamKey("case", request.case_id)
        outcome = await self._deps.run(request, context, decider=CASE, stream=stream, subject=request.case_id)
        return service_pb2.OpenEducationResponse(outcome=outcome)

    async def CloseEducation(
        self, request: service_pb2.CloseEducationRequest, context: grpc.aio.ServicerContext[Any, Any]
    ) -> service_pb2.CloseEducationResponse:
        stream = StreamKey("case", request.case_id)
        outcome = await self._deps.run(request, context, decider=CASE, stream=stream, subject=request.case_id)
        return service_pb2.CloseEducationResponse(outcome=outcome)


def close_at_once(tx: Tx, event: Event) -> None:
    """A process manager: an opened case with a term that is over is closed."""
    opened = event.data
    assert isinstance(opened, events_pb2.EducationOpened)
    if event.subject == BROKEN and not os.environ.get("PROBE_REPAIRED"):
        raise ValueError("this case fails")
    if opened.end_date < "2000-01-01":
        request = service_pb2.CloseEducationRequest(case_id=str(event.subject), on=opened.end_date)
        tx.command("close", request, event.subject)


def heard(_tx: Tx, _event: Event) -> None:
    """Nothing: what matters is that the record was processed."""


def service(name: str) -> Service:
    """The composition, under a name of the test's own."""

    def add(server: grpc.aio.Server, deps: Deps) -> None:
        # The unfinished rest of education's contract answers UNIMPLEMENTED.
        Servicer.__abstractmethods__ = frozenset()
        servicer = cast("Callable[[Deps], Servicer]", Servicer)(deps)
        service_pb2_grpc.add_EducationServiceServicer_to_server(servicer, server)

    return Service(
        name=name,
        add_to_server=add,
        projections=[Projection("closing", {events_pb2.EducationOpened: close_at_once})],
        subscriptions=[Subscription("echo", [name], {events_pb2.EducationOpened: heard})],
        keys=True,
        migrations=(),
        texts=(),
    )


if __name__ == "__main__":
    main(service(os.environ["GUITU_SERVICE"]))
