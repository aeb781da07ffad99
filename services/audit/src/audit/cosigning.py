"""The newest checkpoints of the logs get the witnesses' cosignatures (docs/adr/0028). 社区矫正法 第六十二条.

A checkpoint is submitted only when audit's own tree and maps, made of what was published, have the same roots: the
consistency proof comes from there, not from the service. Otherwise audit looks at the log, and its mismatch is on record.
Nothing here is done for an event, and nothing waits for it but proofs.

A log that does not grow has nothing new to be cosigned. So that a witness which has died, or has another record since, is
shown all the same, a round of the watch also submits what it has cosigned already: its answer is verified like any other.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from eventcore.openssl import ed25519_verify
from proofs import verify as proofs
from proofs.maps import map_lines
from proofs.note import Checkpoint, NoteError, parse_checkpoint, split_note, verify_note
from proofs.tree import HashName, Tree
from proofs.witness import Conflict, Faulty, Submission, read_answer, request
from servicekit.deps import Deps
from servicekit.telemetry import counter
from servicekit.tile_files import TREES
from servicekit.witnesses import PolicyFile, WitnessClient, machine_seconds

from audit.keys import log_keys
from audit.remote import RemoteLog, SignedCheckpoint
from audit.trees import Trees
from audit.witnessed import Standing, Standings, Witnessed

log = logging.getLogger(__name__)

DEADLINE_S = 3.0  # of one call to one witness
GRACE_S = 0.25  # for the others, once the quorum is there
QUIET_S = 60.0  # after so long a witness is asked again about a checkpoint that it has cosigned
SKEW_S = 300  # between a witness's clock and ours
_PUBLISHED_S = 2.0  # how long a checkpoint waits for its last events to be published
_POLL_S = 0.02
_BACKOFF_LAST_S = 30.0
# These concern the witness, not one log: whoever is away is away for all.
_EVERYWHERE = frozenset({"AWAY", "SLOW"})
_ALARMING = frozenset({"DISAGREES", "AHEAD", "FALSE_SIGNATURE", "WRONG_TIME"})

_answers = counter("guitu.witness.answers")


@dataclass(frozen=True, slots=True)
class _Asked:
    """What all witnesses of one round are asked: the log and tree, its signed checkpoint, and audit's own tree."""

    log: str
    tree: HashName
    note: str
    checkpoint: Checkpoint
    published: Tree


@dataclass(frozen=True, slots=True)
class _Rest:
    """Until when a witness is not asked again (monotonic seconds), and why."""

    until: float
    standing: Standing


