"""VerifyLog: a log is looked at, and what is new about it becomes an event."""

from __future__ import annotations

from corrections.audit.v1 import service_pb2 as pb
from corrections.audit.v1.prepared_pb2 import Examination
from corrections.common.v1.common_pb2 import Outcome
from eventcore.decider import NotFound, StreamKey
from eventcore.reads import read
from servicekit.calls import caller_of
from servicekit.deps import Deps

from audit import answers
from audit.domain.log import LOG, Log, news
from audit.examining import Examiner, span_of
from audit.queries import Queries
from audit.witnessed import Witnessed


class Verifying:
    """Verifies logs, whole, in part, or what is new of them."""

    def __init__(self, deps: Deps, queries: Queries, examiner: Examiner, witnessed: Witnessed) -> None:
        self._deps, self._queries = deps, queries
        self._examiner, self._witnessed = examiner, witnessed

    async def verify(self, request: pb.VerifyLogRequest, context: object) -> pb.VerifyLogResponse:
        """The log fits, or its mismatch is on record and the stream of the bad event is to stop."""
        before, key = await self._log(request.log, context), StreamKey("log", request.log)
        seen = await self._examiner.examine(request.log, before.verified, span_of(request, before.verified))
        subject = self._deps.store.stream_id(key)
        outcome = Outcome(subject=str(subject))
        # passes over parts go on for ever: what says nothing new leaves no trace, not even its request
        if not request.limit or news(before, seen):
            outcome = await self._deps.run(
                request, context, decider=LOG, stream=key, subject=subject, command=seen
            )
        cosigned = (await self._witnessed.sizes()).get(request.log, 0)
        reread = (await self._queries.rereads()).get(request.log)
        now = await self._log(request.log, context)
        state = answers.log_state(request.log, seen.published, now, cosigned, reread)
        return pb.VerifyLogResponse(outcome=outcome, state=state, next_seq=_next(seen), signed=seen.signed)

    async def _log(self, name: str, context: object) -> Log:
        """The log as decided so far."""
        try:
            found = await read(self._deps.store, LOG, StreamKey("log", name), caller_of(context))
        except NotFound:
            return LOG.initial
        return found.state


def _next(seen: Examination) -> int:
    """Where to go on; 0 at an end that no signed checkpoint vouches for: then nothing was read to its end."""
    end = seen.bad_seq + 1 if seen.finding else seen.end_seq or seen.size
    return end if seen.signed or end < seen.size else 0
