"""The Merkle tree and the stream heads of each log, from what was published: audit's own, not the service's word.

Leaves may come out of order (the partitions of a topic have none between them): the tree is the part without holes.
A tree that was asked for stays in memory, 64 bytes an event, and grows by what was published since.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Sequence

from proofs.heads import HeadMap
from proofs.tree import HashName, Tree

from audit.queries import Queries


class Trees:
    """Trees of the logs; safe for concurrent calls of one event loop."""

    def __init__(self, queries: Queries) -> None:
        self._queries = queries
        self._trees: dict[tuple[str, HashName], Tree] = {}
        self._heads: defaultdict[str, HeadMap] = defaultdict(HeadMap)
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

    async def heads(self, log: str, size: int, late: Sequence[tuple[bytes, int]] = ()) -> HeadMap:
        """The stream heads as they were with the first `size` entries of the log.

        late: stream and version of those of them that were not published yet, the last ones. The map is shorter where
        `late` does not reach that far.
        """
        async with self._locks[log, "heads"]:
            known = self._heads[log]
            rows = await self._queries.heads(log, min(known.size, size))
            if rows and [seq for seq, _, _ in rows] != [*range(rows[0][0], rows[0][0] + len(rows))]:
                # the part without holes
                end = next(n for n, (seq, _, _) in enumerate(rows) if seq != rows[0][0] + n)
                rows = rows[:end]
            known.extend((stream, version) for seq, stream, version in rows if seq >= known.size)
            known.root()  # hashed once, not in every copy
            made = known.copy()
        made.rewind([(stream, version) for seq, stream, version in rows if size <= seq < made.size])
        made.extend(late[len(late) - (size - made.size) :] if made.size < size else ())
        return made


def completed(tree: Tree, leaves: list[bytes]) -> Tree:
    """The tree with further leaves, for one use; the one given stays as it is."""
    if not leaves:
        return tree
    return Tree([*(tree.leaf(index) for index in range(tree.size)), *leaves])
