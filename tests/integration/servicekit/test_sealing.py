"""Sealed fields: only the key's holder reads them; destroying the key erases them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import cast
from uuid import UUID

import psycopg
import pytest
from corrections.common.v1.common_pb2 import Sealed
from corrections.intake.v1 import events_pb2 as ev
from corrections.supervision.v1.events_pb2 import Warned
from devstack.testing import Database
from eventcore.decider import free_text
from eventcore.texts import Unopenable, sealed, sealed_texts
from google.protobuf.message import Message
from psycopg.rows import TupleRow
from servicekit.sealing import (
    KeyDestroyed,
    KeyStore,
    KeyUnknown,
    Pool,
    TopicKey,
    TopicKeyPair,
    field_of,
    key_pool,
    master_key,
)

from tests.raw_files import forms, holding

PERSON, OTHER, CASE = UUID(int=1), UUID(int=2), UUID(int=3)
NAME = "张三".encode()
FIELD = field_of(ev.PersonRegistered, "name")


@pytest.fixture
async def keys(database: Database, tmp_path: Path) -> AsyncIterator[KeyStore]:
    async with key_pool(database.dsn, service="intake") as pool:
        store = KeyStore(pool, master_key(tmp_path, "intake"))
        await store.migrate()
        await store.create(PERSON)
        yield store


async def test_what_was_sealed_is_opened_by_its_key(keys: KeyStore):
    sealed = await keys.seal(PERSON, NAME, field=FIELD)
    assert sealed.key_id == PERSON.bytes
    assert NAME not in sealed.SerializeToString()
    assert await keys.open(sealed, field=FIELD) == NAME


async def test_the_same_text_never_looks_the_same(keys: KeyStore):
    first, second = await keys.seal(PERSON, NAME, field=FIELD), await keys.seal(PERSON, NAME, field=FIELD)
    assert first.ciphertext != second.ciphertext


async def test_others_seal_to_a_person_and_only_the_store_opens(keys: KeyStore):
    await keys.create(OTHER)
    to = await keys.seal_to(PERSON)
    assert to == await keys.seal_to(PERSON) != await keys.seal_to(OTHER)
    (text,) = sealed_texts(sealed(Warned(evidence=free_text("口头")), to, CASE))
    assert await keys.open_text(text, CASE) == "口头"
    with pytest.raises(Unopenable):
        await keys.open_text(text, PERSON)
    await keys.destroy(PERSON)
    for attempt in (keys.open_text(text, CASE), keys.seal_to(PERSON)):
        with pytest.raises(KeyDestroyed):
            await attempt


async def test_a_destroyed_key_leaves_nothing_readable(keys: KeyStore, database: Database):
    sealed = await keys.seal(PERSON, NAME, field=FIELD)
    await keys.destroy(PERSON)
    await keys.destroy(PERSON)
    for attempt in (
        keys.open(sealed, field=FIELD),
        keys.seal(PERSON, NAME, field=FIELD),
        keys.create(PERSON),
    ):
        with pytest.raises(KeyDestroyed):
            await attempt
    with psycopg.connect(database.dsn) as connection:
        assert connection.execute("select secret from key").fetchall() == [(None,)]


async def test_no_file_of_the_server_holds_a_destroyed_key(keys: KeyStore, database: Database):
    await keys.create(OTHER)
    async with await psycopg.AsyncConnection.connect(database.dsn, autocommit=True) as connection:
        rows = await (await connection.execute("select key_id, secret from key")).fetchall()
        await connection.execute("analyze key")
        # the page of both keys is in the log and on disk
        await connection.execute("checkpoint")
        await connection.execute("update key set created_at = created_at")
        await connection.execute("checkpoint")
        folder = await (await connection.execute("show data_directory")).fetchone()
        assert folder is not None
        secrets = {key_id: bytes(secret) for key_id, secret in rows}
        assert all(holding(Path(folder[0]), forms(secret)) for secret in secrets.values())
        await keys.destroy(PERSON)
        await connection.execute("checkpoint")
    assert holding(Path(folder[0]), forms(secrets[PERSON])) == []
    assert holding(Path(folder[0]), forms(secrets[OTHER]))
    assert await keys.open(await keys.seal(OTHER, NAME, field=FIELD), field=FIELD) == NAME


async def test_an_unknown_key_destroys_nothing(keys: KeyStore):
    with pytest.raises(KeyUnknown):
        await keys.destroy(PERSON, OTHER)
    assert await keys.open(await keys.seal(PERSON, NAME, field=FIELD), field=FIELD) == NAME


async def test_another_process_loses_a_destroyed_key_within_the_bound(
    keys: KeyStore, database: Database, tmp_path: Path
):
    async with key_pool(database.dsn, service="intake") as pool:
        elsewhere = KeyStore(pool, master_key(tmp_path, "intake"), cache_s=0.0)
        sealed = await elsewhere.seal(PERSON, NAME, field=FIELD)
        await keys.destroy(PERSON)
        with pytest.raises(KeyDestroyed):
            await elsewhere.open(sealed, field=FIELD)


async def test_a_reader_of_the_moment_of_destruction_does_not_keep_the_key(keys: KeyStore, tmp_path: Path):
    sealed = await keys.seal(PERSON, NAME, field=FIELD)
    has_read, goes_on = asyncio.Event(), asyncio.Event()

    class Held:
        """The pool; a reader has its row, and is held back before it can use it."""

        def __init__(self, pool: Pool) -> None:
            self._pool = pool

        @asynccontextmanager
        async def connection(self) -> AsyncGenerator[psycopg.AsyncConnection[TupleRow]]:
            async with self._pool.connection() as connection:
                yield connection
            if not has_read.is_set():
                has_read.set()
                await goes_on.wait()

    held = cast("Pool", Held(keys._pool))  # pyright: ignore[reportPrivateUsage]
    store = KeyStore(held, master_key(tmp_path, "intake"))
    reading = asyncio.create_task(store.open(sealed, field=FIELD))
    await has_read.wait()
    await store.destroy(PERSON)
    goes_on.set()
    assert await reading == NAME  # it began before
    with pytest.raises(KeyDestroyed):
        await store.open(sealed, field=FIELD)


async def test_creating_a_key_again_keeps_it(keys: KeyStore):
    sealed = await keys.seal(PERSON, NAME, field=FIELD)
    await asyncio.gather(*(keys.create(PERSON) for _ in range(4)))
    assert await keys.open(sealed, field=FIELD) == NAME


async def test_a_field_cannot_be_moved_to_another_person(keys: KeyStore):
    await keys.create(OTHER)
    sealed = await keys.seal(PERSON, NAME, field=FIELD)
    moved = Sealed(key_id=OTHER.bytes, nonce=sealed.nonce, ciphertext=sealed.ciphertext)
    with pytest.raises(Unopenable):
        await keys.open(moved, field=FIELD)


@pytest.mark.parametrize(("event", "name"), [(ev.PersonRegistered, "address"), (ev.PersonNoted, "name")])
async def test_a_sealed_field_cannot_be_moved_to_another_field_or_event(
    keys: KeyStore, event: type[Message], name: str
):
    sealed = await keys.seal(PERSON, NAME, field=FIELD)
    with pytest.raises(Unopenable, match=f"{event.__name__}.{name}"):
        await keys.open(sealed, field=field_of(event, name))


async def test_an_unknown_key_is_told_apart(keys: KeyStore):
    with pytest.raises(KeyUnknown):
        await keys.seal(OTHER, NAME, field=FIELD)
    with pytest.raises(Unopenable):
        await keys.open(Sealed(key_id=b"short", nonce=b"", ciphertext=b""), field=FIELD)


async def test_the_cache_is_bounded(database: Database, tmp_path: Path):
    async with key_pool(database.dsn, service="intake") as pool:
        store = KeyStore(pool, master_key(tmp_path, "intake"), cache_size=2)
        await store.migrate()
        for n in range(5):
            await store.create(UUID(int=n))
        sealed = [await store.seal(UUID(int=n), b"%d" % n, field=FIELD) for n in range(5)]
        assert [await store.open(s, field=FIELD) for s in sealed] == [b"0", b"1", b"2", b"3", b"4"]


async def test_a_key_is_useless_without_the_master_key(keys: KeyStore, database: Database, tmp_path: Path):
    sealed = await keys.seal(PERSON, NAME, field=FIELD)
    async with key_pool(database.dsn, service="intake") as pool:
        thief = KeyStore(pool, master_key(tmp_path / "elsewhere", "intake"))
        with pytest.raises(Unopenable):
            await thief.open(sealed, field=FIELD)


def test_the_master_key_is_for_its_owner_alone(tmp_path: Path):
    first = master_key(tmp_path, "intake")
    file = tmp_path / "keys" / "intake.master"
    assert file.stat().st_mode & 0o777 == 0o600
    assert master_key(tmp_path, "intake") == first
    assert [p.name for p in file.parent.iterdir()] == ["intake.master"]
    file.chmod(0o644)
    with pytest.raises(PermissionError, match="chmod 600"):
        master_key(tmp_path, "intake")


def test_a_payload_is_opened_by_the_service_it_was_sealed_to(tmp_path: Path):
    pair = TopicKeyPair.load(tmp_path, "handoff")
    sealed = TopicKey.read(tmp_path, "handoff").seal(NAME, topic="corrections.inbound.v1")
    assert NAME not in sealed
    assert TopicKeyPair.load(tmp_path, "handoff").open(sealed, topic="corrections.inbound.v1") == NAME
    with pytest.raises(Unopenable):
        pair.open(sealed, topic="corrections.deadletter.v1")
    with pytest.raises(Unopenable):
        TopicKeyPair.load(tmp_path / "other", "handoff").open(sealed, topic="corrections.inbound.v1")
    with pytest.raises(Unopenable):
        pair.open(b"rubbish", topic="corrections.inbound.v1")
