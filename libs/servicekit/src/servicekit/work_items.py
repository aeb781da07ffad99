"""The part of the StoreService that lists and closes what a person has to deal with (eventcore.workitems)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TypeVar
from uuid import UUID

import grpc
from corrections.store.v1 import store_pb2
from eventcore import meta, workitems
from eventcore.errors import NotFound
from eventcore.link import Connection, Link

from servicekit import paging
from servicekit.calls import caller_of

T = TypeVar("T")
Context = grpc.aio.ServicerContext


class WorkItems:
    """`link` is a connection for what eventcore offers synchronously; whoever holds `lock` uses it."""

    def __init__(self, link: Link) -> None:
        self._link = link
        self.lock = asyncio.Lock()

    async def blocking(self, ask: Callable[[Connection], T]) -> T:
        """The answer of a synchronous question to the database, asked in a thread."""
        async with self.lock:
            return await asyncio.to_thread(lambda: ask(self._link.conn))

    async def ListRefusals(
        self, request: store_pb2.ListRefusalsRequest, context: Context[object, object]
    ) -> store_pb2.ListRefusalsResponse:
        """A page of the refused commands that are open, oldest first."""
        del context
        page = paging.page_of(request, parts=(int,), first=workitems.FIRST_REFUSAL, key=_place_in_queue)
        found = await self.blocking(lambda conn: workitems.list_refusals(conn, page.after, page.limit))
        rows, token = page.cut(found)
        refusals = [
            store_pb2.Refusal(
                command_id=str(r.command_id),
                subject=str(r.subject),
                target=r.target,
                reason=r.reason,
                purpose=r.purpose,
                since=meta.timestamp(r.created),
            )
            for r in rows
        ]
        return store_pb2.ListRefusalsResponse(refusals=refusals, next_page_token=token)

    async def SettleRefusal(
        self, request: store_pb2.SettleRefusalRequest, context: Context[object, object]
    ) -> store_pb2.SettleRefusalResponse:
        """The refusal is settled with the caller's name and note; NOT_FOUND when no such command was refused."""
        by, command = caller_of(context).actor, UUID(request.command_id)
        if not await self.blocking(
            lambda conn: workitems.settle_refusal(conn, command, by=by, note=request.note)
        ):
            raise NotFound
        return store_pb2.SettleRefusalResponse()

    async def ListDeadLetters(
        self, request: store_pb2.ListDeadLettersRequest, context: Context[object, object]
    ) -> store_pb2.ListDeadLettersResponse:
        """A page of the unreadable records that are open, oldest first."""
        del context
        page = paging.page_of(
            request, parts=(paging.instant, str, str, int, int), first=workitems.FIRST_LETTER, key=_letter
        )
        found = await self.blocking(lambda conn: workitems.list_dead_letters(conn, page.after, page.limit))
        rows, token = page.cut(found)
        letters = [
            store_pb2.DeadLetter(**one.place._asdict(), reason=one.reason, since=meta.timestamp(one.since))
            for one in rows
        ]
        return store_pb2.ListDeadLettersResponse(dead_letters=letters, next_page_token=token)

    async def CloseDeadLetter(
        self, request: store_pb2.CloseDeadLetterRequest, context: Context[object, object]
    ) -> store_pb2.CloseDeadLetterResponse:
        """The record is closed with the caller's name and note; NOT_FOUND when it is no dead letter."""
        by = caller_of(context).actor
        place = workitems.Place(request.consumer, request.topic, request.partition, request.offset)
        if not await self.blocking(
            lambda conn: workitems.close_dead_letter(conn, place, by=by, note=request.note)
        ):
            raise NotFound
        return store_pb2.CloseDeadLetterResponse()


def _place_in_queue(one: workitems.Refusal) -> tuple[object, ...]:
    return (one.ord,)


def _letter(one: workitems.DeadLetter) -> tuple[object, ...]:
    return one.since, *one.place
