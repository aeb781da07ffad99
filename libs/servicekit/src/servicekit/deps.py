"""What a servicer is given: everything that it may reach, made once by the composition root.

    class IntakeServicer(intake_pb2_grpc.IntakeServiceServicer):
        def __init__(self, deps: Deps) -> None:
            self._deps = deps

        async def ReportIn(self, request, context):
            outcome = await self._deps.run(
                request, context, decider=CASE, stream=StreamKey("case", request.case_id),
                subject=request.case_id
            )
            return intake_pb2.ReportInResponse(outcome=outcome)

Errors are raised (Refused, Invalid, NotFound) and never translated here: the gate does that once.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar
from uuid import UUID

from corrections.common.v1.common_pb2 import Outcome
from eventcore.decider import Decider, StreamKey
from eventcore.errors import Invalid
from eventcore.handler import Commands, Prepare
from eventcore.store import Pool, Store
from google.protobuf.message import Message
from lawkit import Law
from proofs.note import Signer

from servicekit.agencies import Agencies
from servicekit.calls import act_of
from servicekit.law_then import Past, always
from servicekit.lists import Lists
from servicekit.peers import AsyncPeers
from servicekit.sealing import KeyStore, TopicKeyPair
from servicekit.settings import Settings

S = TypeVar("S")


class NotConfigured(RuntimeError):
    """The service did not ask for this in its `Service(...)`."""


@dataclass(frozen=True)
class Deps:
    """Reach of the role `serve`.

    law_in_use: the law of the moment; laws: those of other times. pool: connections to the service's database in the role of `serve`, which reads projections and appends.
    peers: the other services. agencies: the registry. signer: signs the log and what the service vouches for.
    """

    settings: Settings
    law_in_use: Callable[[], Law]
    pool: Pool
    store: Store
    commands: Commands
    peers: AsyncPeers
    agencies: Agencies
    signer: Signer
    laws: Callable[[], Past] | None = None
    key_store: KeyStore | None = None
    topic_key_pair: TopicKeyPair | None = None
    lists_of: Lists | None = None

    @property
    def lists(self) -> Lists:
        """The service's lists, of today and of any day before; NotConfigured where a test made none."""
        if self.lists_of is None:
            raise NotConfigured(f"{self.settings.service} has no lists")
        return self.lists_of

    @property
    def law(self) -> Law:
        """The law of the moment: ask once for each answer."""
        return self.law_in_use()

    @property
    def past(self) -> Past:
        """The laws of other times: for what was decided under them. Where none are kept, the law of the moment."""
        if self.laws is not None:
            return self.laws()
        return Past(always(self.law))

    @property
    def keys(self) -> KeyStore:
        """The service's store of keys; NotConfigured unless `Service(keys=True)`."""
        if self.key_store is None:
            raise NotConfigured(f"{self.settings.service} has no key store: Service(keys=True)")
        return self.key_store

    @property
    def topic_key(self) -> TopicKeyPair:
        """The key pair that sealed topics are opened with; NotConfigured unless `Service(keys=True)`."""
        if self.topic_key_pair is None:
            raise NotConfigured(f"{self.settings.service} has no key pair: Service(keys=True)")
        return self.topic_key_pair

    async def run(
        self,
        request: Message,
        context: object,
        *,
        decider: Decider[S],
        stream: StreamKey,
        subject: UUID | str,
        command: Message | Prepare[S] | None = None,
        also: Sequence[StreamKey] = (),
        relied_on: Sequence[StreamKey] = (),
    ) -> Outcome:
        """The request has its outcome, by the caller of this call and in its chain of events.

        See `Commands.run`; Invalid("subject") where the subject is no UUID.
        """
        return await self.commands.run(
            request,
            decider=decider,
            stream=stream,
            subject=_uuid(subject),
            command=command,
            also=also,
            relied_on=relied_on,
            **act_of(context),
        )


def _uuid(subject: UUID | str) -> UUID:
    if isinstance(subject, UUID):
        return subject
    try:
        return UUID(subject)
    except ValueError:
        raise Invalid("subject", "is no UUID") from None
