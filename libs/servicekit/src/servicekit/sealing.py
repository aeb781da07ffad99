"""Fields about a person are sealed under a key of that person; destroying the key erases them (个人信息保护法
第四十七条).

Keys live in a database of their own, `<service>_keys`, outside the backups of the events, each wrapped by a
master key that only this service's file `<home>/keys/<service>.master` holds. In production an HSM or KMS
stands behind `KeyStore`'s methods. `destroy` leaves no copy of a key in PostgreSQL's files either, wrapped or not
(docs/adr/0030). Others seal free text to a person's public half (eventcore.texts). Payloads on
topics are sealed to a service's public key (HPKE, RFC 9180).
"""

from __future__ import annotations

import contextlib
import hmac
import os
import secrets
import time
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from uuid import UUID

from corrections.common.v1.common_pb2 import Sealed, SealedText, SealTo
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from eventcore import texts
from eventcore.texts import SUITE, Unopenable
from google.protobuf.message import Message
from psycopg import AsyncConnection
from psycopg.errors import InsufficientPrivilege
from psycopg.rows import TupleRow
from psycopg_pool import AsyncConnectionPool

from servicekit.logs import log

KEY_BYTES: Final = 32
NONCE_BYTES: Final = 12
_SEAL_TO: Final = b"guitu-seal-to-v1"
_FILE_KEY: Final = b"guitu-file-key-v1"
_ID_BYTES: Final = 16

SCHEMA: Final = """
create table if not exists key (
  key_id uuid primary key,
  owner_kind text not null check (owner_kind in ('person', 'exchange', 'staff')),
  created_at timestamptz not null default clock_timestamp(),
  secret bytea,
  destroyed_at timestamptz,
  check ((secret is null) = (destroyed_at is not null)));
alter table key alter column secret set statistics 0
"""
CREATE: Final = """
insert into key (key_id, owner_kind, secret) values (%(key_id)s, %(owner_kind)s, %(secret)s)
on conflict (key_id) do nothing returning key_id
"""
READ: Final = "select secret, destroyed_at from key where key_id = %(key_id)s"
LEFT: Final = "select key_id from key where key_id = any(%s) and destroyed_at is null order by key_id"
KNOWN: Final = "select key_id from key where key_id = any(%s) order by key_id"
# An update and a vacuum leave the old bytes in the page until something else is written there. So the table is written
# anew and the old file goes; no statistics, which sample values into the catalogue, are kept of the column.
DESTROY: Final = (
    "lock table key in access exclusive mode",
    "update key set secret = null, destroyed_at = clock_timestamp() where key_id = any(%s) and destroyed_at is null",
    "create table key_anew (like key including all)",
    "alter table key_anew alter column secret set statistics 0",
    "insert into key_anew select * from key",
    "drop table key",
    "alter table key_anew rename to key",
)
# What the write-ahead log held of it lies in segments that no recovery needs after this: the server removes them
# (wal_recycle = off; a recycled one would keep its bytes until it is overwritten).
FORGET: Final = ("select pg_switch_wal()", "checkpoint")


Pool = AsyncConnectionPool[AsyncConnection[TupleRow]]


def key_pool(conninfo: str, *, service: str, max_size: int = 4) -> Pool:
    """Connections to a service's database of keys, not yet open."""
    kwargs = {"autocommit": True, "application_name": f"{service} keys", "connect_timeout": 5}
    return AsyncConnectionPool(
        conninfo, kwargs=kwargs, min_size=1, max_size=max_size, max_waiting=1024, timeout=5.0, open=False
    )


def field_of(event: type[Message], name: str) -> str:
    """Full name of an event's field, as `seal` and `open` bind it; KeyError when the event has no such field."""
    return event.DESCRIPTOR.fields_by_name[name].full_name


class KeyUnknown(Exception):
    """There is no key of that id."""


class KeyFileLost(KeyUnknown):
    """The file does not hold the key under which stands what was sealed: it was lost, or is another installation's."""

    def __init__(self, file: str, key_id: bytes) -> None:
        self.file, self.key_id = file, key_id.hex()
        super().__init__(
            f"keys/{file} does not hold key {self.key_id}; restore it from the keys' half of a backup"
        )


