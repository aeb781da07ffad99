"""One exchange at hand: its state, its key, its receipts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from corrections.common.v1.common_pb2 import Outcome, Sealed, Signed
from corrections.handoff.v1 import events_pb2 as ev
from corrections.handoff.v1 import messages_pb2 as msg
from eventcore import meta
from eventcore.decider import StreamKey, fold
from eventcore.handler import Prepare, Seen
from google.protobuf.message import Message
from servicekit import signing
from servicekit.deps import Deps
from servicekit.errors import Unavailable
from servicekit.sealing import field_of

from handoff import queries, reasons
from handoff.domain.exchange import EXCHANGE
from handoff.domain.state import Exchange, Reached
from handoff.macs import Macs
from handoff.signatures import PlatformSigner

_NO_REQUEST = UUID(int=0)
# an event holds at most 65,535 bytes (eventstore.md section 9); what is larger lies beside it, by digest
MAX_INLINE_BYTES = 32 * 1024
MESSAGE = field_of(ev.MessageReceived, "signed")
OTHER_CONTENT = field_of(ev.OtherContentRefused, "receipt")
NOTICE = field_of(ev.NoticePrepared, "signed")
QUERIED = field_of(ev.MissingStatusQueryAnswered, "queried")
REASON = field_of(ev.MissingStatusQueryUnanswered, "reason")
_REACHED_BY: Mapping[msg.Stage, type[Message]] = {
    msg.STAGE_RECEIVED: ev.MessageReceived,
    msg.STAGE_ACCEPTED: ev.MessageAccepted,
    msg.STAGE_REFUSED: ev.MessageRefused,
    msg.STAGE_HELD: ev.MessageHeld,
    msg.STAGE_EFFECTED: ev.MessageEffected,
    msg.STAGE_WITHOUT_EFFECT: ev.MessageWithoutEffect,
}
RECEIPTS = {stage: field_of(event, "receipt") for stage, event in _REACHED_BY.items()}


@dataclass(frozen=True, slots=True)
class About:
    """The message that a receipt is about."""

    message_id: str
    sender: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Exchanges:
    """What all parts of the server need to work on exchanges."""

    deps: Deps
    signer: PlatformSigner
    macs: Macs

    @classmethod
    def of(cls, deps: Deps) -> Exchanges:
        """With the keys of the data folder."""
        home = deps.settings.home
        return cls(deps, PlatformSigner(signing.load_or_make(home, "handoff")), Macs.of(home))

    @property
    def installation(self) -> str:
        """Name of the installation, by which the platform signs."""
        return self.deps.settings.installation

    async def load(self, exchange_id: UUID) -> Seen[Exchange]:
        """The exchange as it is now, whoever asks: visibility is the caller's to check."""
        return await self.load_stream(self.deps.store.stream_id(stream_of(exchange_id)))

    async def load_stream(self, stream_id: UUID) -> Seen[Exchange]:
        """The exchange of a stream, as `load`."""
        loaded = await self.deps.store.load(_NO_REQUEST, [stream_id])
        stream = loaded.streams[stream_id]
        now = max(loaded.now, stream.last_recorded or loaded.now)
        state = fold(EXCHANGE, ((event.data, event.stamp) for event in stream.events))
        return Seen(state, stream.version, now)

    async def run(
        self,
        request: Message,
        context: object,
        exchange_id: UUID,
        command: Message | Prepare[Exchange],
        *,
        subject: UUID | None = None,
    ) -> Outcome:
        """The command is decided on the exchange, prepared or with how to prepare it from what is seen of the exchange.

        subject: the case it is about; default: the exchange.
        """
        return await self.deps.run(
            request,
            context,
            decider=EXCHANGE,
            stream=stream_of(exchange_id),
            subject=exchange_id if subject is None else subject,
            command=command,
        )

    async def key(self, exchange_id: UUID) -> None:
        """The exchange has its key."""
        await self.deps.keys.create(exchange_id, owner_kind="exchange")

    async def seal(self, exchange_id: UUID, message: Message, *, field: str) -> Sealed:
        """The message under the exchange's key, for one field of an event."""
        content = message.SerializeToString(deterministic=True)
        return await self.deps.keys.seal(exchange_id, content, field=field)

    async def open(self, sealed: Sealed, *, field: str) -> Signed:
        """What was sealed for this field; Unopenable when it was for another."""
        return Signed.FromString(await self.deps.keys.open(sealed, field=field))

    async def open_receipt(self, reached: Reached) -> Signed:
        """The receipt about a stage."""
        return await self.open(reached.receipt, field=RECEIPTS[reached.stage])

    async def message(self, received: ev.MessageReceived) -> Signed:
        """The message as it came, from the event or from beside it; Unavailable when it is nowhere."""
        if not received.stored_sha256:
            return await self.open(received.signed, field=MESSAGE)
        stored = await queries.stored_message(self.deps.pool, received.stored_sha256)
        if stored is None:
            raise Unavailable("a stored message is missing; restore it from the backup")
        return await self.open(Sealed.FromString(stored), field=MESSAGE)

    async def keep(self, exchange_id: UUID, signed: Signed) -> tuple[Sealed | None, bytes]:
        """The message sealed: for the event, or, when it is too large for one, kept beside it under its digest."""
        sealed = await self.seal(exchange_id, signed, field=MESSAGE)
        if sealed.ByteSize() <= MAX_INLINE_BYTES:
            return sealed, b""
        content = sealed.SerializeToString(deterministic=True)
        digest = sha256(content).digest()
        await queries.store_message(self.deps.pool, digest, exchange_id, content)
        return None, digest

    async def receipt(
        self,
        exchange_id: UUID,
        stage: msg.Stage,
        about: About,
        at: datetime,
        *,
        refusal: msg.Refusal | None = None,
        cases: tuple[str, ...] = (),
        persons: tuple[msg.PersonRefusal, ...] = (),
        field: str = "",
    ) -> Sealed:
        """A receipt about a stage, signed and sealed for the event that reaches it, or for another field.

        A refusal goes along with its reason in full.
        """
        law = self.deps.law
        made = msg.Receipt(
            message_id=about.message_id,
            sender=about.sender,
            receiver=self.installation,
            stage=stage,
            body_sha256=sha256(about.body).digest(),
            at=meta.timestamp(at),
            refusal=refusal,
            case_ids=cases,
            persons=persons,
            explanation=None if refusal is None else reasons.explanation(law, refusal),
            person_explanations=[reasons.explanation(law, one.refusal) for one in persons],
        )
        return await self.seal(exchange_id, self.signer.sign(made), field=field or RECEIPTS[stage])


def stream_of(exchange_id: UUID) -> StreamKey:
    """The stream of an exchange."""
    return StreamKey("exchange", str(exchange_id))
