"""Reads that cannot be opened are kept, and hold up no others."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Generator
from contextlib import closing, contextmanager
from pathlib import Path
from uuid import UUID

import psycopg
import pytest
from corrections.audit.v1 import events_pb2 as ev
from devstack.testing import DatabaseFactory, TopicFactory
from eventcore.link import Link, connecting
from servicekit.peers import Peers
from servicekit.read_forwarding import ReadForwarding
from servicekit.read_log import SEALED, waiting_key
from servicekit.sealing import FileKey
from servicekit.testing import INSTALLATION

from tests.integration.audit.world import World, case, open_world, settings_of

_BATCH = UUID(int=7)


@pytest.fixture
async def world(
    database_factory: DatabaseFactory, topic: TopicFactory, tmp_path: Path
) -> AsyncIterator[World]:
    async with open_world(("intake", "audit"), database_factory, topic, tmp_path) as made:
        yield made


@contextmanager
def started(world: World, key: FileKey) -> Generator[ReadForwarding]:
    """Intake's process as after a start, with the key of its reads."""
    peers = Peers(settings_of(world.authority, "intake", {"audit": f"127.0.0.1:{world.port}"}))
    link = Link(connecting(world.logs["intake"].database.dsn, "reads"))
    with closing(peers), closing(link):
        yield ReadForwarding(
            link, lambda: peers.channel("audit"), installation=INSTALLATION, service="intake", key=key
        )


def store(world: World, key: FileKey, *purposes: str, batch: UUID | None = None) -> None:
    with psycopg.connect(world.logs["intake"].database.dsn, autocommit=True) as connection:
        for purpose in purposes:
            read = ev.RecordRead(service="intake", purpose=purpose, cases=case("one").bytes)
            row = ev.RecordRead(sealed=key.seal(read.SerializeToString(), field=SEALED)).SerializeToString()
            connection.execute("insert into es.read_record (record, batch) values (%s, %s)", (row, batch))


def waiting(world: World) -> int:
    with psycopg.connect(world.logs["intake"].database.dsn) as connection:
        row = connection.execute("select count(*) from es.read_record").fetchone()
    assert row is not None
    return row[0]


async def sent(forwarding: ReadForwarding) -> None:
    while await asyncio.to_thread(forwarding.turn):
        pass


async def test_reads_under_a_lost_key_wait_for_it_and_the_others_go_on(
    world: World, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    lost, new = waiting_key(tmp_path / "lost", "intake"), waiting_key(tmp_path / "new", "intake")
    store(world, lost, "in a batch", batch=_BATCH)
    store(world, lost, "alone")
    store(world, new, "one", "two")
    foreign = ev.RecordRead(service="handoff", cases=case("one").bytes).SerializeToString()
    with psycopg.connect(world.logs["intake"].database.dsn, autocommit=True) as connection:
        connection.execute("insert into es.read_record (record) values ('\\xff'), (%s)", (foreign,))
    with started(world, new) as forwarding:
        await sent(forwarding)
        store(world, new, "three")
        await sent(forwarding)
    assert waiting(world) == 4
    told = [record.getMessage() for record in caplog.records if record.levelname == "CRITICAL"]
    assert len(told) == 2
    assert all("reads cannot be sent" in line for line in told)
    with started(world, lost) as forwarding:
        await sent(forwarding)
    assert (
        waiting(world) == 2
    )  # what was altered opens under no key, and audit takes of a service its own alone
    [(events,)] = world.rows("select count(*) from es.event where type = 'corrections.audit.v1.RecordRead'")
    assert events == 4