class KeyDestroyed(Exception):
    """The key was destroyed: what it sealed is erased for ever."""


@dataclass(frozen=True, slots=True)
class _Cached:
    cipher: AESGCM
    secret: bytes
    until: float

    def private(self, key_id: UUID) -> X25519PrivateKey:
        """Derived from the secret, so that it dies with it."""
        derive = HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=_SEAL_TO + key_id.bytes).derive
        return X25519PrivateKey.from_private_bytes(derive(self.secret))


class KeyStore:
    """The keys of one service. asyncio; one per process.

    `cache_s` bounds how long another process may still open what `destroy` erased here.
    """

    def __init__(self, pool: Pool, master: bytes, *, cache_size: int = 2048, cache_s: float = 30.0) -> None:
        self._pool = pool
        self._wrap = AESGCM(master)
        self._cache: OrderedDict[UUID, _Cached] = OrderedDict()
        self._cache_size = cache_size
        self._cache_s = cache_s
        self._destructions = 0

    async def migrate(self) -> None:
        """The table of keys exists."""
        async with self._pool.connection() as connection:
            await connection.execute(SCHEMA)

    async def create(self, key_id: UUID, *, owner_kind: str = "person") -> None:
        """The key exists; nothing changes when it did. KeyDestroyed when it was destroyed: ids are not used
        twice.
        """
        secret = secrets.token_bytes(KEY_BYTES)
        parameters = {"key_id": key_id, "owner_kind": owner_kind, "secret": self._wrapped(key_id, secret)}
        before = self._destructions
        async with self._pool.connection() as connection:
            made = await (await connection.execute(CREATE, parameters)).fetchone()
        if made is None:
            await self._key(key_id)
        else:
            self._keep(key_id, secret, before)

    async def seal(self, key_id: UUID, plaintext: bytes, *, field: str) -> Sealed:
        """The plaintext under the key, for one field of one type of event (`field_of`); KeyUnknown, KeyDestroyed."""
        cipher = (await self._key(key_id)).cipher
        nonce = secrets.token_bytes(NONCE_BYTES)
        return Sealed(
            key_id=key_id.bytes,
            nonce=nonce,
            ciphertext=cipher.encrypt(nonce, plaintext, _bound(key_id, field)),
        )

    async def open(self, sealed: Sealed, *, field: str) -> bytes:
        """The plaintext; KeyUnknown, KeyDestroyed, Unopenable also for what was sealed for another field."""
        try:
            key_id = UUID(bytes=sealed.key_id)
        except ValueError:
            raise Unopenable("the key id is not 16 bytes") from None
        cipher = (await self._key(key_id)).cipher
        try:
            return cipher.decrypt(sealed.nonce, sealed.ciphertext, _bound(key_id, field))
        except (InvalidTag, ValueError):
            raise Unopenable(f"not sealed under key {key_id} as {field}") from None

    async def seal_to(self, key_id: UUID) -> SealTo:
        """The public half of the key, for others to seal free text to; KeyUnknown, KeyDestroyed."""
        private = (await self._key(key_id)).private(key_id)
        return SealTo(key_id=key_id.bytes, public_key=private.public_key().public_bytes_raw())

    async def open_text(self, text: SealedText, subject: UUID) -> str:
        """A text that was sealed to the key's public half, about this subject; KeyUnknown, KeyDestroyed, Unopenable."""
        try:
            key_id = UUID(bytes=text.sealed.key_id)
        except ValueError:
            raise Unopenable("the key id is not 16 bytes") from None
        return texts.opened(text, (await self._key(key_id)).private(key_id), subject)

    async def destroy(self, *key_ids: UUID) -> None:
        """Nobody can open what the keys sealed, and no file of the server holds them; nothing changes where that is so.

        Raises KeyUnknown before anything is destroyed. Readers wait while the table is written anew.
        """
        keys = list(dict.fromkeys(key_ids))
        async with self._pool.connection() as connection:
            known = await (await connection.execute(KNOWN, [keys])).fetchall()
            if len(known) != len(keys):
                raise KeyUnknown(", ".join(map(str, keys)))
            if await (await connection.execute(LEFT, [keys])).fetchone() is not None:
                async with connection.transaction():
                    for statement in DESTROY:
                        await connection.execute(statement, [keys] if "%s" in statement else None)
            # a reader who had it in hand before may use it once, and must not put it back
            self._destructions += 1
            for key_id in keys:
                self._cache.pop(key_id, None)
            await _forget(connection)

    async def left(self, key_ids: Iterable[UUID]) -> list[UUID]:
        """Those of the ids whose key was not destroyed."""
        async with self._pool.connection() as connection:
            rows = await (await connection.execute(LEFT, [list(key_ids)])).fetchall()
        return [row[0] for row in rows]

    async def known(self, key_ids: Iterable[UUID]) -> list[UUID]:
        """Those of the ids that are or were a key's."""
        async with self._pool.connection() as connection:
            rows = await (await connection.execute(KNOWN, [list(key_ids)])).fetchall()
        return [row[0] for row in rows]

    async def _key(self, key_id: UUID) -> _Cached:
        cached = self._cache.get(key_id)
        if cached is not None and cached.until > time.monotonic():
            self._cache.move_to_end(key_id)
            return cached
        before = self._destructions
        async with self._pool.connection() as connection:
            row = await (await connection.execute(READ, {"key_id": key_id})).fetchone()
        if row is None:
            raise KeyUnknown(str(key_id))
        if row[1] is not None:
            self._cache.pop(key_id, None)
            raise KeyDestroyed(str(key_id))
        return self._keep(key_id, self._unwrapped(key_id, bytes(row[0])), before)

    def _keep(self, key_id: UUID, secret: bytes, destructions: int) -> _Cached:
        """The key for use; in the cache only where none was destroyed since it was read."""
        found = _Cached(AESGCM(secret), secret, time.monotonic() + self._cache_s)
        if destructions == self._destructions:
            self._cache[key_id] = found
        while len(self._cache) > self._cache_size:
            self._cache.popitem(last=False)
        return found

    def _wrapped(self, key_id: UUID, secret: bytes) -> bytes:
        nonce = secrets.token_bytes(NONCE_BYTES)
        return nonce + self._wrap.encrypt(nonce, secret, key_id.bytes)

    def _unwrapped(self, key_id: UUID, wrapped: bytes) -> bytes:
        try:
            return self._wrap.decrypt(wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:], key_id.bytes)
        except InvalidTag:
            raise Unopenable(f"key {key_id} was wrapped by another master key") from None


