"""What the witnesses have said so far, in audit's database: tables `cosigned`, `witness_state`."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from eventcore.store import Pool
from proofs.tree import HashName
from psycopg.rows import TupleRow

_COSIGNED = "select size, note from cosigned where log = %(log)s and tree = %(tree)s"
_SIZES = "select log, size from cosigned where tree = 'sha256'"
# never an older one: two who ask at once may finish in any order
_KEEP = """
insert into cosigned (log, tree, size, note, cosigned_at) values (%(log)s, %(tree)s, %(size)s, %(note)s, es.now())
on conflict (log, tree) do update set size = excluded.size, note = excluded.note, cosigned_at = excluded.cosigned_at
where cosigned.size <= excluded.size
"""
_STATE = """
insert into witness_state (witness, log, tree, state, size, cosigned_at, detail, failures)
values (%(witness)s, %(log)s, %(tree)s, %(state)s, %(size)s, %(cosigned_at)s, %(detail)s, %(failures)s)
on conflict (witness, log, tree) do update set state = excluded.state, size = excluded.size,
  cosigned_at = excluded.cosigned_at, detail = excluded.detail, failures = excluded.failures
"""
_STATES = "select witness, log, tree, state, size, cosigned_at, detail, failures from witness_state order by log, tree"


Place = tuple[str, str, str]
"""Witness, log, tree."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How a witness stands to a log: a code of docs/reference/witnesses.md, and the last size that it cosigned."""

    state: str = "NEW"
    size: int = 0
    time: int = 0
    detail: str = ""
    failures: int = 0

    @property
    def cosigned_at(self) -> datetime | None:
        """When it says that it cosigned that size."""
        return datetime.fromtimestamp(self.time, UTC) if self.time else None


@dataclass(frozen=True, slots=True)
class Cosigned:
    """A checkpoint with the quorum."""

    size: int
    note: str


class Witnessed:
    """Reads and writes in the role of `serve`."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def newest(self, log: str, tree: HashName) -> Cosigned | None:
        """The newest checkpoint of a log that has the quorum."""
        rows = await self._fetch(_COSIGNED, {"log": log, "tree": tree})
        return Cosigned(*rows[0]) if rows else None

    async def sizes(self) -> dict[str, int]:
        """Up to which size each log has the quorum, SHA-256."""
        return {row[0]: row[1] for row in await self._fetch(_SIZES, {})}

    async def keep(self, log: str, tree: HashName, size: int, note: str) -> None:
        """The checkpoint is the newest with the quorum, unless a newer one is."""
        await self._execute(_KEEP, [{"log": log, "tree": tree, "size": size, "note": note}])

    async def states(self) -> dict[tuple[str, str, str], Standing]:
        """Standings by (witness, log, tree)."""
        rows = await self._fetch(_STATES, {})
        return {
            (row[0], row[1], row[2]): Standing(
                row[3], row[4], int(row[5].timestamp()) if row[5] else 0, row[6], row[7]
            )
            for row in rows
        }

    async def heard(self, log: str, tree: HashName, found: Mapping[str, Standing]) -> None:
        """The standings of these witnesses to a log."""
        rows = [
            {"witness": name, "log": log, "tree": tree, "state": one.state, "size": one.size,
             "cosigned_at": one.cosigned_at, "detail": one.detail, "failures": one.failures}
            for name, one in found.items()
        ]  # fmt: skip
        if rows:
            await self._execute(_STATE, rows)

    async def _execute(self, statement: str, rows: Sequence[Mapping[str, object]]) -> None:
        async with self._pool.connection() as connection, connection.transaction():
            for row in rows:
                await connection.execute(statement.encode(), row)

    async def _fetch(self, query: str, parameters: Mapping[str, object]) -> list[TupleRow]:
        async with self._pool.connection() as connection:
            cursor = connection.cursor(binary=True)
            await cursor.execute(query.encode(), parameters)
            return await cursor.fetchall()


class Standings:
    """How every witness stands now, in memory; what is new of it is stored, for everybody to read.

    Safe for concurrent calls of one event loop. `load` comes first.
    """

    def __init__(self, witnessed: Witnessed) -> None:
        self._witnessed = witnessed
        self._now: dict[Place, Standing] = {}
        self._stored: dict[Place, Standing] | None = None
        self._lock = asyncio.Lock()

    def __getitem__(self, place: Place) -> Standing:
        return self._now.get(place, Standing())

    def __setitem__(self, place: Place, now: Standing) -> None:
        self._now[place] = now

    async def load(self) -> None:
        """What was stored before this process is known."""
        async with self._lock:
            if self._stored is None:
                self._stored = await self._witnessed.states()
                self._now = dict(self._stored)

    async def store(self, witnesses: Iterable[str], log: str, tree: HashName) -> None:
        """The standings of these witnesses to the tree are stored as they are now."""
        async with self._lock:
            assert self._stored is not None, "load came first"
            now = {name: self[name, log, tree] for name in witnesses}
            changed = {name: one for name, one in now.items() if one != self._stored.get((name, log, tree))}
            await self._witnessed.heard(log, tree, changed)
            self._stored.update(((name, log, tree), one) for name, one in changed.items())
