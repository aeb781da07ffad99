"""What a refused proof or checkpoint names is looked at by audit itself: where it does not fit, its stream stops without being asked."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import TypeVar

from eventcore.errors import Refused
from eventcore.store import Pool

from audit.domain.logs import LOGS

R = TypeVar("R")

_ADD = "insert into doubt (log, seq) values (%(log)s, %(seq)s) on conflict do nothing"


class Doubting:
    """Leaves notes for audit.processes.rereading, in the role of `serve`."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def made(self, proof: Awaitable[R]) -> R:
        """The proof; where it is refused as CASE_NOT_PROVABLE its log is in doubt, at the event that is named or as a whole."""
        try:
            return await proof
        except Refused as refused:
            log, seq = refused.facts.get("log", ""), refused.facts.get("seq", "")
            if refused.code == "CASE_NOT_PROVABLE" and log in LOGS:
                await self.of(log, int(seq) if seq else None)
            raise

    async def of(self, log: str, seq: int | None = None) -> None:
        """The log is looked at, at the event or as a whole."""
        async with self._pool.connection() as connection:
            await connection.execute(_ADD, {"log": log, "seq": seq})