async def _forget(connection: AsyncConnection[TupleRow]) -> None:
    """The segments of the write-ahead log that may hold the bytes are no longer needed, where the role may say so.

    Where it may not, they go with the server's own next checkpoints, and a warning says that somebody must see to it.
    """
    try:
        for statement in FORGET:
            await connection.execute(statement)
    except InsufficientPrivilege:
        log().warning(
            "keys.wal_kept",
            remedy="grant pg_checkpoint and pg_switch_wal to the service (docs/runbooks/erase.md)",
        )


def _bound(key_id: UUID, field: str) -> bytes:
    return key_id.bytes + field.encode()


def master_key(home: Path, service: str) -> bytes:
    """The service's master key, made at first use with mode 0600; PermissionError when others can read the
    file.
    """
    return _secret_file(home / "keys" / f"{service}.master", secrets.token_bytes(KEY_BYTES))


def digest_key(home: Path, service: str) -> bytes:
    """The key under which the service tells a repeated request from other content; made at first use, mode 0600."""
    return _secret_file(home / "keys" / f"{service}-digest.master", secrets.token_bytes(KEY_BYTES))


@dataclass(frozen=True, slots=True)
class FileKey:
    """A key of a service's own in a file outside every database: for records of its work, which no person's key is for.

    It is never destroyed: what it seals is kept from who has the log or the database's files, not erased.
    """

    _cipher: AESGCM
    _index: bytes
    key_id: bytes

    @classmethod
    def load(cls, home: Path, name: str) -> FileKey:
        """The key in `<home>/keys/<name>.master`, made at first use, mode 0600."""
        return cls.of(_secret_file(home / "keys" / f"{name}.master", secrets.token_bytes(KEY_BYTES)))

    @classmethod
    def found(cls, home: Path, name: str) -> FileKey | None:
        """The key in `<home>/keys/<name>.master`, None where there is no such file: none is made."""
        path = home / "keys" / f"{name}.master"
        return cls.of(_read_secret(path, KEY_BYTES)) if path.exists() else None

    @classmethod
    def of(cls, secret: bytes) -> FileKey:
        """What a secret of 32 bytes leads to; the id tells keys apart and tells nothing of them."""
        parts = HKDF(algorithm=SHA256(), length=2 * KEY_BYTES + _ID_BYTES, salt=None, info=_FILE_KEY).derive(
            secret
        )
        return cls(AESGCM(parts[:KEY_BYTES]), parts[KEY_BYTES:-_ID_BYTES], parts[-_ID_BYTES:])

    def seal(self, plaintext: bytes, *, field: str) -> Sealed:
        """The plaintext for one field of one type of event (`field_of`)."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        ciphertext = self._cipher.encrypt(nonce, plaintext, self.key_id + field.encode())
        return Sealed(key_id=self.key_id, nonce=nonce, ciphertext=ciphertext)

    def open(self, sealed: Sealed, *, field: str) -> bytes:
        """The plaintext; KeyUnknown for what another key sealed, Unopenable for what was altered or another field's."""
        if sealed.key_id != self.key_id:
            raise KeyUnknown(sealed.key_id.hex())
        try:
            return self._cipher.decrypt(sealed.nonce, sealed.ciphertext, self.key_id + field.encode())
        except (InvalidTag, ValueError):
            raise Unopenable(f"not sealed under key {self.key_id.hex()} as {field}") from None

    def index(self, value: bytes) -> bytes:
        """16 bytes by which a value is found again, and which tell nothing of it without the key."""
        return hmac.digest(self._index, value, "sha256")[:_ID_BYTES]


