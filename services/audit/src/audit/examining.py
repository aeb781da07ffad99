"""One look at a log: its signed checkpoint, the bytes that its service stores now, and what was published of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from corrections.audit.v1.prepared_pb2 import Examination
from corrections.audit.v1.service_pb2 import VerifyLogRequest
from corrections.store.v1.store_pb2 import LogEntry
from eventcore.decider import StreamKey
from eventcore.openssl import ed25519_verify
from proofs.maps import Entry
from proofs.note import NoteError, split_note, verify_note
from proofs.verify import HEADS_LINE, SUBJECTS_LINE, committed_root
from servicekit.deps import Deps
from servicekit.errors import Unavailable
from servicekit.tile_files import LogKeys

from audit.domain.comparing import EVENT_TWICE, Published, Stored, first_difference, leaves_of
from audit.domain.logs import LOGS
from audit.keys import log_keys
from audit.queries import Queries
from audit.remote import RemoteLog, SignedCheckpoint, entry_place
from audit.trees import Trees, completed

PAGE = 2000
"""Records that are held at a time."""
_NO_END = 1 << 63


@dataclass(frozen=True, slots=True)
class Span:
    """What of a log is read again: [from_seq, end) as far as the log goes. part: nothing is said of the rest."""

    from_seq: int
    end: int
    part: bool = False


def span_of(request: VerifyLogRequest, verified: int) -> Span:
    """What a request asks for; `verified`: size up to which the log was verified before."""
    if request.limit:
        return Span(request.from_seq, request.from_seq + request.limit, part=True)
    return Span(verified if request.tail_only else 0, _NO_END)


class Examiner:
    """Looks at logs."""

    def __init__(self, deps: Deps, queries: Queries, trees: Trees) -> None:
        self._deps = deps
        self._queries = queries
        self._trees = trees
        self._records = {str(deps.store.stream_id(StreamKey("log", log))) for log in LOGS}

    async def examine(self, log: str, verified: int, span: Span) -> Examination:
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
        end = min(span.end, size)
        from_seq = min(span.from_seq, end if span.part else tree.size, size)
        examination = Examination(
            log=log,
            size=size,
            root=signed.checkpoint.root,
            heads=_committed(signed, HEADS_LINE),
            subjects=_committed(signed, SUBJECTS_LINE),
            signed=self._signed(log, signed, verified),
            from_seq=from_seq,
            published=tree.size,
            end_seq=end if span.part else 0,
        )
        late = await self._compare(remote, examination, from_seq, end, tree.size)
        if not examination.finding and not span.part:
            whole = completed(tree, [leaf for leaf, _ in late])
            examination.published_root = whole.root(size)
            maps = await self._trees.maps(log, size, [place for _, place in late])
            examination.published_heads = maps.heads.root()
            examination.published_subjects = maps.subjects.root()
            if examination.published_root == examination.root and not await self._sm3_fits(remote):
                examination.bad_seq, examination.finding = verified, "ROOT_DIFFERS"
        return examination

    async def _sm3_fits(self, remote: RemoteLog) -> bool:
        """Whether the newest checkpoint of the SM3 tree is of what was published; so until that reaches as far."""
        try:
            signed = await remote.checkpoint(tree="sm3")
        except NoteError:
            return False
        if signed is None:
            return True
        tree = await self._trees.published(remote.service, "sm3")
        return (
            signed.checkpoint.size > tree.size or tree.root(signed.checkpoint.size) == signed.checkpoint.root
        )

    async def _compare(
        self, remote: RemoteLog, examination: Examination, from_seq: int, end: int, published: int
    ) -> list[tuple[bytes, Entry]]:
        """The examination names the first difference in [from_seq, end), read page by page. Leaf and place of each record
        from `published` on: what is on its way here yet is taken as the service stores it.
        """
        late: list[tuple[bytes, Entry]] = []
        unpublished: dict[tuple[bytes, int], int] = {}
        for start in range(from_seq, end, PAGE):
            stop = min(start + PAGE, end)
            entries = await remote.entries(start, stop)
            before = await self._queries.published(remote.service, start, stop)
            now = _stored(entries)
            new = {seq: entry_place(entries[seq])[:2] for seq in sorted(now.keys() - before.keys())}
            if new:
                known = await self._queries.places(remote.service, new.values())
                for seq, place in new.items():
                    if known.get(place, seq) != seq or unpublished.setdefault(place, seq) != seq:
                        now[seq] = replace(now[seq], twice=True)
            difference = first_difference(before, now, start, stop)
            if difference is not None:
                examination.bad_seq, examination.finding = difference.seq, difference.finding
                at = before.get(difference.seq)
                if at is None and difference.finding == EVENT_TWICE:
                    at = await self._first(remote.service, new[difference.seq])
                if at is not None:
                    examination.event_id, examination.type = at.event_id, at.type
                    examination.stream_id = self._stoppable(at.stream_id)
                break
            late += [
                ((before.get(seq) or now[seq]).leaves[0], entry_place(entries[seq]))
                for seq in range(max(start, published), stop)
            ]
        return late

    async def _first(self, log: str, place: tuple[bytes, int]) -> Published | None:
        """The event where it was published first; topics drop a repeat, so it is not known at its second position."""
        seq = (await self._queries.places(log, [place])).get(place, -1)
        return (await self._queries.published(log, seq, seq + 1)).get(seq)

    def _stoppable(self, stream_id: str) -> str:
        """The stream, or nothing: audit's own record of a log is never read-only, for it takes the alarm and the reopening."""
        return "" if stream_id in self._records else stream_id

    def _signed(self, log: str, signed: SignedCheckpoint, verified: int) -> bool:
        """Whether the pinned keys have signed; Unavailable without one."""
        settings = self._deps.settings
        pinned = log_keys(settings.home, settings.installation, [log]).get(log)
        if pinned is None:
            raise Unavailable(f"no key of {log} is pinned")
        return signed_by(pinned, signed, settled=signed.checkpoint.size <= verified)


def signed_by(pinned: LogKeys, signed: SignedCheckpoint, *, settled: bool) -> bool:
    """Whether the checkpoint is of the log and each of its pinned keys has signed it.

    settled: it was verified before, maybe of a release before the SM2 line. So the SM2 line may lack, but then it lacks: a line
    of the log under a key that nobody pinned is no line of that time.
    """
    try:
        found = {one.key for one in verify_note(signed.note, pinned.all, check=ed25519_verify)}
    except NoteError:
        return False
    lines = [line for line in split_note(signed.note)[1] if line.name == pinned.name]
    alone = settled and len(lines) == 1 and pinned.ed25519 in found
    return signed.checkpoint.origin == pinned.name and (alone or found == set(pinned.all))


def _committed(signed: SignedCheckpoint, line: str) -> bytes:
    try:
        return committed_root(signed.checkpoint, line)
    except NoteError:
        return b""


def _stored(entries: Mapping[int, LogEntry]) -> dict[int, Stored]:
    return {
        seq: Stored(leaves_of(entry.meta, entry.data), (entry.leaf_sha256, entry.leaf_sm3))
        for seq, entry in entries.items()
    }
