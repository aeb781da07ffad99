"""The Merkle tree of each log and the maps that its checkpoints commit, from what was published: audit's own, not the service's word.

Leaves may come out of order (the partitions of a topic have none between them): the tree is the part without holes.
A tree that was asked for stays in memory, 64 bytes an event, and grows by what was published since.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Sequence

from proofs.maps import Entry, LogMaps
from proofs.tree import HashName, Tree

from audit.queries import Queries


class Trees:
    """Trees of the logs; safe for concurrent calls of one event loop."""

    def __init__(self, queries: Queries) -> None:
        self._queries = queries
        self._trees: dict[tuple[str, HashName], Tree] = {}
        self._maps: defaultdict[str, LogMaps] = defaultdict(LogMaps)
        self._locks: defaultdict[tuple[str, str], asyncio.Lock] = defaultdict(asyncio.Lock)

    async def published(self, log: str, hash: HashName = "sha256") -> Tree:
        """The tree over everything that was published without a hole. It may grow: name the size you mean."""
        key = log, hash
        async with self._locks[key]:
            tree = self._trees.setdefault(key, Tree(hash=hash))
            new: list[bytes] = []
            for seq, leaf in await self._queries.leaves(log, tree.size, hash):
                if seq != tree.size + len(new):
                    break
                new.append(leaf)
            tree.extend(new)
            return tree

    async def maps(self, log: str, size: int, late: Sequence[Entry] = ()) -> LogMaps:
        """The maps as they were with the first `size` entries of the log.

        late: those of them that were not published yet, the last ones. The maps are shorter where `late` does not reach that
        far.
        """
        async with self._locks[log, "maps"]:
            known = self._maps[log]
            start = min(known.size, size)
            rows = await self._queries.entries(log, start)
            # the part without holes; the first one may be missing too
            whole = next((n for n, (seq, _) in enumerate(rows) if seq != start + n), len(rows))
            rows = rows[:whole]
            known.extend([entry for seq, entry in rows if seq >= known.size])
            known.lines()  # hashed once, not in every copy
            made = known.copy()
        taken_back = [entry for seq, entry in rows if size <= seq < made.size]
        if taken_back:
            streams = {stream for stream, _, _ in taken_back}
            made.rewind(taken_back, await self._queries.pairs(log, streams, size))
        made.extend(late[len(late) - (size - made.size) :] if made.size < size else ())
        return made


def completed(tree: Tree, leaves: list[bytes]) -> Tree:
    """The tree with further leaves, for one use; the one given stays as it is."""
    if not leaves:
        return tree
    whole = tree.copy()
    whole.extend(leaves)
    return whole
