"""The Merkle tree of each log, from the leaves of what was published: audit's own, not the service's word.

Leaves may come out of order (the partitions of a topic have none between them): the tree is the part without holes.
A tree that was asked for stays in memory, 64 bytes an event, and grows by what was published since.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict

from proofs.tree import HashName, Tree

from audit.queries import Queries


class Trees:
    """Trees of the logs; safe for concurrent calls of one event loop."""

    def __init__(self, queries: Queries) -> None:
        self._queries = queries
        self._trees: dict[tuple[str, HashName], Tree] = {}
        self._locks: defaultdict[tuple[str, HashName], asyncio.Lock] = defaultdict(asyncio.Lock)

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


def completed(tree: Tree, leaves: list[bytes]) -> Tree:
    """The tree with further leaves, for one use; the one given stays as it is."""
    if not leaves:
        return tree
    return Tree([*(tree.leaf(index) for index in range(tree.size)), *leaves])
