"""What agencies sent and were sent about a person goes when the person was erased. 个人信息保护法 第四十七条.

An exchange has a key of its own. A ruling or a notice is about one case. A judgment may name several persons: its key goes
with the last of them. As in intake the keys are destroyed first and the log says so afterwards; the command comes again until
both are done.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from corrections.common.v1.common_pb2 import Outcome
from corrections.handoff.v1 import prepared_pb2 as prepared
from corrections.handoff.v1 import service_pb2 as api
from eventcore.decider import StreamKey

from handoff import queries
from handoff.domain.erasure import ERASURE
from handoff.exchanges import Exchanges


@dataclass(frozen=True, slots=True)
class Erasing:
    """The RPC of the process that hears of an erasure."""

    exchanges: Exchanges

    async def erase(self, request: api.EraseCaseRequest, context: object) -> Outcome:
        """No exchange that is about erased persons alone can be opened any more."""
        deps, case_id = self.exchanges.deps, UUID(request.case_id)
        found = [
            exchange_id
            for exchange_id in await queries.exchanges_to_erase(deps.pool, case_id)
            if not (await self.exchanges.load(exchange_id)).state.erased
        ]
        # a query of the police is an exchange without a key of its own: its reason is sealed to the person
        await deps.keys.destroy(*await deps.keys.known(found))
        command = prepared.PreparedErasure(case_id=request.case_id, exchange_ids=map(str, found))
        return await deps.run(
            request,
            context,
            decider=ERASURE,
            stream=StreamKey("erasure", request.case_id),
            subject=request.case_id,
            command=command,
        )