def _secret_file(path: Path, fresh: bytes) -> bytes:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    # Written whole under another name first: a crash must not leave half a key, and two starters must agree
    # on one.
    candidate = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        descriptor = os.open(candidate, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(fresh)
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileExistsError):
            os.link(candidate, path)
    finally:
        candidate.unlink(missing_ok=True)
    return _read_secret(path, len(fresh))


def _read_secret(path: Path, length: int) -> bytes:
    if path.stat().st_mode & 0o077:
        raise PermissionError(f"{path.name} is readable by others; remedy: chmod 600")
    found = path.read_bytes()
    if len(found) != length:
        raise ValueError(f"{path.name} has {len(found)} bytes, wanted {length}; restore it from its backup")
    return found


@dataclass(frozen=True, slots=True)
class TopicKey:
    """A service's public key: anyone can seal to it, only the service opens."""

    public: X25519PublicKey

    @classmethod
    def read(cls, home: Path, service: str) -> TopicKey:
        """The public key that a service published; FileNotFoundError before its first start."""
        return cls(X25519PublicKey.from_public_bytes((home / "keys" / f"{service}.hpke.pub").read_bytes()))

    def seal(self, plaintext: bytes, *, topic: str) -> bytes:
        """The plaintext sealed for one topic (encapsulated key, ciphertext)."""
        return SUITE.encrypt(plaintext, self.public, topic.encode())


@dataclass(frozen=True, slots=True)
class TopicKeyPair:
    """A service's own key pair for sealed topics."""

    private: X25519PrivateKey

    @classmethod
    def load(cls, home: Path, service: str) -> TopicKeyPair:
        """The service's key pair, made at first use; the public half lies beside it for those who seal."""
        fresh = X25519PrivateKey.generate().private_bytes_raw()
        private = X25519PrivateKey.from_private_bytes(_secret_file(home / "keys" / f"{service}.hpke", fresh))
        public = home / "keys" / f"{service}.hpke.pub"
        part = public.with_name(f".{public.name}.{os.getpid()}")
        part.write_bytes(private.public_key().public_bytes_raw())
        part.replace(public)
        return cls(private)

    @property
    def public(self) -> TopicKey:
        """The half for others."""
        return TopicKey(self.private.public_key())

    def open(self, sealed: bytes, *, topic: str) -> bytes:
        """The plaintext; Unopenable when it was not sealed to this key for this topic."""
        try:
            return SUITE.decrypt(sealed, self.private, topic.encode())
        except (InvalidTag, ValueError):
            raise Unopenable(f"not sealed to this service for {topic}") from None
