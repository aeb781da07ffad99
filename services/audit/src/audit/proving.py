"""The proof of one event as one file: C2SP tlog-proof under a checkpoint that has the quorum (eventstore.md section 9)."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from uuid import UUID

from corrections.intake.v1 import events_pb2 as intake
from eventcore.errors import Invalid, NotFound, Refused
from eventcore.openssl import ed25519_verify
from proofs.canonical import canonical, leaf_sha256, leaf_sm3
from proofs.note import VerifierKey
from proofs.tree import HashName
from proofs.verify import TlogProof, verify_tlog_proof, write_tlog_proof
from servicekit.deps import Deps

from audit.cosigning import Cosigning
from audit.domain.log import RULE
from audit.domain.logs import LOGS
from audit.domain.trail import Seen
from audit.keys import log_keys
from audit.queries import Queries
from audit.remote import RemoteLog, SignedCheckpoint
from audit.trees import Trees

# What ends a case, the first of them that it has.
_RELEASES = tuple(kind.DESCRIPTOR.full_name for kind in (intake.Released, intake.Terminated))


@dataclass(frozen=True, slots=True)
class Proof:
    """The file, and which event it is about."""

    text: str
    type: str
    event_id: UUID


class Prover:
    """Exports proofs of single events."""

    def __init__(self, deps: Deps, queries: Queries, trees: Trees, cosigning: Cosigning) -> None:
        self._deps, self._queries, self._trees, self._cosigning = deps, queries, trees, cosigning

    async def export(self, case_id: UUID, event_id: UUID | None, tree: HashName) -> Proof:
        """The proof, verified as an outsider would. None = the case's release.

        NotFound where the case has no such event; Refused: WITNESS_PENDING without the quorum, CASE_NOT_PROVABLE.
        """
        event = await self._event(case_id, event_id)
        signed = await self._checkpoint(event, tree)
        published = await self._trees.published(event.service, tree)
        found = await RemoteLog(self._deps.peers, event.service).entries(event.seq, event.seq + 1)
        stored = found.get(event.seq)
        entry = canonical(stored.meta, stored.data) if stored is not None else b""
        hashed = leaf_sm3(entry) if tree == "sm3" else leaf_sha256(entry)
        if hashed != published.leaf(event.seq):
            raise _not_provable(event, "日志现存内容与公布的不同")
        size = signed.checkpoint.size
        path = tuple(published.inclusion(event.seq, size))
        text = write_tlog_proof(TlogProof(event.seq, path, signed.note, entry))
        report = await asyncio.to_thread(
            verify_tlog_proof,
            text.encode(),
            self._keys(event, tree),
            signature_check=ed25519_verify,
            policy=self._cosigning.policy(),
        )
        if report.findings:
            raise _not_provable(event, report.findings[0].text("zh"))
        if not report.proven:
            raise self._pending(event)
        return Proof(text, event.type, event.event_id)

    async def _event(self, case_id: UUID, event_id: UUID | None) -> Seen:
        events = await self._queries.trail(case_id, None)
        if event_id is not None:
            for event in events:
                if event.event_id == event_id:
                    return event
            raise NotFound
        for kind in _RELEASES:
            for event in events:
                if event.type == kind:
                    return event
        raise Invalid("event_id", "the case has not ended: name the event that you want proven")

    async def _checkpoint(self, event: Seen, tree: HashName) -> SignedCheckpoint:
        for ask in (False, True):
            if ask:
                await self._cosigning.cosign(event.service, tree)
            found = await self._cosigning.newest(event.service, tree)
            if found is not None and found.checkpoint.size > event.seq:
                return found
        raise self._pending(event)

    def _pending(self, event: Seen) -> Refused:
        policy = self._cosigning.policy()
        quorum = policy.rule() if policy else "未配置见证规则"
        return Refused("WITNESS_PENDING", rule=RULE, log=event.service, seq=str(event.seq), quorum=quorum)

    def _keys(self, event: Seen, tree: HashName) -> list[VerifierKey]:
        settings = self._deps.settings
        found = log_keys(settings.home, settings.installation, LOGS).get(event.service)
        return [] if found is None else found.of(tree).all


def _not_provable(event: Seen, text: str) -> Refused:
    facts = {"log": event.service, "finding": "EVENT_NOT_IN_LOG", "text": text, "seq": str(event.seq)}
    return Refused("CASE_NOT_PROVABLE", rule=RULE, **facts)