class Cosigning:
    """Asks witnesses. Safe for concurrent calls of one event loop. doubt: has a log looked at whose checkpoint is not of it."""

    def __init__(
        self,
        deps: Deps,
        trees: Trees,
        witnessed: Witnessed,
        policy: PolicyFile,
        doubt: Callable[[str], Awaitable[None]],
        *,
        deadline_s: float = DEADLINE_S,
    ) -> None:
        self._deps, self._trees, self._witnessed, self._policy = deps, trees, witnessed, policy
        self._doubt = doubt
        self._doubted: dict[tuple[str, str], str] = {}
        self._deadline_s = deadline_s
        self._clients: dict[tuple[str, str], WitnessClient] = {}
        self._locks: defaultdict[tuple[str, str], asyncio.Lock] = defaultdict(asyncio.Lock)
        self._busy: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._standings = Standings(witnessed)
        self._heard: dict[tuple[str, str, str], float] = {}
        self._late: set[asyncio.Task[None]] = set()
        self._resting: dict[tuple[str, ...], _Rest] = {}

    async def every_tree(self, name: str) -> dict[HashName, int]:
        """Up to which size each tree of the log has the quorum, after what it lacked was asked for, and whoever stands
        aside or was not heard of for a while.
        """
        sizes = await asyncio.gather(*(self.cosign(name, tree, everybody=True) for tree in TREES))
        return dict(zip(TREES, sizes, strict=True))

    async def cosign(self, name: str, tree: HashName = "sha256", *, everybody: bool = False) -> int:
        """The newest checkpoint has what the witnesses gave; the size of the newest one with the quorum, 0 without one.

        everybody: witnesses that have cosigned it are asked again where they stand aside or were not heard of for a while.
        Errors of calls to the service are grpc.RpcError; those of witnesses are their standing.
        """
        async with self._locks[name, tree]:
            policy = self._policy.read()
            if policy is not None:
                await self._round(policy, name, tree, everybody)
        found = await self._witnessed.newest(name, tree)
        return found.size if found else 0

    async def newest(self, name: str, tree: HashName = "sha256") -> SignedCheckpoint | None:
        """The newest checkpoint of the log that has the quorum."""
        found = await self._witnessed.newest(name, tree)
        if found is None:
            return None
        return SignedCheckpoint(found.note, parse_checkpoint(split_note(found.note)[0]))

    async def standings(self) -> dict[tuple[str, str, str], Standing]:
        """How each witness stands to each tree of each log, by (witness, log, tree)."""
        return await self._witnessed.states()

    def policy(self) -> proofs.Policy | None:
        """The installation's policy."""
        return self._policy.read()

    async def _round(self, policy: proofs.Policy, name: str, tree: HashName, everybody: bool) -> None:
        remote = RemoteLog(self._deps.peers, name)
        try:
            signed = await remote.checkpoint(tree=tree)
            if signed is None or not self._ours(name, tree, signed):
                return
            have = verify_note(signed.note, [*self._keys(name, tree), *policy.keys], check=ed25519_verify)
        except NoteError as error:
            log.error("checkpoint cannot be read: log=%s tree=%s: %s", name, tree, error)
            return
        await self._standings.load()
        cosigners = policy.cosigners(have)
        missing = [one for one in policy.witnesses if one.name not in cosigners]
        again = [
            one
            for one in policy.witnesses
            if everybody and one.name in cosigners and self._to_ask_again(one.name, name, tree)
        ]
        note = signed.note
        if (missing or again) and (asked := await self._asked(name, tree, signed)) is not None:
            lines = await self._gather(policy, [*missing, *again], asked, list(have))
            # of whoever has cosigned it already the first line stays
            new = [line for witness, line in lines.items() if witness not in cosigners]
            if new:
                note += "".join(new)
                await remote.add_cosignatures(tree, note)
                have = verify_note(note, [*self._keys(name, tree), *policy.keys], check=ed25519_verify)
        if policy.met(have):
            await self._witnessed.keep(name, tree, signed.checkpoint.size, note)

    def _keys(self, name: str, tree: HashName) -> list[proofs.VerifierKey]:
        settings = self._deps.settings
        found = log_keys(settings.home, settings.installation, [name]).get(name)
        return [] if found is None else [found.of(tree).ed25519]

    def _ours(self, name: str, tree: HashName, signed: SignedCheckpoint) -> bool:
        """Whether it is of the log, and signed by its key."""
        keys = self._keys(name, tree)
        verify_note(signed.note, keys, check=ed25519_verify)
        return signed.checkpoint.origin == keys[0].name

    async def _asked(self, name: str, tree: HashName, signed: SignedCheckpoint) -> _Asked | None:
        """None where what was published does not reach so far yet, or leads to other roots."""
        size, until = signed.checkpoint.size, time.monotonic() + _PUBLISHED_S
        published = await self._trees.published(name, tree)
        while published.size < size:
            if time.monotonic() > until:
                log.info("published later than signed: log=%s have=%d want=%d", name, published.size, size)
                return None
            await asyncio.sleep(_POLL_S)
            published = await self._trees.published(name, tree)
        if published.root(size) != signed.checkpoint.root or not await self._maps_fit(
            name, signed.checkpoint
        ):
            log.error("checkpoint is not of what was published: log=%s tree=%s size=%d", name, tree, size)
            text = split_note(signed.note)[0]
            if self._doubted.get((name, tree)) != text:  # looked at once, not at each round
                await self._doubt(name)
                self._doubted[name, tree] = text
            return None
        return _Asked(name, tree, signed.note, signed.checkpoint, published)

    async def _maps_fit(self, name: str, checkpoint: Checkpoint) -> bool:
        """Whether the maps that it commits are those of what was published. The SM3 tree's checkpoints commit none."""
        committed = map_lines(checkpoint.extensions)
        if not committed:
            return True
        return committed <= set((await self._trees.maps(name, checkpoint.size)).lines())

    async def _gather(
        self,
        policy: proofs.Policy,
        witnesses: Sequence[proofs.Witness],
        asked: _Asked,
        have: list[proofs.Verified],
    ) -> dict[str, str]:
        """The lines that came in time, by witness. Once the quorum is there the others have a moment, not the whole deadline."""
        tasks = {asyncio.create_task(self._one(one, asked)): one for one in witnesses}
        lines: dict[str, str] = {}
        waiting = set(tasks)
        limit = self._deadline_s + 1.0
        while waiting:
            done, waiting = await asyncio.wait(waiting, timeout=limit, return_when=asyncio.FIRST_COMPLETED)
            if not done:
                break
            for task in done:
                answer = task.result()
                if answer is not None:
                    lines[tasks[task].name] = answer[0]
                    have.append(proofs.Verified(tasks[task].key, answer[1]))
            if policy.met(have):
                limit = GRACE_S
        answered = [tasks[task].name for task in tasks if task not in waiting]
        await self._standings.store(answered, asked.log, asked.tree)
        if waiting:
            late = asyncio.create_task(self._told_late({task: tasks[task].name for task in waiting}, asked))
            self._late.add(late)
            late.add_done_callback(self._late.discard)
        return lines

    async def _told_late(
        self, tasks: Mapping[asyncio.Task[tuple[str, int] | None], str], asked: _Asked
    ) -> None:
        """How those stand who answered, or failed, when nobody waited for them any more is stored as well."""
        await asyncio.wait(tasks)
        await self._standings.store(list(tasks.values()), asked.log, asked.tree)

    async def _one(self, witness: proofs.Witness, asked: _Asked) -> tuple[str, int] | None:
        """The witness's line and time; None where it rests or gave none, which its standing tells."""
        async with self._busy[witness.name]:
            keys = ((witness.name,), (witness.name, asked.log, asked.tree))
            standing = self._standing(witness.name, asked)
            for key in keys:
                rest = self._resting.get(key)
                if rest is not None and rest.until > time.monotonic():
                    since = replace(rest.standing, size=standing.size, time=standing.time)
                    self._known_as(witness, asked, since)
                    return None
            self._heard[witness.name, asked.log, asked.tree] = time.monotonic()
            try:
                line, at = await self._submit(witness, asked, standing.size)
                if at < standing.time:
                    raise Faulty("WRONG_TIME", f"cosigned at {at}, before that at {standing.time}")
            except Faulty as error:
                self._failed(witness, asked, error)
                return None
            now = Standing("OK", asked.checkpoint.size, at)
            for key in keys:
                self._resting.pop(key, None)
            self._stands(witness, asked, now)
            return line, at

    async def _submit(self, witness: proofs.Witness, asked: _Asked, old: int) -> tuple[str, int]:
        """By C2SP tlog-witness: where it has cosigned another size than we believe, it says so, and is asked from there."""
        size = asked.checkpoint.size
        for _ in range(2):
            old = min(old, size)
            proof = asked.published.consistency(old, size) if 0 < old < size else ()
            body = request(Submission(old, tuple(proof), asked.note))
            status, kind, answer = await self._client(witness).ask(body, deadline_s=self._deadline_s)
            try:
                return read_answer(
                    status,
                    kind,
                    answer,
                    note=asked.note,
                    witness=witness.key,
                    now=machine_seconds(),
                    skew_s=SKEW_S,
                    check=ed25519_verify,
                )
            except Conflict as conflict:
                if conflict.size > size:
                    raise Faulty(
                        "AHEAD", f"it cosigned {conflict.size} entries, the log has {size}"
                    ) from None
                if conflict.size == old:
                    raise Faulty("DISAGREES", f"it cosigned another root of {old} entries") from None
                old = conflict.size
        raise Faulty("RUBBISH", "it names another size at each call")

    def _client(self, witness: proofs.Witness) -> WitnessClient:
        key = witness.name, witness.url
        if key not in self._clients:
            self._clients[key] = WitnessClient(witness.url)
        return self._clients[key]

    def _failed(self, witness: proofs.Witness, asked: _Asked, error: Faulty) -> None:
        # called anew the next time: who answers on a connection that is kept may not be who answers at the address by then
        kept = self._clients.pop((witness.name, witness.url), None)
        if kept is not None:
            kept.close()
        before = self._standing(witness.name, asked)
        failures = before.failures + 1
        now = replace(before, state=error.state, detail=str(error)[:300], failures=failures)
        key = (witness.name,) if error.state in _EVERYWHERE else (witness.name, asked.log, asked.tree)
        until = time.monotonic() + min(2.0 ** min(failures - 1, 10), _BACKOFF_LAST_S)
        self._resting[key] = _Rest(until, now)
        if before.state != now.state:
            tell = log.error if now.state in _ALARMING else log.warning
            tell(
                "witness gives no cosignature: witness=%s log=%s tree=%s state=%s: %s",
                witness.name, asked.log, asked.tree, now.state, now.detail,
            )  # fmt: skip
        self._stands(witness, asked, now)

    def _stands(self, witness: proofs.Witness, asked: _Asked, now: Standing) -> None:
        self._known_as(witness, asked, now)
        _answers.add(1, {"witness": witness.name, "state": now.state})

    def _known_as(self, witness: proofs.Witness, asked: _Asked, now: Standing) -> None:
        self._standings[witness.name, asked.log, asked.tree] = now

    def _standing(self, witness: str, asked: _Asked) -> Standing:
        return self._standings[witness, asked.log, asked.tree]

    def _to_ask_again(self, witness: str, name: str, tree: HashName) -> bool:
        key = witness, name, tree
        quiet = time.monotonic() - self._heard.get(key, -QUIET_S) >= QUIET_S
        return quiet or self._standings[key].state != "OK"
