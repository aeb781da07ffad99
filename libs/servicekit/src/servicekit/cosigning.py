"""Cosignatures come back to the service whose checkpoint they are on (docs/adr/0028): verified again, then stored."""

from __future__ import annotations

from eventcore.errors import Invalid, NotFound
from eventcore.store import Pool
from proofs.note import NoteError, parse_checkpoint, split_note
from proofs.verify import NO_QUORUM

from servicekit.witnesses import PolicyFile, merged, quorum

_NOTE = "select note from es.checkpoint where tree = %(tree)s and size = %(size)s"
# compare-and-set: two who bring different lines must not lose each other's
_STORE = """
update es.checkpoint set note = %(note)s, cosigned_at = coalesce(cosigned_at, case when %(met)s then es.now() end)
where tree = %(tree)s and size = %(size)s and note = %(before)s
"""
_TRIES = 5


class Cosigning:
    """Adds cosignatures to the service's own checkpoints, under the installation's policy."""

    def __init__(self, pool: Pool, policy: PolicyFile) -> None:
        self._pool = pool
        self._policy = policy

    @property
    def unwitnessed(self) -> bool:
        """Whether the installation has decided to ask for no witness; not so where it has no policy at all."""
        policy = self._policy.read()
        return policy is not None and policy.quorum == NO_QUORUM

    async def add(self, tree: str, note: str) -> bool:
        """The stored note has the lines that the policy's witnesses signed; whether it has the quorum.

        NotFound for a checkpoint that the service has not, Invalid for a line that does not hold, or without a policy.
        """
        policy = self._policy.read()
        if policy is None:
            raise Invalid("note", "the installation has no policy of witnesses")
        for _ in range(_TRIES):
            try:
                checkpoint = parse_checkpoint(split_note(note)[0])
                async with self._pool.connection() as connection:
                    found = await connection.execute(_NOTE, {"tree": tree, "size": checkpoint.size})
                    row = await found.fetchone()
                    if row is None:
                        raise NotFound
                    grown = merged(row[0], note, policy)
                    met = quorum(grown, policy)
                    values = {
                        "tree": tree,
                        "size": checkpoint.size,
                        "before": row[0],
                        "note": grown,
                        "met": met,
                    }
                    if (await connection.execute(_STORE, values)).rowcount:
                        return met
            except NoteError as error:
                raise Invalid("note", str(error)) from error
        raise Invalid("note", "others add cosignatures to it all the time")
