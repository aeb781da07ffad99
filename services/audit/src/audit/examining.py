"""One look at a log: its signed checkpoint, the bytes that its service stores now, and what was published of it."""

from __future__ import annotations

from collections.abc import Mapping

from corrections.audit.v1.prepared_pb2 import Examination
from corrections.store.v1.store_pb2 import LogEntry
from eventcore.openssl import ed25519_verify
from proofs.canonical import EntryTooLarge, leaf_pair
from proofs.note import NoteError, verify_note
from proofs.tree import Tree
from proofs.verify import heads_root
from servicekit.deps import Deps
from servicekit.errors import Unavailable

from audit.domain.comparing import Leaves, Published, Stored, first_difference
from audit.domain.logs import LOGS
from audit.keys import log_vkeys
from audit.queries import Queries
from audit.remote import RemoteLog, SignedCheckpoint, entry_place
from audit.trees import Trees, completed


class Examiner:
    """Looks at logs."""

    def __init__(self, deps: Deps, queries: Queries, trees: Trees) -> None:
        self._deps = deps
        self._queries = queries
        self._trees = trees

    async def examine(self, log: str, verified: int, *, tail_only: bool) -> Examination:
        """What there is to decide on. `verified`: size up to which the log was verified before.

        Raises Unavailable without a pinned key; grpc.RpcError when the service is away.
        """
        remote = RemoteLog(self._deps.peers, log)
        try:
            signed = await remote.checkpoint()
        except NoteError:
            return Examination(log=log, size=verified, signed=False)
        if signed is None:
            return Examination(log=log)
        size = signed.checkpoint.size
        tree = await self._trees.published(log)
        from_seq = min(verified, size, tree.size) if tail_only else 0
        entries = await remote.entries(from_seq, size)
        stored = _stored(entries)
        published = await self._queries.published(log, from_seq)
        examination = Examination(
            log=log,
            size=size,
            root=signed.checkpoint.root,
            heads=_heads(signed),
            signed=self._signed(log, signed),
            from_seq=from_seq,
            published=tree.size,
        )
        difference = first_difference(published, stored, from_seq, size)
        if difference is not None:
            at = published.get(difference.seq)
            examination.bad_seq, examination.finding = difference.seq, difference.finding
            if at is not None:
                examination.event_id, examination.type, examination.stream_id = (
                    at.event_id,
                    at.type,
                    at.stream_id,
                )
            return examination
        examination.published_root = _covering(tree, size, published, stored).root(size)
        late = [entry_place(entries[seq]) for seq in range(tree.size, size)]
        examination.published_heads = (await self._trees.heads(log, size, late)).root()
        return examination

    def _signed(self, log: str, signed: SignedCheckpoint) -> bool:
        settings = self._deps.settings
        name = f"guitu/{settings.installation}/{log}"
        pinned = [key for key in log_vkeys(settings.home, settings.installation, LOGS) if key.name == name]
        if not pinned:
            raise Unavailable(f"no key of {log} is pinned")
        try:
            verify_note(signed.note, pinned, check=ed25519_verify)
        except NoteError:
            return False
        return signed.checkpoint.origin == name


def _heads(signed: SignedCheckpoint) -> bytes:
    try:
        return heads_root(signed.checkpoint)
    except NoteError:
        return b""


def _stored(entries: Mapping[int, LogEntry]) -> dict[int, Stored]:
    return {
        seq: Stored(_leaves(entry), (entry.leaf_sha256, entry.leaf_sm3)) for seq, entry in entries.items()
    }


def _leaves(entry: LogEntry) -> Leaves:
    try:
        return leaf_pair(entry.meta, entry.data)
    except EntryTooLarge:
        return b"", b""  # no event of that size was ever published: they agree with nothing


def _covering(
    tree: Tree, size: int, published: Mapping[int, Published], stored: Mapping[int, Stored]
) -> Tree:
    """The published tree up to the size; what is on its way here yet is taken as the service stores it."""
    late = range(tree.size, size)
    return completed(tree, [(published.get(seq) or stored[seq]).leaves[0] for seq in late])
