"""Appends wait in a queue with a bound (eventstore.md section 3)."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import cast
from uuid import UUID

import pytest
from eventcore.append import Append
from eventcore.errors import Busy
from eventcore.group import Group


class Store:
    """Holds what it is to write until told to go on."""

    def __init__(self) -> None:
        self.go = asyncio.Event()
        self.entered = asyncio.Event()
        self.written: list[int] = []

    async def write(self, appends: Sequence[Append]) -> bytes | None:
        self.entered.set()
        await self.go.wait()
        self.written += [one.request_id.int for one in appends]
        return None


class Bare:
    """An append of no stream."""

    heads = ()
    claims = ()

    def __init__(self, number: int) -> None:
        self.request_id = UUID(int=number)


def bare(number: int) -> Append:
    return cast("Append", Bare(number))


async def test_an_append_over_the_bound_is_refused_and_those_that_wait_are_written():
    store = Store()
    group = Group(store.write, limit=1, waiting=2)
    first = asyncio.create_task(group.append(bare(1)))
    await store.entered.wait()
    waiting = [asyncio.create_task(group.append(bare(number))) for number in (2, 3)]
    await asyncio.sleep(0)
    with pytest.raises(Busy, match="2 appends wait"):
        await group.append(bare(4))
    store.go.set()
    await asyncio.gather(first, *waiting)
    assert store.written == [1, 2, 3]


async def test_flights_share_what_waits_so_that_one_is_made_while_another_is_stored():
    sizes: list[int] = []
    both = asyncio.Event()

    async def write(appends: Sequence[Append]) -> bytes | None:
        sizes.append(len(appends))
        if len(sizes) == 2:
            both.set()
        await both.wait()
        return None

    group = Group(write, flights=2)
    await asyncio.wait_for(asyncio.gather(*(group.append(bare(number)) for number in range(16))), 10)
    assert sizes == [8, 8]
