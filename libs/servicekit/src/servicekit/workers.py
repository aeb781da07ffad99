"""The loops of a service: what runs beside `serve`, each in a thread of its own (stack.md section 1).

relay = sequencer and relay · consume = projections, subscriptions, dispatcher · tick = due clocks.
Loops of one process wake one another; processes are woken by the sequencer's NOTIFY and by short polling.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import psycopg
from eventcore import deadletter, kafka, migrate
from eventcore.checkpoint import Checkpoints
from eventcore.consumer import Sources, Subscription, SubscriptionConsumer
from eventcore.deadletter import DeadLetters
from eventcore.deadlines import Deadlines
from eventcore.dispatcher import Call, Dispatcher
from eventcore.kafka import KafkaUnavailable
from eventcore.link import Link
from eventcore.projection import Projection, Projections
from eventcore.recompute import Recompute
from eventcore.relay import Relay
from eventcore.runner import LOG_CHANNEL, Leader, Listener, Loop, Turning, Wake
from eventcore.sequencer import Sequencer
from eventcore.unpark import Unparker
from eventcore.upcasting import Codec
from proofs.note import Signer

from servicekit import read_log, telemetry
from servicekit.agencies import Agencies
from servicekit.law_in_use import LawInUse, LawWatch
from servicekit.peers import Peers
from servicekit.read_forwarding import ReadForwarding
from servicekit.sealing import TopicKey
from servicekit.settings import Settings

ROLES = ("serve", "relay", "consume", "tick")

# Advisory locks of a service's database: of several processes one does the work. Any numbers of our own.
_RELAY, _PROJECTIONS, _DISPATCHER, _READS = 0x67740001, 0x67740002, 0x67740003, 0x67740004

# Channel on which the sandbox tells a service that the simulated clock has moved.
CLOCK_CHANNEL = "es_clock"

_EAGER_S, _LAZY_S = 0.2, 1.0
# Years come by a wake; this is for one whose wake was lost with its process.
_YEARS_S = 10.0
_PUBLISHING_S = 120.0  # of a turn of the relay: opening, sending, flushing and closing end long before
_SIGNING_S = 0.05  # after which a checkpoint that came too early is tried again

KEEPER_OF_DEAD_LETTERS = "handoff"
KEEPER_OF_READS = "audit"

# Share of the last records that may be unreadable before the consumer stands still.
_MOST_UNREADABLE, _KEEP_ALL = 0.5, 1.0


@dataclass(frozen=True)
class Wakes:
    """Who wakes whom within a process."""

    appended: Wake = field(default_factory=Wake)
    logged: Wake = field(default_factory=Wake)
    commanded: Wake = field(default_factory=Wake)
    arranged: Wake = field(default_factory=Wake)


@dataclass(frozen=True)
class Workers:
    """Reach of the synchronous roles; makes their loops. `codec`, `projections`, `subscriptions` are the
    service's.
    """

    settings: Settings
    law: LawInUse
    signer: Signer
    peers: Peers
    agencies: Agencies
    codec: Codec
    projections: Sequence[Projection]
    subscriptions: Sequence[Subscription]
    alone: bool = True
    wakes: Wakes = field(default_factory=Wakes)

    @property
    def kafka(self) -> kafka.Settings:
        """How to reach the brokers."""
        return kafka.Settings(self.settings.kafka, self.settings.service)

    def link(self, role: str, what: str) -> Link:
        """A connection of a loop to the service's database, in a role: "serve", "relay" or "consume"."""
        settings = self.settings

        def connect() -> psycopg.Connection:
            return psycopg.connect(
                settings.conninfo(),
                autocommit=True,
                options=migrate.options(settings.service, role),
                application_name=f"{settings.service} {what}",
                connect_timeout=5,
            )

        return Link(connect)

    def loop(
        self,
        name: str,
        reader: Turning,
        *wakes: Wake,
        poll_s: float = 0.02,
        poll_last_s: float | None = None,
        then: Wake | None = None,
        unready: Callable[[], bool] = lambda: False,
        turn_limit_s: float | None = None,
    ) -> Loop:
        """A loop whose work is counted and that wakes others after a turn that did something."""
        # All roles in one process wake one another; polling is then only for what nobody tells, like a retry's time.
        poll_last_s = poll_last_s or (_LAZY_S if self.alone else _EAGER_S)
        counted = _Counted(name, reader, then)
        return Loop(
            name,
            counted,
            wakes,
            poll_s=poll_s,
            poll_last_s=poll_last_s,
            unready=unready,
            turn_limit_s=turn_limit_s,
        )

    def loops(self, roles: Sequence[str]) -> list[Loop]:
        """The loops of the roles, not yet started."""
        makers: dict[str, Callable[[], list[Loop]]] = {
            "relay": self._relay,
            "consume": self._consume,
            "tick": self._tick,
        }
        made = [loop for role in roles if role in makers for loop in makers[role]()]
        if {"serve", "tick"} & set(roles):
            watch = LawWatch(self.link("consume" if "tick" in roles else "serve", "law"), self.law)
            made.append(self.loop("law", watch, poll_s=0, then=self.wakes.arranged))
        if made and not {"serve", "relay"} <= set(roles):
            # The appends or the log's growth happen in another process: its NOTIFY wakes us.
            database_role = "relay" if "relay" in roles else "consume"
            listener = Listener(self.link(database_role, "listener"), {LOG_CHANNEL: self.wakes.logged})
            made.append(self.loop("listener", listener, poll_s=0))
        return made

    def unparker(self, link: Link) -> Unparker:
        """Replays parked streams of this service's readers."""
        return Unparker(
            link,
            [*self.projections, *self.subscriptions],
            self.peers.fetch_missing,
            installation=self.settings.installation,
            service=self.settings.service,
            codec=self.codec,
            law=self.law,
            on_commands=self.wakes.commanded,
        )

    def dead_letters(self, consumer: str) -> DeadLetters:
        """Where a consumer's unreadable records go, sealed to their keeper."""
        limit = _KEEP_ALL if consumer in self.settings.keep_unreadable else _MOST_UNREADABLE
        return DeadLetters(kafka.producing(self.kafka), self._seal, consumer=consumer, limit=limit)

    def member(self, consumer: str, topics: Sequence[str]) -> kafka.ConsumerFactory:
        """Opens a member of the consumer's group; alone on its host it is static and comes back at once."""
        group = f"{self.settings.service}.{consumer}"
        instance = f"{group}.0" if self.alone else None
        return kafka.consuming(self.kafka, group=group, topics=topics, instance=instance)

    def _relay(self) -> list[Loop]:
        settings, wakes = self.settings, self.wakes
        sequencer = Sequencer(self.link("relay", "sequencer"), service=settings.service)
        checkpoints = Checkpoints(self.link("relay", "checkpoints"), self.signer)
        link = self.link("relay", "relay")
        relay = Relay(
            link,
            kafka.producing(self.kafka),
            installation=settings.installation,
            service=settings.service,
            topic=f"corrections.{settings.service}.v1",
        )
        return [
            # Open transactions of other databases hold the horizon back for a moment: look again at once.
            self.loop(
                "sequencer",
                sequencer,
                wakes.appended,
                poll_s=0.002,
                then=wakes.logged,
                unready=sequencer.unready,
            ),
            self.loop(
                "checkpoints", checkpoints, wakes.logged, poll_s=_SIGNING_S, unready=checkpoints.unready
            ),
            self.loop("relay", Leader(relay, link, _RELAY), wakes.logged, turn_limit_s=_PUBLISHING_S),
        ]

    def _consume(self) -> list[Loop]:
        settings, wakes = self.settings, self.wakes
        link = self.link("consume", "projections")
        projections = Projections(
            link,
            self.projections,
            installation=settings.installation,
            service=settings.service,
            codec=self.codec,
            law=self.law,
            on_commands=wakes.commanded,
        )
        sending = self.link("consume", "dispatcher")
        call: Call = self.peers.call
        dispatcher = Dispatcher(sending, call, on_done=wakes.commanded)
        forwarding = self.link("consume", "reads")
        reads = ReadForwarding(
            forwarding,
            lambda: self.peers.channel(KEEPER_OF_READS),
            installation=settings.installation,
            service=settings.service,
            key=read_log.waiting_key(settings.home, settings.service),
        )
        return [
            self.loop("projections", Leader(projections, link, _PROJECTIONS), wakes.logged),
            *(self._subscription(s) for s in self.subscriptions),
            self.loop(
                "dispatcher",
                Leader(dispatcher, sending, _DISPATCHER),
                wakes.commanded,
                unready=dispatcher.unready,
            ),
            # no wake: reads that wait together are one batch
            self.loop("reads", Leader(reads, forwarding, _READS), poll_last_s=_LAZY_S),
        ]

    def _subscription(self, subscription: Subscription) -> Loop:
        settings, name = self.settings, subscription.name
        consumer = SubscriptionConsumer(
            self.link("consume", name),
            subscription,
            self.member(name, subscription.topics),
            Sources(self.peers.fetch_missing, self.peers.list_heads),
            self.dead_letters(name),
            installation=settings.installation,
            service=settings.service,
            codec=self.codec,
            law=self.law,
            on_commands=self.wakes.commanded,
        )
        return self.loop(name, consumer, poll_s=0)

    def _tick(self) -> list[Loop]:
        clock = Wake()
        deadlines = Deadlines(self.link("consume", "deadlines"), on_commands=self.wakes.commanded)
        recompute = Recompute(
            self.link("consume", "recompute"), self.law, years=lambda: self.law.years, on_moved=clock
        )
        loops = [
            self.loop("deadlines", deadlines, clock, self.wakes.commanded),
            self.loop("recompute", recompute, self.wakes.arranged, poll_last_s=_YEARS_S),
        ]
        if self.settings.simulated_clock:
            # A simulated clock jumps: the next clock must not wait for a lazy poll, so who moves it tells.
            listener = Listener(self.link("consume", "clock"), {CLOCK_CHANNEL: clock})
            loops.append(self.loop("clock", listener, poll_s=0))
        return loops

    def _seal(self, payload: bytes) -> bytes:
        try:
            key = TopicKey.read(self.settings.home, KEEPER_OF_DEAD_LETTERS)
        except FileNotFoundError as e:
            raise KafkaUnavailable(f"{KEEPER_OF_DEAD_LETTERS} has not published its key yet") from e
        return key.seal(payload, topic=deadletter.DEAD_LETTER_TOPIC)


class _Counted:
    """Counts a reader's work and wakes others after it."""

    def __init__(self, name: str, reader: Turning, then: Wake | None) -> None:
        self._reader = reader
        self._then = then
        self._attributes = {"worker": name}
        self._turns = telemetry.counter("guitu.worker.turns")
        self._items = telemetry.counter("guitu.worker.items")

    def turn(self) -> int:
        """The reader's turn."""
        work = self._reader.turn()
        if work:
            self._turns.add(1, self._attributes)
            self._items.add(work, self._attributes)
            if self._then is not None:
                self._then()
        return work

    def close(self) -> None:
        """The reader is closed."""
        self._reader.close()
