"""A lost tail of a topic would show only at the stream's next event; comparing heads shows it at once."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from uuid import UUID

from eventcore.inbox import Missing, StreamRef, counted
from eventcore.kafka import Partition
from eventcore.link import Connection

ListHeads = Callable[[str, UUID | None], Sequence[tuple[UUID, int]]]


class Tails:
    """Finds streams of other services whose sequenced head was not handled.

    Twice: a head that is ahead may still be on its way through relay and topic, so it counts as lost only when it is
    still missing after `grace_s`.
    """

    def __init__(
        self,
        consumer: str,
        services: Mapping[str, str],
        list_heads: ListHeads,
        *,
        every_s: float,
        grace_s: float,
    ) -> None:
        self._consumer = consumer
        self._services = services
        self._list_heads = list_heads
        self._every_s = every_s
        self._grace_s = grace_s
        self._next = time.monotonic()
        self._suspects: dict[StreamRef, int] | None = None

    def due(self) -> bool:
        """True at the start, every hour, and when suspects are to be looked at again."""
        return time.monotonic() >= self._next

    def lost(self, conn: Connection, assigned: Iterable[Partition]) -> Sequence[Missing]:
        """What has to be fetched now. Only the member that has a first partition looks, so that one of many does.

        Errors of the injected `list_heads` pass through; the check is then due again.
        """
        if not any(p.partition == 0 for p in assigned):
            self._next = time.monotonic() + self._every_s
            return ()
        if self._suspects is None:
            self._suspects = self._ahead(conn, self._heads())
            self._next = time.monotonic() + (self._grace_s if self._suspects else self._every_s)
            if not self._suspects:
                self._suspects = None
            return ()
        still = self._missing(conn, self._suspects)
        self._suspects = None
        self._next = time.monotonic() + self._every_s
        return still

    def _heads(self) -> dict[StreamRef, int]:
        heads: dict[StreamRef, int] = {}
        for source, service in self._services.items():
            after: UUID | None = None
            while page := self._list_heads(service, after):
                heads.update({StreamRef(source, stream): version for stream, version in page})
                after = page[-1][0]
        return heads

    def _ahead(self, conn: Connection, heads: Mapping[StreamRef, int]) -> dict[StreamRef, int]:
        return {m.stream: m.last for m in self._missing(conn, heads)}

    def _missing(self, conn: Connection, heads: Mapping[StreamRef, int]) -> list[Missing]:
        seen = counted(conn, self._consumer, set(heads))
        return [
            Missing(ref, seen[ref].version + 1, version)
            for ref, version in sorted(heads.items())
            if version > seen[ref].version and not seen[ref].parked
        ]
